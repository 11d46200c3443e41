"""Kafka, driftd, Prometheus and Alertmanager as deploy/ sets them up, running on this machine: what `seen` tests look at.

    with Stack() as stack:             # everything is up, driftd is ready; leaving the block ends it all
        stack.feed(windows=4)          # normal rows and labels; drifted=True: drifted ones
        stack.series('up')             # instant query: [(labels, value)]
        stack.series_over('up', 60)    # range query of the last 60 s at 1 s: [(labels, [(time, value)])]
        stack.alerts()                 # what Alertmanager holds, as its API gives it
        stack.amtool("alert", "query") # the command's standard output
    python3 tests/seen/stack.py        # the same for a person: normal rows, drift, then the addresses; until Enter is pressed

Prometheus scrapes and evaluates each second. It gets copies of deploy/prometheus/ and deploy/alertmanager/ in which a minute of `for`,
`keep_firing_for`, ranges and grouping lasts SECONDS_A_MINUTE, addresses are those of this machine, and every receiver is a listener of
this process (stack.messages). Programs: $DRIFTD, $KAFKA_TOOL (harness.py), prometheus, prometheus-alertmanager, amtool. Standard library only.
"""

import http.server
import json
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]
import harness  # noqa: E402
import workload  # noqa: E402

DEPLOY = harness.ROOT / "deploy"
PROGRAMS = ["prometheus", "promtool", "prometheus-alertmanager", "amtool", "java", "mvn"]
SECONDS_A_MINUTE = 2
SECONDS = {"m": SECONDS_A_MINUTE, "h": 60 * SECONDS_A_MINUTE, "d": 24 * 60 * SECONDS_A_MINUTE}


def missing_programs():
    return [program for program in PROGRAMS if shutil.which(program) is None]


