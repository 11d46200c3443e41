"""Reloads of a running daemon: by signal, by POST and by a changed file; refused ones; and kill -9 around them."""

import http.client
import json
import os
import random
import signal
import time

from cases import PARTITIONS, ROWS, SHIFT_FROM, TOPICS, api, expect, has, milliseconds, on_mock, produce, ready
from harness import DEADLINE, Driftd, Failure, closed_windows, config_of, free_port, metric, stream_lines, tool, wait_for

CHUNK = ROWS // 6
FIRED = SHIFT_FROM + CHUNK  # by then every monitor's alert of x fires
BEFORE = {"coarse": "120s", "gone": "60s"}
AFTER = {"coarse": "180s", "fresh": "60s"}
GROWING = ["driftd_kafka_records_consumed_total", "driftd_kafka_bytes_consumed_total", "driftd_alert_deliveries_total",
           "driftd_kafka_rebalances_total", "driftd_kafka_commits_total", "driftd_log_messages_total", "driftd_snapshot_duration_seconds_count",
           "driftd_http_requests_total"]
GROWING_OF_A_MONITOR = ["driftd_windows_closed_total", "driftd_alert_transitions_total", "driftd_evaluations_total",
                        "driftd_evaluation_duration_seconds_count"]


def monitors_text(folder, monitors):
    return "".join(f"""  - name: {name}
    topic: rows
    reference: {json.dumps(str(folder / "reference.jsonl"))}
    window: {{every: {every}}}
""" for name, every in monitors.items())


