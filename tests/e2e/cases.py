"""The end-to-end tests, on whichever broker: make_broker(bed, topics) gives it. What fails is data, never a time, but SIGTERM's."""

import ctypes
import datetime
import http.client
import json
import os
import pathlib
import random
import socket
import subprocess
import time

import batch_oracle
import late_labels
import registry
from harness import (DEADLINE, DRIFTD, ROW_MS, START_MS, TESTS, WINDOW_MS, Driftd, Failure, MockBroker, Producer, RealBroker,
                     closed_windows, config_of, digest, events, free_port, history, metric, of_type, settled, settled_events, stream_lines, tool,
                     wait_for, window_ends)

PARTITIONS = 4
ROWS = 18_000  # 30 windows
SHIFT_FROM = 9_000
TOPICS = {"rows": PARTITIONS, "events": 1}
BEFORE_RECORDS_S = 0.6  # at most: records come while driftd starts, or well after
UNTIL_KILLED_S = [0.2, 0.8]  # at most: while it counts, sends and saves; or when it has


def on_mock(bed, topics):
    return bed.add(MockBroker(topics))


def on_kafka(bed, topics):
    number = 1 + len(list(bed.folder.glob("kafka-*")))  # a test may want a second broker that knows nothing of the first
    return bed.add(RealBroker(bed.folder / f"kafka-{number}", topics))


def produce(address, lines, partitions=PARTITIONS):
    tool("produce", address, "rows", partitions, text="".join(lines))


def driftd_at(bed, address, name="driftd", more=""):
    port = free_port()
    folder = bed.folder / name
    daemon = bed.add(Driftd(folder, config_of(folder, address, port, more=more)))
    daemon.port = port
    return daemon


def ready(daemon):
    wait_for("/-/ready answers 200", lambda: daemon.get("/-/ready", daemon.port)[0] == 200)


def undisturbed(bed, make_broker, rows=ROWS, chunk=None):
    """Digest and events of a run that nothing disturbs."""
    broker = make_broker(bed, TOPICS)
    daemon = driftd_at(bed, broker.address, "undisturbed").start()
    for first in range(0, rows, chunk or rows):
        produce(broker.address, stream_lines(first, min(rows, first + (chunk or rows)), SHIFT_FROM))
    seen = settled_events(broker.address, closed_windows(rows, PARTITIONS))
    daemon.close()
    broker.close()
    bed.closing.remove(broker)
    return digest(seen), seen


def alert_road(make_broker):
    def produce_consume_alert(bed):
        _, seen = undisturbed(bed, make_broker)
        firing = of_type(seen, "firing")
        named = {event["data"]["feature"]["name"] for event in firing}
        if named != {"x"}:
            raise Failure(f"alerts name {sorted(named)}, not x alone")
        first = min(firing, key=lambda event: event["time"])["data"]
        for key in ("threshold", "effects", "top_bins", "window", "reference", "summary"):
            if key not in first:
                raise Failure(f"the alert carries no {key}")
        offsets = {row["partition"] for row in first["window"]["offsets"]}
        if offsets != set(range(PARTITIONS)):
            raise Failure(f"the alert names the rows of partitions {sorted(offsets)}")
        return first["summary"]

    return produce_consume_alert


# ---- kill -9, with late labels, windows that overlap and segments ----


def frozen_reference(folder):
    """The path of a .ref file of the workload, and what `reference show` says of it."""
    rows, reference = folder / "rows.jsonl", folder / "frozen.ref"
    rows.write_text("".join(late_labels.reference_lines()))
    code, _, errors = verb("reference", "build", rows, "-o", reference, "--segment-by", "country", "--prediction", "p", "--label", "label")
    expect(f"reference build: {errors}", code, 0)
    return reference, json.loads(verb("reference", "show", reference, "--json")[1])


def batch_answer(records, reference):
    """What a reader of all records must see: windows; counters of the joins by (metric, labels); and late rows, the same way."""
    rows, labels = late_labels.stream("rows", records["rows"], "p"), late_labels.stream("labels", records["labels"], "y")
    windows, counters = {}, {}
    for monitor in late_labels.MONITORS:
        closed, counts = batch_oracle.closed_windows(monitor, rows, labels, reference)
        windows.update(closed)
        counters["driftd_labels_joined_total", f'monitor="{monitor.name}"'] = counts.pop("joined")
        for reason, count in counts.items():
            counters["driftd_labels_unmatched_total", f'monitor="{monitor.name}",reason="{reason}"'] = count
    late = {("driftd_records_late_total", f'stream="{stream.topic}"'): batch_oracle.late_rows(stream, late_labels.MONITORS)
            for stream in (rows, labels)}
    return windows, counters, late