def faster(text, keys):
    """A configuration with the durations after these keys, and those in [ranges], in the test's time."""
    def shorter(match):
        seconds = int(match[2]) * SECONDS[match[3]] if match[3] != "s" else max(1, int(match[2]) * SECONDS_A_MINUTE // 60)
        return f"{match[1]}{seconds}s"

    text = re.sub(rf"(\b(?:{'|'.join(keys)}): )(\d+)([smhd])\b", shorter, text)
    return re.sub(r"(\[)(\d+)([smhd])(?=\])", shorter, text)


class Receiver:
    """An HTTP listener that takes every notification of Alertmanager."""

    def __init__(self):
        self.messages = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.messages.append((self.path, body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Program:
    """A server started with `command`; its output goes to `log`. close() ends it."""

    def __init__(self, command, log):
        with open(log, "w", encoding="utf-8") as out:
            self.process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=out)

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=harness.DEADLINE)


def driftd_config(folder, address, port):
    """Monitors: `payments` judges at once and only warns, `fraud` joins labels and has segments, to the topic of `silent` nothing comes."""
    return f"""kafka:
  brokers: {json.dumps(address.split(","))}
  librdkafka: {{reconnect.backoff.max.ms: "500"}}
http: {{listen: "127.0.0.1:{port}"}}
state: {{dir: {json.dumps(str(folder / "state"))}, snapshot_interval: 500ms}}
metrics: {{level: detailed}}
alerts: {{kafka: {{enabled: true, topic: events}}}}
streams:
  - name: payments
    topics: [payments]
    start: earliest
    fields: {{event_time: at, event_id: id, prediction: score}}
    on_error: {{action: dead_letter, topic: dead}}
    time: {{lateness: 0s, idle_after: 1h}}
  - name: labels
    topics: [labels]
    start: earliest
    time: {{lateness: 0s, idle_after: 1h}}
monitors:
  - name: payments
    stream: payments
    reference: {json.dumps(str(folder / "payments.ref"))}
    window: {{every: 60s}}
    features: {{exclude: [error, is_fraud], bins: [amount, device]}}
    alerts: {{severity: warning}}
  - name: fraud
    stream: payments
    reference: {json.dumps(str(folder / "payments.ref"))}
    window: {{every: 60s}}
    segments: {{by: [country], values: {{country: [DE, FR]}}}}
    labels: {{topic: labels, id: id, value: is_fraud, event_time: at, join_within: 30s}}
    detectors: {{adwin: {{fields: [error]}}}}
  - name: silent
    topic: silent
    reference: {json.dumps(str(folder / "payments.ref"))}
    window: {{every: 1s}}
"""


class Stack:
    def __init__(self):
        self.bed = harness.Bed()
        self.folder = self.bed.folder
        self.rows = 0  # fed so far
        self.started = time.time()
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.bed.close()

    # ---- Starting ----

    def _start(self):
        self.broker = self.bed.add(harness.RealBroker(self.folder / "kafka", workload.TOPICS))
        self.producers = {topic: self.bed.add(harness.Producer(self.broker.address, topic, workload.TOPICS[topic]))
                          for topic in ("payments", "labels")}
        self._start_driftd()
        self.receiver = self.bed.add(Receiver())
        self.messages = self.receiver.messages
        self._start_alertmanager()
        self._start_prometheus()
        harness.wait_for("/-/ready of driftd", lambda: harness.http_get("/-/ready", self.driftd.port)[0] == 200)
        harness.wait_for("Prometheus sees driftd up", lambda: self.value("up") == 1)

    def _start_driftd(self):
        folder, port = self.folder / "driftd", harness.free_port()
        folder.mkdir()
        rows = folder / "reference.jsonl"
        rows.write_text(workload.reference_lines())
        subprocess.run([harness.DRIFTD, "reference", "build", rows, "-o", folder / "payments.ref", "--segment-by", "country",
                        "--prediction", "score", "--label", "is_fraud", "--exclude", "id", "--time", "at"], check=True, capture_output=True)
        self.driftd = self.bed.add(harness.Driftd(folder, driftd_config(folder, self.broker.address, port)))
        self.driftd.port = port
        self.driftd.start()

    def _start_alertmanager(self):
        sample = (DEPLOY / "alertmanager/alertmanager.yaml").read_text()
        head, rest = sample.split("\nreceivers:\n", 1)
        names, inhibition = re.findall(r"(?m)^  - name: ([\w-]+)", rest), rest.split("\ninhibit_rules:\n", 1)[1]
        receivers = "".join(f"  - name: {name}\n    webhook_configs: [{{url: 'http://127.0.0.1:{self.receiver.port}/{name}'}}]\n" for name in names)
        head = re.sub(r"(?ms)^global:\n.*?(?=^route:)", "", head)
        config = self.folder / "alertmanager.yaml"
        config.write_text(faster(head, ["group_wait", "group_interval", "repeat_interval"]) + "\nreceivers:\n" + receivers +
                          "inhibit_rules:\n" + inhibition)
        self.alertmanager_port = harness.free_port()
        self.bed.add(Program(["prometheus-alertmanager", f"--config.file={config}", f"--storage.path={self.folder / 'alertmanager'}",
                              f"--web.listen-address=127.0.0.1:{self.alertmanager_port}", "--cluster.listen-address="],
                             self.folder / "alertmanager.log"))
        harness.wait_for("Alertmanager is ready", lambda: harness.http_get("/-/ready", self.alertmanager_port)[0] == 200)

    def _start_prometheus(self):
        config = (DEPLOY / "prometheus/prometheus.yaml").read_text()
        config = config.replace("interval: 15s", "interval: 1s").replace("127.0.0.1:3738", f"127.0.0.1:{self.driftd.port}")
        config = config.replace("127.0.0.1:9093", f"127.0.0.1:{self.alertmanager_port}")
        rules = (DEPLOY / "prometheus/driftd.rules.yaml").read_text()
        (self.folder / "prometheus.yaml").write_text(config)
        (self.folder / "driftd.rules.yaml").write_text(faster(rules, ["for", "keep_firing_for"]))
        self.prometheus_port = harness.free_port()
        self.bed.add(Program(["prometheus", f"--config.file={self.folder / 'prometheus.yaml'}", "--rules.alert.resend-delay=1s",
                              f"--storage.tsdb.path={self.folder / 'prometheus'}", f"--web.listen-address=127.0.0.1:{self.prometheus_port}"],
                             self.folder / "prometheus.log"))
        harness.wait_for("Prometheus is ready", lambda: harness.http_get("/-/ready", self.prometheus_port)[0] == 200)

    # ---- Feeding ----

    def feed(self, windows, drifted=False):
        """So many more windows of rows and labels; they lie in Kafka when this returns, or soon after."""
        first, self.rows = self.rows, self.rows + windows * workload.WINDOW_ROWS
        for topic, lines in workload.records(first, self.rows, drifted).items():
            self.producers[topic].write(lines)

    def feed_unreadable(self, count):
        self.producers["payments"].write(workload.unreadable(self.rows, self.rows + count))

    def end_feeding(self):
        """Everything fed is delivered, and the producers are gone."""
        for producer in self.producers.values():
            producer.close()

    # ---- Looking ----

    def _prometheus(self, path, **parameters):
        status, body = harness.http_get(f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}", self.prometheus_port)
        answer = json.loads(body) if body else {}
        if status != 200 or answer.get("status") != "success":
            raise harness.Failure(f"Prometheus, {path} {parameters}: {status} {answer.get('error', body)}")
        return answer["data"]

    def series(self, query):
        return [(entry["metric"], float(entry["value"][1])) for entry in self._prometheus("query", query=query)["result"]]

    def series_over(self, query, seconds, step=1):
        now = float(self._prometheus("query", query="time()")["result"][1])
        found = self._prometheus("query_range", query=query, start=now - seconds, end=now, step=step)["result"]
        return [(entry["metric"], [(time, float(value)) for time, value in entry["values"]]) for entry in found]

    def value(self, query):
        """Of the only series; None where there is none, or several."""
        found = self.series(query)
        return found[0][1] if len(found) == 1 else None

    def rules(self):
        """Every rule of the file as Prometheus has it: name, query, health, lastError, state, alerts."""
        return [rule for group in self._prometheus("rules")["groups"] for rule in group["rules"]]

    def alerts(self):
        status, body = harness.http_get("/api/v2/alerts", self.alertmanager_port)
        return json.loads(body) if status == 200 else []

    def amtool(self, *words):
        done = subprocess.run(["amtool", f"--alertmanager.url=http://127.0.0.1:{self.alertmanager_port}", *words], capture_output=True,
                              text=True, timeout=harness.DEADLINE, check=False)
        if done.returncode != 0:
            raise harness.Failure(f"amtool {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout


def main():
    missing = missing_programs()
    if missing:
        sys.exit(f"not on this machine: {', '.join(missing)}; deploy/deps.sh test installs them")
    with Stack() as stack:
        stack.feed(windows=6)
        stack.feed(windows=4, drifted=True)
        for name, port in {"driftd": stack.driftd.port, "Prometheus": stack.prometheus_port, "Alertmanager": stack.alertmanager_port}.items():
            print(f"{name:12}  http://127.0.0.1:{port}")
        print(f"{'Kafka':12}  {stack.broker.address}\nEnter ends it all", flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main()