class Reloading(Driftd):
    """A daemon whose configuration has the monitor `shift`, which nothing changes, and others."""

    def __init__(self, bed, address, name, monitors, top=""):
        self.port = free_port()
        folder = bed.folder / name
        self.base = config_of(folder, address, self.port, more="").replace("http: {", "http: {enable_lifecycle: true, ")
        super().__init__(folder, top + self.base + monitors_text(folder, monitors))
        bed.add(self)

    def write(self, monitors, top="", edit=lambda text: text):
        """As an editor saves: another file under the same name."""
        fresh = self.folder / "new.yaml"
        fresh.write_text(edit(top + self.base + monitors_text(self.folder, monitors)))
        os.replace(fresh, self.config)

    def last_reload(self):
        return api(self, "/status/config")["last_reload"]

    def hangup(self):
        """SIGHUP, and what comes of it."""
        before = self.last_reload()
        self.process.send_signal(signal.SIGHUP)
        return wait_for("a reload", lambda: (lambda now: now if now != before else None)(self.last_reload()))

    def post(self, path, method="POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def metric(self, name, label=""):
        return metric(self.get("/metrics", self.port)[1], name, label)

    def totals(self):
        body = self.get("/metrics", self.port)[1]
        of_monitors = {(name, monitor): metric(body, name, f'monitor="{monitor}"') for name in GROWING_OF_A_MONITOR for monitor in ("shift", "coarse")}
        return {**{name: metric(body, name) for name in GROWING}, **of_monitors}


def events_of(address, monitor):
    """The events of one monitor by id; Failure when one id has two different bodies."""
    by_id = {}
    for line in tool("consume", address, "events").splitlines():
        record = json.loads(line)
        event = json.loads(record["value"])
        if event["partitionkey"] == monitor and by_id.setdefault(event["id"], record["value"]) != record["value"]:
            raise Failure(f"event {event['id']} of {monitor} was written with different bytes")
    return by_id


def windows_of(address, monitor):
    return sorted((json.loads(text)["data"]["start"], json.loads(text)["data"]["end"])
                  for text in events_of(address, monitor).values() if ".window.closed." in text)


def alerts_of(address, monitor, part):
    return [event for event in map(json.loads, events_of(address, monitor).values()) if event["type"].split(".")[3] == part]


def wait_windows(address, rows, monitor="shift"):
    count = closed_windows(rows, PARTITIONS)
    wait_for(f"{count} windows of {monitor}", lambda: len(windows_of(address, monitor)) >= count)


def all_of_shift(address):
    """Its events, once the last window is there and nothing more comes for a second."""
    wait_windows(address, ROWS)
    seen = events_of(address, "shift")
    while True:
        time.sleep(1.0)
        before, seen = seen, events_of(address, "shift")
        if len(seen) == len(before):
            return seen


def undisturbed_shift(bed):
    broker = on_mock(bed, TOPICS)
    daemon = Reloading(bed, broker.address, "undisturbed", BEFORE).start()
    produce(broker.address, stream_lines(0, ROWS, SHIFT_FROM))
    seen = all_of_shift(broker.address)
    daemon.close()
    broker.close()
    bed.closing.remove(broker)
    return seen


def same_shift(address, want):
    got = all_of_shift(address)
    changed = sorted(event for event in want.keys() | got.keys() if want.get(event) != got.get(event))
    expect("events of shift that differ from the undisturbed run", changed[:3], [])
    return got


def never_lower(what, before, after):
    expect(f"counters that went back {what}", {name: (before[name], after[name]) for name in before if after[name] < before[name]}, {})


def reload_changes_only_what_changed(bed):
    """By SIGHUP and by POST in mid-stream: what is kept gives the bytes of the undisturbed run, what is changed or gone ends its alerts."""
    want = undisturbed_shift(bed)
    broker = on_mock(bed, TOPICS)
    daemon = Reloading(bed, broker.address, "reloaded", BEFORE).start()
    ready(daemon)
    produce(broker.address, stream_lines(0, FIRED, SHIFT_FROM))
    for monitor in ("shift", "gone"):
        wait_windows(broker.address, FIRED, monitor)
    wait_for("an alert of coarse", lambda: alerts_of(broker.address, "coarse", "firing"))
    expect("no reload so far", daemon.last_reload(), None)
    counted = daemon.totals()

    daemon.write(AFTER)
    told = daemon.hangup()
    expect("a reload by signal", {key: told[key] for key in ("asked_by", "successful", "kept", "reset", "added", "removed", "problems")},
           {"asked_by": "signal", "successful": True, "kept": ["shift"], "reset": ["coarse"], "added": ["fresh"], "removed": ["gone"], "problems": []})
    ready(daemon)
    never_lower("over a reload", counted, daemon.totals())
    for monitor, reason in (("coarse", "monitor_changed"), ("gone", "monitor_removed")):
        fired = {event["data"]["alert_id"] for event in alerts_of(broker.address, monitor, "firing")}
        ended = wait_for(f"the alerts of {monitor} end",
                         lambda: (lambda found: found if {event["data"]["alert_id"] for event in found} >= fired else None)(
                             alerts_of(broker.address, monitor, "resolved")))
        expect(f"why those of {monitor} end", {event["data"].get("reason") for event in ended}, {reason})
        for alert in fired:
            wait_for(f"alert {alert} is over in the history", lambda: api(daemon, f"/alerts/{alert}")["state"] == "resolved")
    for name in ("coarse", "gone"):
        expect(f"firing alerts of {name}", daemon.metric("driftd_alert_firing", f'monitor="{name}"'), 0)

    produce(broker.address, stream_lines(FIRED, FIRED + CHUNK, SHIFT_FROM))
    wait_windows(broker.address, FIRED + CHUNK)
    counted = daemon.totals()
    status, body = daemon.post("/-/reload")
    expect("POST /-/reload", (status, json.loads(body)["data"]),
           (200, {"kept": ["coarse", "fresh", "shift"], "reset": [], "added": [], "removed": []}))
    ready(daemon)
    never_lower("over a reload of the same", counted, daemon.totals())
    produce(broker.address, stream_lines(FIRED + CHUNK, ROWS, SHIFT_FROM))
    got = same_shift(broker.address, want)

    expect("records", daemon.metric("driftd_kafka_records_consumed_total"), ROWS)
    expect("records that were lost", daemon.metric("driftd_lost_offsets_total"), 0)
    lengths = {monitor: [milliseconds(end) - milliseconds(start) for start, end in windows_of(broker.address, monitor)] for monitor in ("coarse", "fresh")}
    expect("lengths of fresh windows", set(lengths["fresh"]), {60_000})
    expect("lengths of coarse windows, before and behind the reload", set(lengths["coarse"]), {120_000, 180_000})
    gone = max(windows_of(broker.address, "gone"))
    if gone >= max(windows_of(broker.address, "shift")):
        raise Failure("a monitor that is gone closes windows")
    has("the page", daemon.get("/ui/status", daemon.port)[1], ["Last reload", "3 monitors kept", "by POST"])
    expect("GET of what changes", daemon.post("/-/reload", "GET")[0], 405)
    expect("POST of what does not", daemon.post("/metrics")[0], 405)
    expect("POST /-/quit", daemon.post("/-/quit")[0], 200)
    expect("exit code", daemon.process.wait(timeout=DEADLINE), 0)
    return f"{len(got)} events of shift, equal to the undisturbed run's"


MISTAKES = "".join(f"mistake_{number}: {number}\n" for number in range(10))


def refused_reload_changes_nothing(bed):
    """Ten mistakes are ten lines in the log, in the answer and on the page; the old configuration goes on, and a good file ends it."""
    broker = on_mock(bed, TOPICS)
    daemon = Reloading(bed, broker.address, "refused", BEFORE).start()
    ready(daemon)
    produce(broker.address, stream_lines(0, CHUNK))
    wait_windows(broker.address, CHUNK)
    expect("a reload that was never refused", daemon.metric("driftd_config_last_reload_successful"), 1)
    taken = daemon.metric("driftd_config_last_reload_success_timestamp_seconds")
    places = [f"{daemon.config}:{line}:1: unknown key 'mistake_{line - 1}' at the top level" for line in range(1, 11)]

    daemon.write(AFTER, top=MISTAKES)
    told = daemon.hangup()
    expect("problems of a reload by signal", [f"{row['source']}:{row['line']}:{row['column']}: {row['message']}" for row in told["problems"]], places)
    status, body = daemon.post("/-/reload")
    answer = json.loads(body)
    expect("POST /-/reload", (status, answer["status"], answer["errorType"], answer["error"], len(answer["problems"])),
           (400, "error", "bad_data", "10 problems; the configuration in force stays", 10))
    log = daemon.log.read_text()
    for place in places:
        has("the log", log, [f'msg="{place}"'])
    expect("driftd_config_last_reload_successful", daemon.metric("driftd_config_last_reload_successful"), 0)
    expect("when the one in force was taken", daemon.metric("driftd_config_last_reload_success_timestamp_seconds"), taken)
    has("the page", daemon.get("/ui/status", daemon.port)[1], ["Last reload", "refused", "10 problems", *(place.replace("'", "&#39;") for place in places)])
    expect("/-/ready", daemon.get("/-/ready", daemon.port)[0], 200)

    daemon.write(AFTER, edit=lambda text: text.replace("snapshot_interval: 200ms", "snapshot_interval: 300ms").replace(
        'reference.jsonl"\n    window: {every: 180s}', 'nowhere.jsonl"\n    window: {every: 180s}'))
    told = daemon.hangup()
    has("a key that takes a restart, and a reference that is not there", " ".join(row["message"] for row in told["problems"]),
        ["state.snapshot_interval: a change takes a restart; in force is 200ms, the file says 300ms", "monitor 'coarse'"])
    expect("each has its place", [row["line"] > 0 for row in told["problems"]], [True, True])

    produce(broker.address, stream_lines(CHUNK, 2 * CHUNK))
    wait_windows(broker.address, 2 * CHUNK, "gone")
    daemon.write(AFTER)
    expect("a good file", daemon.hangup()["successful"], True)
    expect("driftd_config_last_reload_successful", daemon.metric("driftd_config_last_reload_successful"), 1)
    expect("exit code", daemon.terminate()[0], 0)


def reload_watches_the_file(bed):
    """With reload.watch a file that is replaced is taken; the key itself takes effect on reload, both ways."""
    broker = on_mock(bed, TOPICS)
    daemon = Reloading(bed, broker.address, "watched", BEFORE).start()
    ready(daemon)
    daemon.write(BEFORE, top="reload: {watch: true}\n")
    expect("reload.watch is taken", daemon.hangup()["successful"], True)
    daemon.write(AFTER, top="reload: {watch: true}\nlog: {level: debug}\n")
    told = wait_for("a reload by the file", lambda: (lambda now: now if now["asked_by"] == "file" else None)(daemon.last_reload()))
    expect("what it took", (told["successful"], told["reset"], told["added"], told["removed"]), (True, ["coarse"], ["fresh"], ["gone"]))
    daemon.write(AFTER, top="mistake: 1\n")
    wait_for("a refused one", lambda: not daemon.last_reload()["successful"])
    expect("exit code", daemon.terminate()[0], 0)


def kill_9_around_a_reload(bed):
    """At random instants before, in and behind reloads: the monitor that nothing changes gives the bytes of the undisturbed run."""
    seed = int(os.environ.get("DRIFTD_SEED", random.SystemRandom().randrange(1 << 30)))
    print(f"  seed {seed} (repeat with DRIFTD_SEED={seed})", flush=True)
    generator = random.Random(seed)
    want = undisturbed_shift(bed)
    broker = on_mock(bed, TOPICS)
    daemon = Reloading(bed, broker.address, "killed", BEFORE).start()
    kills = 25
    chunk = ROWS // kills  # whole rounds of the partitions, so that each gets the rows it had
    for first in range(0, ROWS, chunk):
        produce(broker.address, stream_lines(first, first + chunk, SHIFT_FROM))
        ready(daemon)
        daemon.write(generator.choice([BEFORE, AFTER, {**BEFORE, **AFTER}, {}]))
        daemon.process.send_signal(signal.SIGHUP)
        time.sleep(generator.uniform(0, generator.choice([.15, .5, 1.5])))
        daemon.kill()
        daemon.start()
    reloads = daemon.log.read_text().count("event=reloaded")
    got = same_shift(broker.address, want)
    fired = {event["data"]["alert_id"] for event in alerts_of(broker.address, "shift", "firing")}
    expect("exit code", daemon.terminate()[0], 0)
    return f"{kills} kills, {reloads} reloads that came to their end, {len(got)} events of shift, {len(fired)} alerts"


MOCK = [reload_changes_only_what_changed, refused_reload_changes_nothing, reload_watches_the_file, kill_9_around_a_reload]
