"""Metrics that files name, held against the catalogue: the tables of deploy/prometheus/METRICS.md, which a unit test keeps equal to it."""

import json
import pathlib
import re
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CATALOGUE = "deploy/prometheus/METRICS.md"
# Labels that a scrape or an expression adds, whatever the metric.
SCRAPED = {"job", "instance", "le", "alertname", "severity", "namespace", "pod", "service", "cluster"}
# What looks like a metric and is none: the prefix is driftd's, the rest is something else.
NO_METRICS = re.compile(r"driftd_(bench|daemon|detectors|config|flags|tests|tool)\w*$")
NAME = re.compile(r"(?<![\w$./-])(?:driftd|process)_[a-z0-9_]*[a-z0-9](?![\w(./-]*\.(?:py|cc|h|yaml|yml|json|sh|ts)\b)")
SELECTOR = re.compile(r"\{((?:[^{}\"']|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')*)\}")
MATCHER = re.compile(r"([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')")
LABEL_VALUES = re.compile(r"label_values\(\s*(\w+)\s*(?:\{[^}]*\})?\s*,\s*(\w+)\s*\)")
AGGREGATIONS = "sum|min|max|avg|count|group|topk|bottomk|stddev|quantile|count_values"
GROUPING = re.compile(rf"\b(?:{AGGREGATIONS})\s*(?:by|without)\s*\(([\w\s,]*)\)|(?:[-+*/<>=]|and|or|unless|bool)\s+(?:on|ignoring)\s*\(([\w\s,]*)\)")
ROW = re.compile(r"\| `(\w+)` \| (counter|gauge|histogram) \| ([^|]*) \| ")


@dataclass(frozen=True)
class Metric:
    name: str
    type: str
    labels: frozenset


def catalogue(text):
    metrics = {}
    for name, kind, labels in ROW.findall(text):
        metrics[name] = Metric(name, kind, frozenset(re.findall(r"`(\w+)`", labels)))
    return metrics


def find(name, metrics):
    """The metric that a series belongs to; None: there is none of that name."""
    if name in metrics:
        return metrics[name]
    for suffix in ("_bucket", "_count", "_sum"):
        metric = metrics.get(name.removesuffix(suffix))
        if metric is not None and name.endswith(suffix) and metric.type == "histogram":
            return metric
    return None


def strings_of(value):
    """Every string in a JSON document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_of(inner)


def texts_of(path, content):
    """The parts of a file in which names stand, unescaped."""
    return list(strings_of(json.loads(content))) if path.endswith(".json") else [content]


def problems(text, metrics):
    """What is wrong with the names and labels in a text, a line each."""
    found = set()
    for match in NAME.finditer(text):
        name = match[0]
        if NO_METRICS.match(name):
            continue
        metric = find(name, metrics)
        if metric is None:
            # "driftd_drift_*" in prose is a family of metrics.
            rest = text[match.end():match.end() + 2]
            if rest.startswith(("_*", "*")) and any(other.startswith(name) for other in metrics):
                continue
            found.add(f"no metric {name}")
            continue
        selector = SELECTOR.match(text, match.end())
        for label in MATCHER.findall(selector[1]) if selector else []:
            if label not in metric.labels | SCRAPED:
                found.add(f"{name} has no label {label}")
    known = frozenset().union(*(metric.labels for metric in metrics.values())) | SCRAPED
    for name, label in LABEL_VALUES.findall(text):
        metric = find(name, metrics)
        if metric is not None and label not in metric.labels | SCRAPED:
            found.add(f"{name} has no label {label}")
    if NAME.search(text):
        for match in GROUPING.finditer(text):
            labels = re.findall(r"\w+", match[1] or match[2] or "")
            found.update(f"no metric has a label {label}" for label in labels if label not in known)
    return sorted(found)


def used(text, metrics):
    """The metrics that a text names."""
    return {metric.name for name in NAME.findall(text) if (metric := find(name, metrics)) is not None}
