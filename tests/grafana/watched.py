"""A driftd under drift with a real Prometheus beside it, and every query of the dashboards run on what that saw.

The workload is that of the kill tests: out of order, late, poisoned, labels that come later, a shift in the middle. Half way driftd is
started again with another configuration and another reference; at the end the broker goes away.
"""

import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import cases  # noqa: E402
import harness  # noqa: E402
import late_labels  # noqa: E402
import panels  # noqa: E402
import queries  # noqa: E402

CHUNKS = 10
TOPICS = {**late_labels.TOPICS, "dead": 1}

# What has no data here, and why: (dashboard, panel, query), or (dashboard, "variable" or "annotation", name).
NO_REGISTRY = "the records are JSON: no schema registry is asked"
LISTED = {("driftd-pipeline", "Schema registry", "A"): NO_REGISTRY}
# What only some builds have (NOT_EVERYWHERE in grafana/lint/exceptions.ts): with data or without.
EITHER = {("driftd-pipeline", "Schema registry", "B"): NO_REGISTRY, ("driftd-pipeline", "Schema registry", "C"): NO_REGISTRY}


class Prometheus:
    """One server that scrapes localhost:`target` every second, its store in `folder`."""

    def __init__(self, folder, target):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.port = harness.free_port()
        config = self.folder / "prometheus.yml"
        config.write_text(f"""global: {{scrape_interval: {queries.SCRAPE_SECONDS}s, scrape_timeout: {queries.SCRAPE_SECONDS}s}}
scrape_configs:
  - job_name: driftd
    static_configs: [{{targets: ["127.0.0.1:{target}"]}}]
""")
        with open(self.folder / "log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(["prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'store'}",
                                             f"--web.listen-address=127.0.0.1:{self.port}"], stdout=log, stderr=log)
        self.api = queries.Api(harness.http_get, self.port)

    def value(self, query):
        """The sum of what a query answers now; None while it answers nothing."""
        try:
            result = self.api.ask("query", query=query)["result"]
        except (ValueError, KeyError):
            return None
        return sum(float(series["value"][1]) for series in result) if result else None

    def wait_for(self, query, holds):
        harness.wait_for(query, lambda: (value := self.value(query)) is not None and holds(value))

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=harness.DEADLINE)


# ---- A driftd that has seen all of it ----


def frozen(folder, count):
    """A reference whose rows have times, so that it has an age."""
    folder.mkdir()
    rows = [{"at": late_labels.START_MS - 1000 * (count - row), **json.loads(line)}
            for row, line in enumerate(late_labels.reference_lines(count))]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    code, _, errors = cases.verb("reference", "build", folder / "rows.jsonl", "-o", folder / "frozen.ref", "--segment-by", "country",
                                 "--prediction", "p", "--label", "label", "--time", "at")
    cases.expect(f"reference build: {errors}", code, 0)
    return folder / "frozen.ref"


def config(folder, address, port, references, limit):
    """That of the kill tests, with a reference for each monitor, dead letters, a fixed threshold in one, and every metric there is."""
    text = late_labels.config(folder, address, port, "REFERENCE")
    text = text.replace("    time: {lateness", "    on_error: {action: dead_letter, topic: dead}\n    time: {lateness", 1)
    hop, flat = text.replace("features: {", "features: {bins: [device, x], ").split("  - name: flat\n")
    text = f"{hop}  - name: flat\n" + flat.replace("detectors: {", f"detectors: {{psi: {{threshold: {limit}}}, ")
    for name in references:  # in the order of the monitors
        text = text.replace('"REFERENCE"', json.dumps(str(references[name])), 1)
    return f"metrics: {{level: detailed}}\n{text}"


def seen_everything(bed):
    """(driftd, the API of its Prometheus, the time from before the first record until now)"""
    broker = bed.add(harness.MockBroker(TOPICS))
    first, second = frozen(bed.folder / "first", 4000), frozen(bed.folder / "second", 3000)
    folder, port = bed.folder / "driftd", harness.free_port()
    daemon = bed.add(harness.Driftd(folder, config(folder, broker.address, port, {"hop": first, "flat": first}, 0.2)))
    daemon.port = port
    start = time.time()
    daemon.start()
    cases.ready(daemon)
    prometheus = bed.add(Prometheus(bed.folder / "prometheus", port))
    prometheus.wait_for("up", lambda value: value == 1)
    producers = {topic: bed.add(harness.Producer(broker.address, topic, count)) for topic, count in late_labels.PARTITIONS.items()}
    for number, chunk in enumerate(late_labels.chunks(late_labels.topics(), CHUNKS)):
        if number == CHUNKS // 2:
            daemon.terminate()
            daemon.config.write_text(config(folder, broker.address, port, {"hop": first, "flat": second}, 0.25))
            daemon.start()
            cases.ready(daemon)
        for topic, producer in producers.items():
            producer.write(late_labels.lines(chunk[topic]))
        prometheus.wait_for("sum(driftd_kafka_consumer_lag_records)", lambda value: value == 0)
    for producer in producers.values():
        producer.close()
    for query, holds in {'sum(driftd_alert_firing{kind="drift"})': lambda value: value > 0,
                         "sum(driftd_performance_value)": lambda value: value > 0}.items():
        prometheus.wait_for(query, holds)
    broker.close()
    bed.closing.remove(broker)
    prometheus.wait_for("max(count_over_time(driftd_kafka_errors_total[1m]))", lambda value: value >= 3)
    return daemon, prometheus.api, queries.Period(start, time.time())


def panels_have_data(bed, folder):
    return panels.run_all(folder, seen_everything(bed), panels.Tally(LISTED, EITHER))
