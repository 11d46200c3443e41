"""A broker, a driftd and the tool that looks at both: what the end-to-end tests are made of. Standard library only.

Every process is started here and ended here; every wait is for a condition, under a deadline; ports are free ones. The
programs come from $DRIFTD and $KAFKA_TOOL, else from build/dev.
"""

import concurrent.futures
import hashlib
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
ROOT = TESTS.parent
DRIFTD = os.environ.get("DRIFTD", str(ROOT / "build/dev/driftd"))
KAFKA_TOOL = os.environ.get("KAFKA_TOOL", str(pathlib.Path(DRIFTD).parent / "tests/kafka_tool"))
DEADLINE = 60.0  # seconds; wide, so that only what is broken waits for it


class Failure(Exception):
    pass


def wait_for(what, condition, deadline=DEADLINE):
    """The first true value of condition(); Failure naming `what` when the deadline comes first."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"not within {deadline:.0f} s: {what}")
        time.sleep(0.05)


def tool(*args, text=None):
    """Runs kafka_tool; its standard output."""
    done = subprocess.run([KAFKA_TOOL, *map(str, args)], input=text, capture_output=True, text=True, timeout=DEADLINE)
    if done.returncode != 0:
        raise Failure(f"kafka_tool {args[0]}: {done.stderr.strip()}")
    return done.stdout


def port_refuses(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def free_ports(count):
    """The first of neighbouring ports that nobody listens on: the broker's, its controller's, and those of more listeners."""
    for _ in range(100):
        port = random.randrange(20000, 30000)
        if all(port_refuses(port + i) for i in range(count)):
            return port
    raise Failure(f"no {count} free ports")


class Producer:
    """kafka_tool produce on one topic, kept running: line i of all that is written goes to partition i % partitions."""

    def __init__(self, address, topic, partitions):
        self.process = subprocess.Popen([KAFKA_TOOL, "produce", address, topic, str(partitions)], stdin=subprocess.PIPE, text=True)

    def write(self, lines):
        self.process.stdin.write(lines)
        self.process.stdin.flush()

    def close(self):
        """Waits until everything is delivered."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
            if self.process.wait(timeout=DEADLINE) != 0:
                raise Failure("kafka_tool produce failed")


class MockBroker:
    """librdkafka's mock cluster in a process of its own, with the topics {name: partitions}."""

    def __init__(self, topics):
        self.process = subprocess.Popen([KAFKA_TOOL, "mock", *(f"{name}:{count}" for name, count in topics.items())],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise Failure("the mock cluster did not start")

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=DEADLINE)


class RealBroker:
    """Apache Kafka, one node, on loopback; the topics {name: partitions} are created. properties(port): more settings."""

    def __init__(self, folder, topics, ports=2, properties=None, jvm=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_ports(ports)
        self.address = f"127.0.0.1:{self.port}"
        self.pid = None
        self.environment = dict(os.environ)
        if jvm:
            self.environment["KAFKA_JVM"] = jvm
        if properties:
            more = self.folder / "more.properties"
            more.write_text(properties(self.port))
            self.environment["KAFKA_PROPS"] = str(more)
        self.start()
        for name, count in topics.items():
            tool("create-topic", self.address, name, count)

    def start(self):
        done = subprocess.run([str(TESTS / "kafka/start-broker.sh"), str(self.folder), str(self.port)], capture_output=True, text=True,
                              timeout=600, check=False, env=self.environment)
        if done.returncode != 0:
            raise Failure(f"the broker did not start: {done.stderr.strip()}")
        self.pid = int(done.stdout)

    def stop(self, how=signal.SIGTERM):
        if self.pid is None:
            return
        os.kill(self.pid, how)
        self.pid = None
        wait_for("the broker's port closes", lambda: port_refuses(self.port))

    def crash(self):
        self.stop(signal.SIGKILL)

    close = stop


def http_get(path, port):
    """(status, body) of a GET; (0, "") while nothing answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


class Driftd:
    """One daemon with its configuration and state in `folder`."""

    def __init__(self, folder, config):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "driftd.yaml"
        self.config.write_text(config)
        self.log = self.folder / "driftd.log"
        self.process = None

    def start(self, *flags):
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([DRIFTD, "run", "--config", str(self.config), *flags], stdout=log, stderr=log)
        return self

    def get(self, path, port):
        return http_get(path, port)

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=DEADLINE)

    def terminate(self):
        """SIGTERM; (exit code, seconds it took)."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=DEADLINE)
        return code, time.monotonic() - start

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()

    def last_lines(self, count=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:]) if self.log.exists() else ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# ---- The workload: rows of known windows, with a shift in the middle ----