def milliseconds(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def windows_seen(by_id):
    closed = of_type(by_id, "window.closed")
    return {(event["subject"], *(milliseconds(event["data"][end]) for end in ("start", "end"))): event["data"] for event in closed}


def label_road(bed, make_broker, name, reference):
    """A broker, a driftd that reads the workload's topics, and a producer for each of them."""
    broker = make_broker(bed, late_labels.TOPICS)
    folder, port = bed.folder / name, free_port()
    daemon = bed.add(Driftd(folder, late_labels.config(folder, broker.address, port, reference)))
    daemon.port = port
    producers = {topic: bed.add(Producer(broker.address, topic, count)) for topic, count in late_labels.PARTITIONS.items()}
    return broker, daemon.start(), producers


def seen_at_last(broker, daemon, windows, counters):
    """All events, once every window of the oracle is there and the counters stand where it says; and the windows are as it says."""
    def wrong():
        body = daemon.get("/metrics", daemon.port)[1]
        return {key: f"{shown:.0f}, not {want}" for key, want in counters.items() if (shown := metric(body, *key)) != want}

    seen = settled(broker.address, f"{len(windows)} closed windows", lambda found: windows.keys() <= windows_seen(found).keys())
    same_as_batch(seen, windows)
    try:
        wait_for("the counters", lambda: not wrong(), deadline=10)
    except Failure:
        expect("wrong counters", wrong(), {})
    return seen


def same_as_batch(seen, windows):
    """Every window as the oracle says, and no other."""
    got = windows_seen(seen)
    expect("windows that the oracle does not know", sorted(got.keys() - windows.keys()), [])
    wrong = {key: found for key in sorted(windows) if (found := batch_oracle.differences(got[key], windows[key]))}
    if wrong:
        key = next(iter(wrong))
        raise Failure(f"{len(wrong)} of {len(windows)} windows differ from the oracle; {key}: {wrong[key][:5]}")


def same_history(got, want):
    for table, rows in want.items():
        missing, added = rows - got[table], got[table] - rows
        if missing or added:
            example = next(iter(missing or added))
            raise Failure(f"history, {table}: {len(missing)} rows are missing, {len(added)} are not of the undisturbed run, as {example}")


def kills(make_broker, count):
    def kill_9_leaves_no_trace(bed):
        """Equal bytes to a run that nothing disturbs, and equal values to a program that reads all records at once."""
        seed = int(os.environ.get("DRIFTD_SEED", random.SystemRandom().randrange(1 << 30)))
        print(f"  seed {seed} (repeat with DRIFTD_SEED={seed})", flush=True)
        generator = random.Random(seed)
        reference, shown = frozen_reference(bed.folder)
        records = late_labels.topics()
        windows, counters, late = batch_answer(records, shown)

        broker, daemon, producers = label_road(bed, make_broker, "undisturbed", reference)
        for topic, producer in producers.items():
            producer.write(late_labels.lines(records[topic]))
            producer.close()
        want = seen_at_last(broker, daemon, windows, {**counters, **late})
        expect("exit code", daemon.terminate()[0], 0)
        past = history(daemon.folder / "state")
        expect("windows in the history", len(past["windows"]), len(windows))
        expect("transitions in the history", len(past["transitions"]), len(want) - len(windows))

        broker, daemon, producers = label_road(bed, make_broker, "killed", reference)
        for chunk in late_labels.chunks(records, count):
            time.sleep(generator.uniform(0, BEFORE_RECORDS_S))
            for topic, producer in producers.items():
                producer.write(late_labels.lines(chunk[topic]))
            time.sleep(generator.uniform(0, generator.choice(UNTIL_KILLED_S)))
            daemon.kill()
            daemon.start()
        for producer in producers.values():
            producer.close()
        got = seen_at_last(broker, daemon, windows, counters)  # late rows are counted since the last start
        if digest(got) != digest(want):
            changed = [event for event in want.keys() | got.keys() if want.get(event) != got.get(event)]
            raise Failure(f"{len(changed)} events differ from the undisturbed run after {count} kills, {sorted(changed)[:3]}; seed {seed}")
        expect("exit code", daemon.terminate()[0], 0)
        same_history(history(daemon.folder / "state"), past)
        written = len(tool("consume", broker.address, "events").splitlines())
        return (f"{count} kills, {len(windows)} windows and {len(want) - len(windows)} alerts, {written - len(got)} of them written again, "
                f"digest {digest(want)[:16]}")

    return kill_9_leaves_no_trace


# ---- The API: what was, and what happens ----


def api(daemon, path):
    """The document under /api/v1, its envelope taken off."""
    status, body = daemon.get("/api/v1" + path, daemon.port)
    document = json.loads(body)
    if status != 200 or document["status"] != "success":
        raise Failure(f"{path}: {status} {body.strip()}")
    return document["data"]


class Follower:
    """A client of /api/v1/events; after: the id that it has last."""

    def __init__(self, daemon, after=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=DEADLINE)
        self.connection.request("GET", "/api/v1/events", headers={"Last-Event-ID": after} if after else {})
        self.answer = self.connection.getresponse()
        expect("the stream's type", self.answer.getheader("Content-Type"), "text/event-stream")

    def next(self):
        """(id, type, data) of the next event; comments and settings are passed over."""
        event = {}
        while True:
            line = self.answer.readline().decode()
            if not line:
                raise Failure("the stream ended")
            key, _, value = line.rstrip("\n").partition(": ")
            event[key] = value
            if line == "\n" and "id" in event:
                return event["id"], event["event"], json.loads(event["data"])
            if line == "\n":
                event = {}

    def close(self):
        self.connection.close()


def history_and_stream(bed):
    """Every closed window is in the history, with the counts it had; a follower that comes again has missed nothing."""
    broker = on_mock(bed, TOPICS)
    daemon = driftd_at(bed, broker.address).start()
    ready(daemon)
    follower = bed.add(Follower(daemon))
    expect("the first event", follower.next()[1], "start")
    produce(broker.address, stream_lines(0, ROWS // 2, SHIFT_FROM))
    followed = [follower.next() for _ in range(closed_windows(ROWS // 2, PARTITIONS))]
    follower.close()
    produce(broker.address, stream_lines(ROWS // 2, ROWS, SHIFT_FROM))
    seen = settled_events(broker.address, closed_windows(ROWS, PARTITIONS))
    ends = sorted(window_ends(seen))
    fired = of_type(seen, "firing")
    follower = bed.add(Follower(daemon, after=followed[-1][0]))
    while len([event for event in followed if event[1] == "window"]) < len(ends):
        followed.append(follower.next())
    expect("the windows that were followed", [event[2]["end"] for event in followed if event[1] == "window"], ends)
    alerts = {event[2]["event_id"] for event in followed if event[1] == "alert"}
    expect("alerts that were not followed", {event["id"] for event in fired} - alerts, set())
    stranger = bed.add(Follower(daemon, after="another-7"))
    expect("what a follower of another process is told", stranger.next()[1], "reset")

    def windows_of(query):
        return api(daemon, "/monitors/shift/history?" + query)["points"]

    wait_for("all windows are in the history", lambda: len(windows_of("feature=x")) == len(ends))
    expect("the ends of the points", [point["end"] for point in windows_of("feature=x")], ends)
    expect("points of a range", [point["end"] for point in windows_of(f"from={ends[3]}&to={ends[5]}")], ends[3:6])
    for point in (windows_of("feature=x")[2], windows_of("feature=x")[-1]):
        cells = api(daemon, f"/monitors/shift/features/x/distribution?at={point['end']}")
        expect("the window", cells["window"]["end"], point["end"])
        expect("rows of the cells", sum(cell["current"] for cell in cells["cells"]), point["samples"])
        added = sum(cell["contribution"] for cell in cells["cells"])
        if abs(added - point["methods"]["psi"]["statistic"]) > 1e-9:
            raise Failure(f"the cells add {added} to a psi of {point['methods']['psi']['statistic']}")
    alert = api(daemon, f"/alerts/{fired[0]['data']['alert_id']}")
    expect("the first of its timeline", alert["timeline"][0]["event"], fired[0])
    for path, part in [("/status/config", "snapshot_interval: 200ms"), ("/status/runtime", '"history":{"enabled":true')]:
        has(path, daemon.get("/api/v1" + path, daemon.port)[1], [part])
    routes = json.loads(daemon.get("/openapi.json", daemon.port)[1])["paths"]
    has("the paths", " ".join(routes), ["/api/v1/monitors/{monitor}/history", "/api/v1/events"])
    expect("exit code", daemon.terminate()[0], 0)
    return f"{len(ends)} windows followed and read again"


def beside_half_open(port, opening, scrape, count=200):
    """p99 of a scrape in ms, without and beside 500 clients that send `opening` and nothing more; Failure when that is over a second."""
    def scrapes():
        times = []
        for _ in range(count):
            start = time.monotonic()
            scrape()
            times.append(time.monotonic() - start)
        return sorted(times)[-max(1, count // 100)] * 1000

    without = scrapes()
    clients = []
    for number in range(500):
        client = socket.socket()
        client.bind((f"127.0.{number // 60}.{number % 60 + 1}", 0))
        client.connect(("127.0.0.1", port))
        client.sendall(opening)
        clients.append(client)
    beside = scrapes()
    for client in clients:
        client.close()
    if beside > 1000:
        raise Failure(f"/metrics takes {beside:.0f} ms beside 500 half-open clients")
    return f"{without:.1f} ms without them, {beside:.1f} ms beside them"


def half_open_clients(bed):
    """500 clients that never finish a request; what /metrics takes beside them and without them."""
    broker = on_mock(bed, TOPICS)
    daemon = driftd_at(bed, broker.address).start()
    ready(daemon)
    produce(broker.address, stream_lines(0, ROWS // 6))

    opening = b"GET /metrics HTTP/1.1\r\nHost: loc"
    return "p99 of /metrics " + beside_half_open(
        daemon.port, opening, lambda: expect("/metrics", daemon.get("/metrics", daemon.port)[0], 200))


def state_moves(make_broker):
    def state_moves_to_another_folder(bed):
        """Stop, export, import into a new folder, run on there: the windows and alerts of a run that nothing disturbed."""
        want, _ = undisturbed(bed, make_broker)
        broker = make_broker(bed, TOPICS)
        old, half = driftd_at(bed, broker.address, "old").start(), ROWS // 2
        produce(broker.address, stream_lines(0, half, SHIFT_FROM))
        wait_for("windows are closed", lambda: len(window_ends(events(broker.address))) >= 5)
        expect("exit code", old.terminate()[0], 0)
        exported, new = bed.folder / "exported.state", driftd_at(bed, broker.address, "new")
        for arguments in (["export", exported, old.folder / "state"], ["import", exported, new.folder / "state"]):
            ran = subprocess.run([DRIFTD, "state", *map(str, arguments)], capture_output=True, text=True, timeout=DEADLINE, check=False)
            expect(f"{arguments[0]}: {ran.stderr}", ran.returncode, 0)
        new.start()
        ready(new)
        refused = subprocess.run([DRIFTD, "state", "import", "--force", str(exported), str(new.folder / "state")], capture_output=True,
                                 text=True, timeout=DEADLINE, check=False)
        expect(f"import beside a running driftd: {refused.stderr}", refused.returncode, 75)
        produce(broker.address, stream_lines(half, ROWS, SHIFT_FROM))
        expect("digest", digest(settled_events(broker.address, closed_windows(ROWS, PARTITIONS))), want)

    return state_moves_to_another_folder


def silent_topic(make_broker):
    def silent_topic_closes_its_last_window(bed):
        """No record follows the last: every row is in a window all the same, after kill -9 in the same one, and what comes for it is late."""
        rows, windows, seen = 3000, 5, {}
        for name, times in (("left alone", 0), ("killed", 4)):
            broker = make_broker(bed, TOPICS)
            daemon = driftd_at(bed, broker.address, name.replace(" ", "-"))
            text = daemon.config.read_text().replace("idle_after: 1h", "idle_after: 1s").replace("{every: 60s}", "{every: 60s, idle_close: 3s}")
            daemon.config.write_text(text)
            # All rows are there before anybody can take a partition for silent that only waits for a slow broker.
            produce(broker.address, stream_lines(0, rows))
            daemon.start()
            ready(daemon)
            for _ in range(times):
                time.sleep(random.uniform(0.5, 5))
                daemon.kill()
                daemon.start()
            seen[name] = settled_events(broker.address, windows)
            expect("rows in windows", sum(rows_of_windows(seen[name])), rows)
        expect("the same after kill -9", digest(seen["killed"]), digest(seen["left alone"]))
        if not metric(daemon.get("/metrics", daemon.port)[1], "driftd_windows_closed_total", 'reason="idle"'):
            raise Failure("no window was counted as closed by silence")
        produce(broker.address, stream_lines(rows - 40, rows))
        wait_for("what comes for a closed window is late",
                 lambda: metric(daemon.get("/metrics", daemon.port)[1], "driftd_records_late_total") == 40)
        expect("windows", len(window_ends(events(broker.address))), windows)

    return silent_topic_closes_its_last_window


def broker_restart(crash):
    def broker_goes_away_in_the_middle(bed):
        want, _ = undisturbed(bed, on_kafka)
        broker = on_kafka(bed, TOPICS)
        daemon = driftd_at(bed, broker.address).start()
        half = ROWS // 2 // PARTITIONS * PARTITIONS
        produce(broker.address, stream_lines(0, half, SHIFT_FROM))
        wait_for("some windows are closed", lambda: len(events(broker.address)) >= 3)
        broker.crash() if crash else broker.stop()
        wait_for("/-/ready answers 503", lambda: daemon.get("/-/ready", daemon.port)[0] == 503)
        broker.start()
        produce(broker.address, stream_lines(half, ROWS, SHIFT_FROM))
        got = digest(settled_events(broker.address, closed_windows(ROWS, PARTITIONS)))
        ready(daemon)
        if got != want:
            raise Failure(f"digest {got[:16]}, {want[:16]} undisturbed")

    broker_goes_away_in_the_middle.__name__ = "broker_killed_in_the_middle" if crash else "broker_restarted_in_the_middle"
    return broker_goes_away_in_the_middle


def retention_overrun(bed):
    """DeleteRecords while driftd is stopped: the gap is counted exactly, and the next window says that it is not complete."""
    broker = on_kafka(bed, TOPICS)
    daemon = driftd_at(bed, broker.address).start()
    produce(broker.address, stream_lines(0, 6000))
    settled_events(broker.address, closed_windows(6000, PARTITIONS))
    code, _ = daemon.terminate()
    if code != 0:
        raise Failure(f"exit {code} after SIGTERM")
    produce(broker.address, stream_lines(6000, 12_000))
    # Each partition is read up to 1,500; two of them lose 300 and 25 records that were not read.
    tool("delete-records", broker.address, "rows", 0, 1800)
    tool("delete-records", broker.address, "rows", 1, 1525)
    daemon.start()
    seen = settled_events(broker.address, closed_windows(12_000, PARTITIONS))
    lost = metric(wait_for("/metrics answers", lambda: daemon.get("/metrics", daemon.port)[1]), "driftd_lost_offsets_total")
    if lost != 325:
        raise Failure(f"{lost:.0f} offsets are reported lost, 325 are")
    if all(event["data"]["complete"] for event in of_type(seen, "window.closed")):
        raise Failure("no window says that it is not complete")


def unreachable_broker(bed):
    """A broker away at the start: not ready, with the reason; and it heals."""
    broker = on_kafka(bed, TOPICS)
    produce(broker.address, stream_lines(0, 2400))
    broker.stop()
    daemon = driftd_at(bed, broker.address).start()
    status, body = wait_for("/-/ready answers", lambda: (lambda row: row if row[0] else None)(daemon.get("/-/ready", daemon.port)))
    if status != 503:
        raise Failure(f"/-/ready answers {status} without a broker")
    wait_for("/-/ready names the broker", lambda: str(broker.port) in daemon.get("/-/ready", daemon.port)[1])
    broker.start()
    ready(daemon)
    settled_events(broker.address, closed_windows(2400, PARTITIONS))
    return body.strip().splitlines()[0] if body.strip() else None


def sigterm(make_broker):
    def sigterm_drains_within_10_s(bed):
        broker = make_broker(bed, TOPICS)
        daemon = driftd_at(bed, broker.address).start()
        produce(broker.address, stream_lines(0, ROWS, SHIFT_FROM))
        wait_for("records are read", lambda: metric(daemon.get("/metrics", daemon.port)[1], "driftd_kafka_records_consumed_total") > 0)
        code, seconds = daemon.terminate()
        if code != 0 or seconds > 10:
            raise Failure(f"exit {code} after {seconds:.1f} s")
        return f"{seconds:.1f} s"

    return sigterm_drains_within_10_s


def run_check(config, *flags, text=None):
    """(exit code, standard output, standard error) of driftd check; config: a file, or - for the text."""
    command = [DRIFTD, "check", "--config", str(config), *flags]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=DEADLINE, check=False)
    return done.returncode, done.stdout, done.stderr


def check(bed, address, *flags, more=""):
    return run_check("-", *flags, text=config_of(bed.folder / "check", address, 0, more=more))


def has(what, text, parts):
    for part in parts:
        if part not in text:
            raise Failure(f"{what}: no {part!r} in {text!r}")


def checks(make_broker):
    def check_names_the_failing_step(bed):
        broker = make_broker(bed, TOPICS)
        produce(broker.address, stream_lines(0, 2000))
        code, out, errors = check(bed, broker.address)
        if code != 0:
            raise Failure(f"exit {code} of a good configuration: {errors}")
        has("a good configuration", out, ["topic rows: 4 partitions; 200 of the newest records read", "200 read, 0 not",
                                          "x (number): 200 valid, 0 missing, 0 wrong type", "country (category): 200 valid",
                                          "4 tests a window, each at level", "metrics.max_series is 10000"])
        topics = json.loads(check(bed, broker.address, "--json")[1])["topics"]
        if topics[0]["records"] != 200 or [column["name"] for column in topics[0]["columns"]] != ["country", "x"]:
            raise Failure(f"--json lists {topics}")
        code, _, errors = check(bed, broker.address, "--set", "monitors[0].topic=nowhere")
        if code != 69:
            raise Failure(f"exit {code} for a topic that is not there")
        has("a missing topic", errors, ["topic: create it", "topic 'nowhere': does not exist"])
        code, _, errors = check(bed, f"127.0.0.1:{free_port()}")
        if code != 69:
            raise Failure(f"exit {code} without a broker")
        has("no broker", errors, ["TCP: check kafka.brokers", "Connection refused"])

    return check_names_the_failing_step


def verb(*args, text=None):
    """(exit code, standard output, standard error) of a verb."""
    done = subprocess.run([DRIFTD, *map(str, args)], input=text, capture_output=True, text=True, timeout=DEADLINE, check=False)
    return done.returncode, done.stdout, done.stderr


def explain_says_why(bed):
    """From the running daemon and from the events on the topic: the same sentence, checks, rows and limit."""
    broker = on_mock(bed, TOPICS)
    daemon = driftd_at(bed, broker.address).start()
    produce(broker.address, stream_lines(0, ROWS, SHIFT_FROM))
    seen = settled_events(broker.address, closed_windows(ROWS, PARTITIONS))
    firing = of_type(seen, "firing")[0]["data"]
    url = f"http://127.0.0.1:{daemon.port}"
    wait_for("the daemon lists the alert", lambda: daemon.get(f"/api/v1/alerts/{firing['alert_id']}", daemon.port)[0] == 200)
    code, asked, errors = verb("explain", firing["alert_id"], "--url", url)
    expect(f"explain --url: {errors}", code, 0)
    lines = "".join(event + "\n" for event in seen.values())
    code, read, errors = verb("explain", firing["alert_id"], "--event", "-", text=lines)
    expect(f"explain --event: {errors}", code, 0)
    offsets = firing["window"]["offsets"][0]
    kcat = f"-t rows -p {offsets['partition']} -o {offsets['from']} -c {offsets['to'] - offsets['from'] + 1} -e"
    for what, text in (("asked", asked), ("read", read)):
        has(what, text, [firing["summary"], "drift of x in monitor shift, all rows: firing", "enough to judge", "passed", kcat,
                         "alerts.false_alarms  1 per 30d (of monitor shift)"])
    has("the daemon's address", asked, [f"{url}/ui/monitors/shift/features/x?segment=all"])
    code, _, errors = verb("explain", firing["alert_id"][:-1], "--url", url)
    expect(f"an unknown alert: {errors}", code, 65)
    has("an unknown alert", errors, [f"did you mean '{firing['alert_id']}'?"])
    return firing["summary"]


def tap_shows_records(make_broker):
    def tap_shows_what_driftd_sees(bed):
        """Records with their place and values; nothing is committed; a missing topic is named."""
        broker = make_broker(bed, TOPICS)
        produce(broker.address, stream_lines(0, 400))
        text = config_of(bed.folder / "tap", broker.address, 0)
        code, out, errors = verb("tap", "shift", "--from", "earliest", "-n", "100", "-c", "-", text=text)
        expect(f"tap: {errors}", code, 0)
        lines = [json.loads(line) for line in out.splitlines()]
        expect("lines", len(lines), 100)
        sent = [json.loads(line.split("\t")[1]) for line in stream_lines(0, 400)]
        for line in lines:
            expect("values", line["values"], sent[line["offset"] * PARTITIONS + line["partition"]])
        code, _, errors = verb("tap", "shift", "--timeout", "500ms", "-c", "-", text=text)
        expect("from the end, where nothing comes", code, 1)
        has("from the end", errors, ["no more records of rows, 4 partitions, from the end"])
        code, _, errors = verb("tap", "shift", "-c", "-", "--set", "monitors[0].topic=nowhere", text=text)
        expect("a topic that is not there", code, 69)
        has("a missing topic", errors, ["topic: create it"])

    return tap_shows_what_driftd_sees


def demo_names_the_drift(bed):
    """`driftd demo --once`: a taken port moves to the next, 2016 is quiet, the summary names what drifted."""
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    ran = subprocess.run([DRIFTD, "demo", "--once", "--speed", "10", "--listen", f"127.0.0.1:{port}"], capture_output=True, text=True,
                         timeout=120)
    taken.close()
    if ran.returncode != 0:
        raise Failure(f"exit {ran.returncode}: {ran.stderr[-500:]}")
    if f"127.0.0.1:{port} is taken" not in ran.stderr:
        raise Failure("nothing was said of the taken port")
    summary = ran.stdout[ran.stdout.index("windows of 7 days."):]
    if "2016: 52 of 52 quiet" not in summary:
        raise Failure(f"2016 was not quiet: {summary[:200]}")
    named = {line.split()[0] for line in summary.splitlines()[2:] if line.strip()}
    drifted = {"relp", "error", "agep", "schl", "mar", "esp", "mig", "mil", "drem", "dis", "anc", "score", "predicted", "label"}
    if named != drifted:
        raise Failure(f"named {sorted(named)}, not {sorted(drifted)}")
    return summary.splitlines()[0]


# One record in 20 cannot be used, in these ways by turns; the last is a row all the same, with a value that does not count.
POISON = ["bad_json", "tombstone", "too_large", "future_time", "missing_time", "bad_time", "not_object", "wrong type"]
TEN_YEARS_MS = 10 * 365 * 86_400_000


def poison_at(row):
    """The kind of the record, None for a good one."""
    group, place = divmod(row, 20)
    return POISON[group % len(POISON)] if place == group % 20 else None


def poisoned_lines(first, last):
    lines = []
    for row, line in zip(range(first, last), stream_lines(first, last)):
        text, kind = line.split("\t")[1], poison_at(row)
        time_ms = START_MS + row * ROW_MS
        value = {**json.loads(text), "at": time_ms + (TEN_YEARS_MS if kind == "future_time" else 0)}
        if kind == "missing_time":
            del value["at"]
        if kind == "bad_time":
            value["at"] = "yesterday"
        if kind == "wrong type":
            value["x"] = "much"
        if kind == "too_large":
            value["padding"] = "x" * 2_000_000
        body = {"bad_json": "{not json", "tombstone": "", "not_object": "[1]"}.get(kind, json.dumps(value))
        lines.append(f"{time_ms}\t{body}\n")
    return lines


def key_of(row):
    """The key of a dead letter about the record of this row."""
    return f"rows/{row % PARTITIONS}/{row // PARTITIONS}"


def dead_letters(address):
    """(key, reason) of everything on the dead-letter topic, each once."""
    records = map(json.loads, tool("consume", address, "dead").splitlines())
    return {(record["key"], json.loads(record["value"])["reason"]) for record in records}


def rows_of_windows(by_id):
    closed = sorted(of_type(by_id, "window.closed"), key=lambda event: event["time"])
    return [event["data"]["segments"][0]["samples"] for event in closed]


def poison(make_broker):
    def poison_is_put_aside_and_nothing_stops(bed):
        rows, half = 2400, 1200
        want = {key_of(row): poison_at(row) for row in range(rows) if poison_at(row) not in (None, "wrong type")}
        broker = make_broker(bed, {**TOPICS, "dead": 1})
        keys = "    fields: {event_time: at}\n    on_error: {action: dead_letter, topic: dead}\n"
        daemon = driftd_at(bed, broker.address, more=keys)
        reference = daemon.folder / "reference.jsonl"  # its rows carry the field too
        reference.write_text(reference.read_text().replace("{", f'{{"at": {START_MS}, '))
        daemon.start()

        def value(name, label=""):
            return metric(daemon.get("/metrics", daemon.port)[1], name, label)

        produce(broker.address, poisoned_lines(0, half))
        wait_for("some dead letters are delivered", lambda: value("driftd_dead_letters_total", 'result="ok"') > 0)
        daemon.kill()
        daemon.start()
        produce(broker.address, poisoned_lines(half, rows))
        wait_for("every poisoned record is a dead letter", lambda: len(dead_letters(broker.address)) >= len(want))
        expect("dead letters", dead_letters(broker.address), set(want.items()))
        wait_for("all records are read", lambda: value("driftd_kafka_records_consumed_total") == rows)
        wait_for("no lag is left", lambda: value("driftd_kafka_consumer_lag_records") == 0)
        for reason in POISON[:-1]:
            expect(reason, value("driftd_records_dropped_total", f'reason="{reason}"'), list(want.values()).count(reason))
        expect("decode errors", value("driftd_decode_errors_total"), sum(reason != "tombstone" for reason in want.values()))
        windows = rows_of_windows(settled_events(broker.address, closed_windows(rows, PARTITIONS)))
        of_window = WINDOW_MS // ROW_MS
        good = [sum(key_of(row) not in want for row in range(first, first + of_window))
                for first in range(0, len(windows) * of_window, of_window)]
        expect("rows of the windows", windows, good)
        expect("/-/healthy", daemon.get("/-/healthy", daemon.port)[0], 200)
        ready(daemon)
        return f"{len(want)} dead letters of {rows} records, {len(windows)} windows"

    return poison_is_put_aside_and_nothing_stops


def conformance_rows(name):
    """The rows of a table of tests/conformance as lists of cells."""
    lines = (TESTS / "conformance" / name).read_text().splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def corpus_records(good):
    """(time in ms, reason or None for a row, line) of every bad record there is a table of, among `good` good ones."""
    bad = [(row[1], row[2]) for table in ("json_test_suite.tsv", "poison.tsv") for row in conformance_rows(table)]
    records = []
    for place, line in enumerate(stream_lines(0, good)):
        time_ms = START_MS + place * ROW_MS
        records.append((time_ms, None, line.replace("\\", "\\\\")))
        if place % 5 == 4 and bad:
            want, text = bad.pop(0)
            records.append((time_ms, None if want.startswith("row") else want, f"{time_ms}\t{text}\n"))
    expect("bad records left over", len(bad), 0)
    return records


def windows_of(records):
    """Rows of each window that the watermark closes: the least over the partitions of the eighth largest time of a row."""
    rows = [[time for time, reason, _ in records[partition::PARTITIONS] if reason is None] for partition in range(PARTITIONS)]
    closed = (min(sorted(times)[-8] for times in rows) - START_MS) // WINDOW_MS
    return [sum(START_MS + w * WINDOW_MS <= time < START_MS + (w + 1) * WINDOW_MS for times in rows for time in times)
            for w in range(closed)]


def poison_corpus(make_broker):
    def every_known_poison_is_put_aside_once(bed):
        """JSONTestSuite and the poison table over the wire: every reason as written there, every good neighbour counted."""
        records = corpus_records(2500)
        want = {key_of(row): reason for row, (_, reason, _) in enumerate(records) if reason}
        windows = windows_of(records)
        broker = make_broker(bed, {**TOPICS, "dead": 1})
        daemon = driftd_at(bed, broker.address, more="    on_error: {action: dead_letter, topic: dead, payload: true}\n").start()
        lines = [line for _, _, line in records]
        half = len(lines) // 2 // PARTITIONS * PARTITIONS
        tool("produce-bytes", broker.address, "rows", PARTITIONS, text="".join(lines[:half]))
        wait_for("some dead letters are there", lambda: dead_letters(broker.address))
        daemon.kill()
        daemon.start()
        tool("produce-bytes", broker.address, "rows", PARTITIONS, text="".join(lines[half:]))
        wait_for("every bad record is a dead letter", lambda: len(dead_letters(broker.address)) >= len(want))
        seen = settled_events(broker.address, len(windows))
        expect("dead letters", dead_letters(broker.address), set(want.items()))
        expect("rows of the windows", rows_of_windows(seen), windows)
        body = daemon.get("/metrics", daemon.port)[1]
        for reason in set(want.values()):
            expect(reason, metric(body, "driftd_records_dropped_total", f'reason="{reason}"'), list(want.values()).count(reason))
        expect("records read", metric(body, "driftd_kafka_records_consumed_total"), len(records))
        return f"{len(want)} dead letters of {len(records)} records, {len(windows)} windows"

    return every_known_poison_is_put_aside_once


# ---- The source alone on a real broker, through kafka_tool read-as-driftd ----


def reads(address, first, *stalled_ms):
    return [json.loads(line) for line in tool("read-as-driftd", address, "rows", first, *stalled_ms).splitlines()]


def expect(what, got, want):
    if got != want:
        raise Failure(f"{what}: {got}, not {want}")


def source_reads_all(bed):
    broker = on_kafka(bed, TOPICS)
    produce(broker.address, stream_lines(0, 8000))
    expect("records", [row["records"] for row in reads(broker.address, 0)], [2000] * 4)
    tool("delete-records", broker.address, "rows", 2, 700)
    rows = reads(broker.address, 100)
    expect("gaps", [row["gaps"] for row in rows], [[], [], [[100, 700, "lost"]], []])
    expect("first records", [row["first"] for row in rows], [100, 100, 700, 100])


def source_skips_unreadable_batch(bed):
    """A byte of a batch is flipped in the broker's file: exactly that batch is lost."""
    damage_a_batch(bed, "zstd", lambda batch: batch[:80] + bytes([batch[80] ^ 0x40]) + batch[81:])


def source_skips_a_batch_dropped_in_silence(bed):
    """The length of a batch's first record is nonsense and its checksum right: librdkafka says nothing and asks for it for ever. So
    the source looks into a partition that has records and gives none."""
    def spoil(batch):
        spoiled = batch[:61] + b"\xfe\xff\xff\x7f" + batch[65:]
        return spoiled[:17] + crc32c(spoiled[21:]).to_bytes(4, "big") + spoiled[21:]

    damage_a_batch(bed, "none", spoil, 300)


def crc32c(data):
    """The checksum of a batch, from its attributes on."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def damage_a_batch(bed, codec, damage, *stalled_ms):
    broker = on_kafka(bed, {"rows": 1, "events": 1})
    for chunk in range(4):
        tool("produce", broker.address, "rows", 1, codec, text="".join(stream_lines(chunk * 500, chunk * 500 + 500)))
    broker.stop()
    log = broker.folder / "log/rows-0/00000000000000000000.log"
    content = log.read_bytes()
    at, batches = 0, []
    while at < len(content):
        base = int.from_bytes(content[at:at + 8], "big")
        count = int.from_bytes(content[at + 57:at + 61], "big")
        size = 12 + int.from_bytes(content[at + 8:at + 12], "big")
        batches.append((base, count, at, size))
        at += size
    base, count, at, size = batches[len(batches) // 2]
    log.write_bytes(content[:at] + damage(content[at:at + size]) + content[at + size:])
    broker.start()
    row = reads(broker.address, 0, *stalled_ms)[0]
    expect("gaps", row["gaps"], [[base, base + count, "lost"]])
    expect("records", row["records"], 2000 - count)


def source_stops_at_a_recreated_topic(bed):
    broker = on_kafka(bed, TOPICS)
    produce(broker.address, stream_lines(0, 400))
    tool("delete-topic", broker.address, "rows")
    tool("create-topic", broker.address, "rows", PARTITIONS)
    try:
        reads(broker.address, 100)
    except Failure as refusal:
        if "deleted and created anew" in str(refusal):
            return None
        raise
    raise Failure("a topic created anew was read on")


# ---- Records whose schemas a registry keeps ----

REGISTRY_ROWS = 6_000
REGISTRY_TROUBLE = {"500": "answers 500", "garbage": "not as a schema registry does", "hang": "no answer in time", "401": "refuses the login (401)",
                    "refuse": "Connection refused"}


def registry_top(registry, more=""):
    return f"schema_registry: {{url: {json.dumps(registry.url)}, timeout: 300ms, negative_ttl: 2s{more}}}\n"


def schemas_from_a_registry(make_broker):
    def avro_and_protobuf_are_as_json(bed):
        """The windows and alerts of JSON records, in every byte, through a registry that fails in every way and a driftd that is killed."""
        want, _ = undisturbed(bed, make_broker, REGISTRY_ROWS)
        notes = []
        for kind in ("avro", "protobuf"):
            notes.append(f"{kind}: {through_a_bad_registry(bed, make_broker, kind, want)}")
        return "; ".join(notes)

    return avro_and_protobuf_are_as_json


def through_a_bad_registry(bed, make_broker, kind, want):
    server, broker = bed.add(registry.Registry()), make_broker(bed, TOPICS)
    folder, port = bed.folder / kind, free_port()
    config = config_of(folder, broker.address, port, more=f"    format: {kind}\n", top=registry_top(server))
    daemon = bed.add(Driftd(folder, config))
    daemon.port = port
    lines = registry.lines_of(kind, 0, stream_lines(0, REGISTRY_ROWS, SHIFT_FROM))
    server.set("500")
    daemon.start()
    part = REGISTRY_ROWS // len(REGISTRY_TROUBLE)
    for i, (mode, words) in enumerate(REGISTRY_TROUBLE.items()):
        server.set(mode)
        tool("produce-bytes", broker.address, "rows", PARTITIONS, text="".join(lines[i * part:(i + 1) * part]))
        wait_for(f"/-/ready names {mode}", lambda: words in daemon.get("/-/ready", daemon.port)[1])
        has("/-/ready", daemon.get("/-/ready", daemon.port)[1], [server.url, "topic rows waits for schema"])
        if metric(daemon.get("/metrics", daemon.port)[1], "driftd_kafka_records_consumed_total") > i * part:
            raise Failure("records were read without their schema")
        if i % 2:
            daemon.kill()
            daemon.start()
        server.set("ok")
        ready(daemon)
        wait_for("the records are read", lambda: metric(daemon.get("/metrics", daemon.port)[1], "driftd_kafka_records_consumed_total")
                 == (i + 1) * part)
        daemon.kill()  # it forgets the schemas, and what it has not saved
        daemon.start()
    got = digest(settled_events(broker.address, closed_windows(REGISTRY_ROWS, PARTITIONS)))
    expect("digest", got, want)
    body = daemon.get("/metrics", daemon.port)[1]
    expect("refused records", metric(body, "driftd_decode_errors_total"), 0)
    daemon.close()
    return f"{len(server.asked)} questions to the registry, digest {want[:16]}"


def unknown_schemas(make_broker):
    def what_has_no_schema_is_put_aside(bed):
        """An id that the registry does not know, a record without a frame, one that is not its schema: dead letters, and nothing waits."""
        server, broker = bed.add(registry.Registry()), make_broker(bed, {**TOPICS, "dead": 1})
        server.login = "Basic dXNlcjpzZWNyZXQ="
        folder, port = bed.folder / "unknown", free_port()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "login").write_text("user:secret\n")
        more = "    format: avro\n    on_error: {action: dead_letter, topic: dead}\n"
        login = f", basic_auth_file: {json.dumps(str(folder / 'login'))}"
        config = config_of(folder, broker.address, port, more=more, top=registry_top(server, login))
        daemon = bed.add(Driftd(folder, config))
        daemon.port = port
        daemon.start()
        lines = registry.lines_of("avro", 0, stream_lines(0, 1200))
        bad = {7: ("bad_schema", registry.frame(registry.UNKNOWN_ID) + b"\0"), 402: ("bad_frame", b'{"x": 1}'), 803: ("bad_avro", registry.frame(1) + b"\0"),
               904: ("bad_schema", registry.frame(3) + b"\0")}
        for row, (_, payload) in bad.items():
            lines[row] = f"{START_MS + row * ROW_MS}\t{registry.escaped(payload)}\n"
        tool("produce-bytes", broker.address, "rows", PARTITIONS, text="".join(lines))
        want = {(key_of(row), reason) for row, (reason, _) in bad.items()}
        wait_for("dead letters", lambda: len(dead_letters(broker.address)) >= len(want))
        expect("dead letters", dead_letters(broker.address), want)
        wait_for("all records are read", lambda: metric(daemon.get("/metrics", daemon.port)[1], "driftd_kafka_records_consumed_total") == 1200)
        body = daemon.get("/metrics", daemon.port)[1]
        for reason in ("bad_schema", "bad_frame", "bad_avro"):
            expect(reason, metric(body, "driftd_decode_errors_total", f'reason="{reason}"'), sum(each[0] == reason for each in bad.values()))
        expect("asked of the unknown id", server.asked.count(f"/schemas/ids/{registry.UNKNOWN_ID}"), 2)
        expect("counted as not found", metric(body, "driftd_schema_registry_requests_total", 'result="not_found"'), 2)
        expect("schemas kept", metric(body, "driftd_schema_cache_entries"), 4)
        if "secret" in daemon.log.read_text():
            raise Failure("the password is in the log")
        registry_verbs(daemon, server)
        return f"{len(want)} dead letters"

    return what_has_no_schema_is_put_aside


def registry_verbs(daemon, server):
    """tap and check by the same registry."""
    code, out, errors = verb("tap", "shift", "--from", "earliest", "-n", "1200", "-c", daemon.config)
    expect(f"tap: {errors}", code, 0)
    sent = [json.loads(line.split("\t")[1]) for line in stream_lines(0, 1200)]
    rejected = 0
    for line in map(json.loads, out.splitlines()):
        rejected += "reject" in line
        if "reject" not in line:
            expect("values", line["values"], sent[line["offset"] * PARTITIONS + line["partition"]])
    expect("rejected", rejected, 4)
    code, out, errors = run_check(daemon.config)
    expect(f"check: {errors}", code, 0)
    has("check", out, ["topic rows: 4 partitions; 200 of the newest records read"])
    server.set("garbage")
    code, _, errors = run_check(daemon.config)
    expect("check by a server that is no registry", code, 69)
    has("check", errors, ["schema_registry: ", "not as a schema registry does: check schema_registry.url"])
    code, _, errors = verb("tap", "shift", "--from", "earliest", "-c", daemon.config)
    expect("tap by a server that is no registry", code, 69)
    has("tap", errors, ["not as a schema registry does"])
    server.set("ok")


def stopped_thread_is_unhealthy(bed):
    """One thread is stopped as a debugger does it, and the others go on: /-/healthy names it, and is content once it moves again."""
    trace = ctypes.CDLL(None, use_errno=True).ptrace
    trace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    seize, interrupt, detach = 0x4206, 0x4207, 17
    broker = on_mock(bed, TOPICS)
    daemon = driftd_at(bed, broker.address).start()
    ready(daemon)
    threads = {(folder / "comm").read_text().strip(): int(folder.name)
               for folder in pathlib.Path(f"/proc/{daemon.process.pid}/task").iterdir()}
    said = []
    for name in ("source", "shard-0", "merger"):
        expect("healthy", daemon.get("/-/healthy", daemon.port), (200, "healthy\n"))
        if trace(seize, threads[name], None, None) != 0:
            raise Failure(f"thread {name} cannot be traced: {os.strerror(ctypes.get_errno())}")
        trace(interrupt, threads[name], None, None)
        os.waitpid(threads[name], 0x40000000)  # __WALL: threads too
        said.append(wait_for(f"/-/healthy says that {name} has not moved", lambda: (lambda answer: answer[1].strip() if answer[0] == 503 and
                             f"thread {name} has not moved for" in answer[1] else None)(daemon.get("/-/healthy", daemon.port))))
        trace(detach, threads[name], None, None)
        wait_for("it is healthy again", lambda: daemon.get("/-/healthy", daemon.port)[0] == 200)
    return "; ".join(said)


def log_replaced_while_stopped(bed):
    """The broker comes back with an empty disk: the topic has its id, and its log other records. What was read last tells."""
    broker = on_kafka(bed, {"rows": 1, "events": 1})
    produce(broker.address, stream_lines(0, 100), partitions=1)
    daemon = driftd_at(bed, broker.address).start()
    read = lambda: metric(daemon.get("/metrics", daemon.port)[1], "driftd_kafka_records_consumed_total")
    wait_for("100 records are read", lambda: read() == 100)
    expect("exit code after SIGTERM", daemon.terminate()[0], 0)
    broker.stop()
    for file in (broker.folder / "log/rows-0").iterdir():
        if file.name != "partition.metadata":
            file.unlink()
    broker.start()
    for rows, words in ((0, "the log of partition 0 ends at offset 0, and it was read up to 100"),
                        (300, "the record at offset 99 of partition 0 is not the one that was read there")):
        produce(broker.address, stream_lines(5000, 5000 + rows), partitions=1)
        daemon.start()
        expect("exit code", daemon.process.wait(timeout=DEADLINE), 78)
        last = daemon.last_lines(3)
        for part in ("topic 'rows'", words, "--reset-state starts afresh"):
            if part not in last:
                raise Failure(f"{part!r} is not said: {last}")


MOCK = [demo_names_the_drift, explain_says_why, tap_shows_records(on_mock), checks(on_mock), poison(on_mock), poison_corpus(on_mock),
        history_and_stream, half_open_clients, state_moves(on_mock), silent_topic(on_mock), stopped_thread_is_unhealthy, alert_road(on_mock),
        schemas_from_a_registry(on_mock), unknown_schemas(on_mock), sigterm(on_mock), kills(on_mock, 100)]
KAFKA = [tap_shows_records(on_kafka), source_reads_all, source_skips_unreadable_batch, source_skips_a_batch_dropped_in_silence,
         source_stops_at_a_recreated_topic, log_replaced_while_stopped, checks(on_kafka), poison_corpus(on_kafka), alert_road(on_kafka),
         schemas_from_a_registry(on_kafka), unknown_schemas(on_kafka),
         silent_topic(on_kafka), broker_restart(False), broker_restart(True), retention_overrun, unreachable_broker, sigterm(on_kafka), kills(on_kafka, 20)]
