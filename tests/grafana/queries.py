"""The queries of a dashboard as Grafana would send them: its variables filled in, its macros replaced. Standard library only."""

import json
import math
import re
import urllib.parse

SCRAPE_SECONDS = 1
RATE_INTERVAL_SECONDS = 5  # Grafana takes at least four scrape intervals


class Api:
    """Prometheus' HTTP API at http_get's port."""

    def __init__(self, get, port):
        self.get, self.port = get, port

    def ask(self, path, **parameters):
        status, body = self.get(f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}", self.port)
        answer = json.loads(body) if body else {}
        if status != 200 or answer.get("status") != "success":
            raise ValueError(f"{path} {parameters}: {status} {answer.get('error', body[:200])}")
        return answer["data"]


class Period:
    """What is shown: seconds since 1970."""

    def __init__(self, start, end):
        self.start, self.end = start, end

    def fill(self, expression):
        seconds = max(1, int(self.end - self.start))
        for name, value in (("$__rate_interval", f"{RATE_INTERVAL_SECONDS}s"), ("$__range_s", str(seconds)), ("$__range", f"{seconds}s")):
            expression = expression.replace(name, value)
        return expression


def as_matcher(names):
    """What Grafana writes into a regular expression for the names that are chosen; None: all."""
    return ".+" if names is None else "|".join(re.escape(name).replace("\\", "\\\\") for name in names)


def with_values(text, values):
    for name, names in values.items():
        text = text.replace(f"${name}", as_matcher(names))
    return text


def chosen(variable, found):
    """The choices there are: one for all variables but those of which the user chooses one value."""
    current = variable.get("current", {}).get("value")
    if current == "$__all":
        return [None]
    return [current] if isinstance(current, list) else [[name] for name in found] or [[]]


def choices(dashboard, api, period):
    """What a user may see: a {variable: [name] or None} for each choice; and {variable: every name there was to choose from}."""
    ways, options = [{}], {}
    for variable in dashboard["templating"]["list"]:
        if variable["type"] != "query":
            continue
        name, wider = variable["name"], []
        series, label = re.fullmatch(r"label_values\((.*), *(\w+)\)", variable["query"]["query"]).groups()
        for values in ways:
            found = api.ask(f"label/{label}/values", **{"match[]": with_values(series, values)}, start=period.start, end=period.end)
            options[name] = sorted({*options.get(name, []), *found})
            wider += [{**values, name: names} for names in chosen(variable, found)]
        ways = wider
    return ways, options


def finite_series(result):
    """Of an answer of either kind, the series with a finite number in them."""
    def numbers(series):
        return [float(value) for _, value in series.get("values", [series["value"]] if "value" in series else [])]

    return [series for series in result if any(math.isfinite(number) for number in numbers(series))]


def run(expression, instant, values, api, period):
    """Series with a finite number."""
    query = period.fill(with_values(expression, values))
    if instant:
        return finite_series(api.ask("query", query=query, time=period.end)["result"])
    return finite_series(api.ask("query_range", query=query, start=period.start, end=period.end, step=SCRAPE_SECONDS)["result"])


def panels(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def page_links(panel):
    links = list(panel["fieldConfig"]["defaults"].get("links", []))
    for override in panel["fieldConfig"]["overrides"]:
        links += [link for one in override["properties"] if one["id"] == "links" for link in one["value"]]
    return [link["url"] for link in links if link["url"].startswith("${external_url:raw}")]


def link_path(url, labels, values, millis):
    """The path that a click on a series with these labels leads to; None where the link names a label that it lacks."""
    path = url.removeprefix("${external_url:raw}").replace("${__value.time}", str(millis))

    def filled(match):
        source, name = match["source"], match["name"]
        value = labels.get(name.lower()) if source else next(iter(values.get(name) or []), None)
        if value is None:
            raise KeyError(name)
        return urllib.parse.quote(value, safe="")

    pattern = r'\$\{(?:(?P<source>__field\.labels\.|__data\.fields\["))?(?P<name>\w+)(?:"\])?:percentencode\}'
    return re.sub(pattern, filled, path)