START_MS = 1_700_000_040_000  # a whole minute
WINDOW_MS = 60_000
ROW_MS = 100  # between two rows: 600 a window


def reference_rows(count=4000):
    generator = random.Random(1)
    return "".join(json.dumps({"x": round(generator.gauss(0, 1), 6), "country": generator.choice(["DE", "FR", "US"])}) + "\n"
                   for _ in range(count))


def stream_lines(first, last, shift_from=None):
    """Rows [first, last) as `MS<tab>JSON`; from row `shift_from` on x is shifted by one and a half."""
    lines = []
    for row in range(first, last):
        generator = random.Random(row)
        x = generator.gauss(0, 1) + (1.5 if shift_from is not None and row >= shift_from else 0)
        lines.append(f'{START_MS + row * ROW_MS}\t{json.dumps({"x": round(x, 6), "country": generator.choice(["DE", "FR", "US"])})}\n')
    return lines


def closed_windows(rows, partitions):
    """How many windows the watermark closes: it is, over the partitions, the least of each one's eighth largest event time."""
    last_times = [START_MS + row * ROW_MS for row in range(rows)]
    watermark = min(sorted(last_times[partition::partitions])[-8] for partition in range(partitions))
    return (watermark - START_MS) // WINDOW_MS


def config_of(folder, address, port, partitions_topic="rows", more="", security=None, top=""):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reference.jsonl").write_text(reference_rows())
    return f"""{top}kafka:
  security: {json.dumps(security or {})}
  brokers: {json.dumps(address.split(","))}
  librdkafka: {{reconnect.backoff.max.ms: "500"}}
http: {{listen: "127.0.0.1:{port}"}}
state: {{dir: {json.dumps(str(folder / "state"))}, snapshot_interval: 200ms}}
alerts: {{kafka: {{enabled: true, topic: events, windows: true}}}}
monitors:
  - name: shift
    topic: {partitions_topic}
    reference: {json.dumps(str(folder / "reference.jsonl"))}
    start: earliest
    time: {{lateness: 0s, idle_after: 1h}}
    window: {{every: 60s}}
{more}"""


# ---- What came out ----


def events(address, topic="events"):
    """The alerts topic by event id; Failure when one id has two different bodies."""
    by_id = {}
    for line in tool("consume", address, topic).splitlines():
        record = json.loads(line)
        event = json.loads(record["value"])
        if by_id.setdefault(event["id"], record["value"]) != record["value"]:
            raise Failure(f"event {event['id']} was written with different bytes")
    return by_id


def digest(by_id):
    return hashlib.sha256("\n".join(sorted(by_id.values())).encode()).hexdigest()


def of_type(by_id, part):
    return [event for event in map(json.loads, by_id.values()) if f".{part}." in event["type"]]


def settled(address, what, is_complete, topic="events"):
    """Everything on the alerts topic once is_complete(events by id) and nothing more comes for a second."""
    seen = wait_for(what, lambda: (lambda found: found if is_complete(found) else None)(events(address, topic)))
    while True:
        time.sleep(1.0)
        again = events(address, topic)
        if len(again) == len(seen):
            return again
        seen = again


def settled_events(address, windows, topic="events"):
    return settled(address, f"{windows} closed windows on the alerts topic", lambda found: len(window_ends(found)) >= windows, topic)


def window_ends(by_id):
    return {event["time"] for event in of_type(by_id, "window.closed")}


def metric(body, name, label=""):
    """Sum of a metric's series in an exposition, of those with the label."""
    return sum(float(line.rsplit(" ", 1)[1]) for line in body.splitlines() if line.startswith((name + "{", name + " ")) and label in line)


HISTORY = {
    "windows": "SELECT w.subject, w.start_us, w.end_us, w.complete, d.reference_id FROM windows w JOIN definitions d ON d.id = w.definition",
    "segments": """SELECT w.subject, w.end_us, s.segment, s.rows, s.ratio, s.judged, s.over, s.predicted, s.labelled, s.performance
                   FROM segments s JOIN windows w ON w.id = s.window""",
    "points": """SELECT w.subject, w.end_us, n.feature, n.segment, n.kind, p.status, p.rows, p.ratio, hex(p.detail), hex(s.detail)
                 FROM points p JOIN windows w ON w.id = p.window JOIN series n ON n.id = p.series
                 JOIN sides s ON s.definition = w.definition AND s.series = p.series""",
    "transitions": "SELECT event_id, alert_id, monitor, feature, segment, kind, severity, transition, summary, event FROM transitions",
}


def history(state):
    """What history.db in a state folder holds, by table, without the numbers of rows: equal histories are equal sets."""
    database = sqlite3.connect(f"file:{pathlib.Path(state) / 'history.db'}?mode=ro", uri=True, timeout=10)
    try:
        return {table: set(database.execute(sql)) for table, sql in HISTORY.items()}
    finally:
        database.close()


# ---- Running tests ----


class Bed:
    """A folder, and everything started in it ends with it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="driftd-e2e-"))
        self.closing = []

    def add(self, resource):
        self.closing.append(resource)
        return resource

    def close(self):
        for resource in reversed(self.closing):
            try:
                resource.close()
            except Exception as problem:  # the test's own failure is the one to show
                print(f"  while ending {type(resource).__name__}: {problem}")
        shutil.rmtree(self.folder, ignore_errors=True)


def report(name, seconds, run):
    """Runs one test and prints its line; whether it passed. run() may return a note."""
    try:
        note = run()
        print(f"PASS {name} ({seconds():.0f} s){': ' + note if note else ''}", flush=True)
        return True
    except Exception as problem:
        print(f"FAIL {name}: {type(problem).__name__}: {problem}", flush=True)
        return False


def stopwatch():
    start = time.monotonic()
    return lambda: time.monotonic() - start


def run_tests(tests, counts=(0, 0), skipped=()):
    """Runs functions of one Bed and prints the counts that tests/run.sh adds up, with those of earlier tests and the (name, reason)
    of what is skipped; the exit code."""
    passed, failed = counts
    for name, reason in skipped:
        print(f"SKIPPED {name}: {reason}")
    for test in tests:
        bed = Bed()
        try:
            if report(test.__name__, stopwatch(), lambda: test(bed)):
                passed += 1
                continue
            failed += 1
            for resource in bed.closing:
                if isinstance(resource, Driftd):
                    print(resource.last_lines(), flush=True)
        finally:
            bed.close()
    print(f"{passed} passed, {failed} failed, {len(skipped)} skipped")
    return 1 if failed else 0


def run_together(make_site, tests, at_once):
    """Runs (name, function(site, folder)) beside each other on one site; (passed, failed)."""
    bed = Bed()
    try:
        site = make_site(bed)

        def run(entry):
            name, test = entry
            folder = bed.folder / name
            folder.mkdir()
            return report(name, stopwatch(), lambda: test(site, folder))

        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            results = list(pool.map(run, tests))
        return sum(results), len(results) - sum(results)
    finally:
        bed.close()
