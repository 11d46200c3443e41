"""Topics that change under a running or a stopped daemon, on one real broker; every case has topics of its own.

What must not change is compared with a second daemon, which reads the same topic from its beginning after everything happened.
"""

import json
import signal
import subprocess
import time

import logins
from harness import (DEADLINE, DRIFTD, KAFKA_TOOL, Driftd, Failure, RealBroker, closed_windows, config_of, digest, free_port, metric, settled_events,
                     stream_lines, tool, wait_for)


class Site:
    def __init__(self, bed):
        self.broker = bed.add(RealBroker(bed.folder / "site", {}))
        self.address = self.broker.address

    def topic(self, name, partitions, *settings):
        tool("create-topic", self.address, name, partitions, *settings)

    def produce(self, topic, lines, partitions, command="produce", *more):
        tool(command, self.address, topic, partitions, *more, text="".join(lines))

    def daemon(self, folder, topic, name="driftd", more=""):
        """Reads `topic`, writes its events to the topic TOPIC.NAME."""
        port, events = free_port(), f"{topic}.{name}"
        self.topic(events, 1)
        text = config_of(folder / name, self.address, port, partitions_topic=topic, more=more)
        daemon = Driftd(folder / name, text.replace("topic: events", f"topic: {events}"))
        daemon.port, daemon.events = port, events
        return daemon.start()

    def settled(self, daemon, windows):
        return digest(settled_events(self.address, windows, daemon.events))


def counter(daemon, name):
    return metric(daemon.get("/metrics", daemon.port)[1], name)


def partitions_of(daemon):
    """The partitions as the API lists them."""
    status, body = daemon.get("/api/v1/status/streams", daemon.port)
    return [partition for stream in json.loads(body)["data"]["streams"] for partition in stream["partitions"]] if status == 200 else []


def total(daemon, key):
    return sum(partition[key] for partition in partitions_of(daemon))


def reads(daemon, records):
    wait_for(f"{records} records are read, not {counter(daemon, 'driftd_kafka_records_consumed_total'):.0f}",
             lambda: counter(daemon, "driftd_kafka_records_consumed_total") == records)


def expect(what, got, want):
    if got != want:
        raise Failure(f"{what}: {got}, not {want}")


def partitions_added_while_running(site, folder):
    site.topic("grows", 2)
    daemon = site.daemon(folder, "grows")
    try:
        site.produce("grows", stream_lines(0, 3000), 2)
        reads(daemon, 3000)
        tool("add-partitions", site.address, "grows", 4)
        # Written before the new partitions are noticed, and all within the window that is open then.
        site.produce("grows", stream_lines(3000, 3400), 4)
        reads(daemon, 3400)
        site.produce("grows", stream_lines(3400, 9000), 4)
        reads(daemon, 9000)
        got = site.settled(daemon, closed_windows(9000, 4))
    finally:
        daemon.close()
    fresh = site.daemon(folder, "grows", "fresh")
    try:
        expect("digest", got, site.settled(fresh, closed_windows(9000, 4)))
    finally:
        fresh.close()


def two_topics(site, folder, name):
    """A daemon with a monitor on topic NAME, which something happens to, and one on NAME.calm."""
    for topic in (name, f"{name}.calm"):
        site.topic(topic, 1)
        site.produce(topic, stream_lines(0, 100), 1)
    calm = f"""  - name: calm
    topic: {name}.calm
    reference: {json.dumps(str(folder / "driftd/reference.jsonl"))}
    start: earliest
"""
    daemon = site.daemon(folder, name, more=calm)
    reads(daemon, 200)
    return daemon


def goes_on(site, daemon, name):
    """The other topic is read on."""
    site.produce(f"{name}.calm", stream_lines(100, 200), 1)
    wait_for("the other topic is read on", lambda: any(partition["topic"] == f"{name}.calm" and partition["next_offset"] == 200
                                                       for partition in partitions_of(daemon)))
    expect("exit code", daemon.process.poll(), None)


def topic_deleted_while_running(site, folder):
    daemon = two_topics(site, folder, "deleted")
    try:
        tool("delete-topic", site.address, "deleted")
        logins.not_ready(daemon, "topic: create it, or correct the topics in the configuration (topic 'deleted': does not exist)")
        goes_on(site, daemon, "deleted")
    finally:
        daemon.close()


def recreated_while_running(name, rows, then=0):
    """A topic of 100 records comes back with `rows` of them while the daemon stands still, and gets `then` once it goes on. Longer:
    the position is within the new log, so only the topic's id tells. Shorter: the id or the log's end, whichever is seen first."""
    def recreated(site, folder):
        daemon = two_topics(site, folder, name)
        try:
            daemon.process.send_signal(signal.SIGSTOP)
            tool("delete-topic", site.address, name)
            tool("create-topic", site.address, name, 1)
            site.produce(name, stream_lines(5000, 5000 + rows), 1)
            daemon.process.send_signal(signal.SIGCONT)
            site.produce(name, stream_lines(5000 + rows, 5000 + rows + then), 1)
            line = logins.not_ready(daemon, f"topic '{name}' ")
            if "deleted and created anew" not in line or "start driftd again with --reset-state" not in line:
                raise Failure(f"/-/ready does not say what happened and the way out: {line}")
            goes_on(site, daemon, name)
            if rows + then < 100:
                expect("next offset", [row["next_offset"] for row in partitions_of(daemon) if row["topic"] == name], [100])
        finally:
            daemon.close()
    recreated.__name__ = f"topic_recreated_{name}_while_running"
    return recreated


WAY_OUT = "--reset-state starts afresh"


def inspected(daemon):
    """`driftd state inspect --json` of a stopped daemon: its partitions by topic."""
    ran = subprocess.run([DRIFTD, "state", "inspect", "--json", str(daemon.folder / "state")], capture_output=True, text=True, check=True)
    return {partition["topic"]: partition for partition in json.loads(ran.stdout)["snapshot"]["partitions"]}


def refuses_to_start(daemon, *words):
    """It ends with 78 and says why and the way out."""
    daemon.start()
    try:
        code = daemon.process.wait(timeout=DEADLINE)
    except subprocess.TimeoutExpired:
        raise Failure(f"driftd runs on: {daemon.get('/-/ready', daemon.port)}") from None
    expect("exit code", code, 78)
    failed = [line for line in daemon.log.read_text().splitlines() if "event=failed" in line][-1]
    for part in (*words, WAY_OUT):
        if part not in failed:
            raise Failure(f"{part!r} is not said: {failed}")


def recreated_while_stopped(name, rows):
    """100 records were read. Longer: the position is within the new log. Shorter: it is past its end. The id tells in both cases."""
    def recreated(site, folder):
        daemon = two_topics(site, folder, name)
        try:
            expect("exit code after SIGTERM", daemon.terminate()[0], 0)
            known = inspected(daemon)[name]
            expect("last record", known["last_record"]["offset"], 99)
            if not known["topic_id"]:
                raise Failure("the snapshot has no topic id")
            tool("delete-topic", site.address, name)
            tool("create-topic", site.address, name, 1)
            site.produce(name, stream_lines(5000, 5000 + rows), 1)
            refuses_to_start(daemon, f"topic '{name}' was deleted and created anew", "partition 0 up to offset 100")
            expect("the snapshot's position", inspected(daemon)[name]["next_offset"], 100)
            daemon.start("--reset-state")
            reads(daemon, 100 + rows)
            logins.is_ready(daemon)
        finally:
            daemon.close()
    recreated.__name__ = f"topic_recreated_{name}"
    return recreated


def reads_to(daemon, topic, offset, records):
    """The one partition of the topic is read to there, and so many records of it in all."""
    row = wait_for(f"{topic} is read to {offset}", lambda: next((row for row in partitions_of(daemon) if row["topic"] == topic and
                                                                row["next_offset"] == offset), None))
    expect(f"records of {topic}", row["records"], records)


def untouched_while_stopped(site, folder):
    """Moved to another folder, too: nothing is read twice, and nothing speaks against the start."""
    daemon = two_topics(site, folder, "untouched")
    try:
        expect("exit code after SIGTERM", daemon.terminate()[0], 0)
        before = inspected(daemon)["untouched"]
        exported = str(folder / "exported.state")
        for arguments in (["export", exported], ["import", "--force", exported]):
            subprocess.run([DRIFTD, "state", *arguments, str(daemon.folder / "state")], capture_output=True, check=True, timeout=DEADLINE)
        expect("what was read last", inspected(daemon)["untouched"]["last_record"], before["last_record"])
        daemon.start()
        site.produce("untouched", stream_lines(100, 150), 1)
        reads_to(daemon, "untouched", 150, 150)
        expect("duplicates", total(daemon, "duplicates"), 0)
        logins.is_ready(daemon)
    finally:
        daemon.close()


def retention_over_the_last_record(name, to, lost):
    """The record that the snapshot knows is gone: no reason to stop. Only what was not read before counts as lost."""
    def retention(site, folder):
        daemon = two_topics(site, folder, name)
        try:
            expect("exit code after SIGTERM", daemon.terminate()[0], 0)
            site.produce(name, stream_lines(100, 150), 1)
            tool("delete-records", site.address, name, 0, to)
            daemon.start()
            reads_to(daemon, name, 150, 150 - lost)
            expect("lost", total(daemon, "lost"), lost)
            logins.is_ready(daemon)
        finally:
            daemon.close()
    retention.__name__ = f"retention_{name}"
    return retention


def retention_overruns_a_running_daemon(site, folder):
    """The daemon stands still while records it has not fetched are deleted: read and lost together are all there were."""
    site.topic("overrun", 1)
    site.produce("overrun", stream_lines(0, 2000), 1)
    daemon = site.daemon(folder, "overrun")
    try:
        reads(daemon, 2000)
        daemon.process.send_signal(signal.SIGSTOP)
        site.produce("overrun", stream_lines(2000, 60_000), 1)
        tool("delete-records", site.address, "overrun", 0, 55_000)
        daemon.process.send_signal(signal.SIGCONT)
        wait_for("the end is reached", lambda: total(daemon, "next_offset") == 60_000)
        wait_for("all is counted", lambda: counter(daemon, "driftd_kafka_records_consumed_total") + total(daemon, "lost") == 60_000)
        lost = total(daemon, "lost")
        if not 0 < lost <= 53_000:
            raise Failure(f"{lost} offsets are lost")
        expect("skipped", total(daemon, "skipped"), 0)
        return f"{lost} of 60000 lost"
    finally:
        daemon.close()


def transactions(site, folder):
    """Rows of aborted transactions are never counted, markers are skipped and not lost, an open one is waited for."""
    site.topic("transacted", 2)
    for first, end in ((0, "commit"), (200, "abort"), (400, "commit"), (600, "abort"), (800, "commit")):
        site.produce("transacted", stream_lines(first, first + 200), 2, "transact", end)
    daemon = site.daemon(folder, "transacted")
    try:
        reads(daemon, 600)
        wait_for("the end is reached", lambda: total(daemon, "next_offset") == 1000 + 2 * 5)
        expect("lost", total(daemon, "lost"), 0)
        expect("skipped", total(daemon, "skipped"), 400 + 2 * 5)
        command = [KAFKA_TOOL, "transact", site.address, "transacted", "2", "hang"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as open_transaction:
            open_transaction.stdin.write("".join(stream_lines(1000, 1100)))
            open_transaction.stdin.close()
            expect("the tool", open_transaction.stdout.readline().strip(), "open")
            site.produce("transacted", stream_lines(1100, 1200), 2)
            wait_for("what waits is lag", lambda: counter(daemon, "driftd_kafka_consumer_lag_records") == 200)
            reads(daemon, 600)
            logins.is_ready(daemon)
            open_transaction.kill()
    finally:
        daemon.close()


def compacted_input(site, folder):
    """Keys written again and again: what compaction removed is skipped, not lost, and a stopped daemon finds its place again."""
    site.topic("compacted", 1, "cleanup.policy=compact", "segment.ms=200", "min.cleanable.dirty.ratio=0.01", "delete.retention.ms=200")

    def write(first, last):
        lines = [line.split("\t") for line in stream_lines(first, last)]
        site.produce("compacted", [f"{ms}\tkey-{row % 10}\t{value}" for row, (ms, value) in enumerate(lines)], 1, "produce-keyed")

    write(0, 500)
    time.sleep(0.3)  # segment.ms: the next record rolls the segment, and the old one is compacted
    write(500, 510)
    wait_for("the log is compacted", lambda: len(tool("consume", site.address, "compacted").splitlines()) < 400)
    daemon = site.daemon(folder, "compacted")
    try:
        wait_for("the end is reached", lambda: total(daemon, "next_offset") == 510)
        wait_for("all is counted", lambda: counter(daemon, "driftd_kafka_records_consumed_total") + total(daemon, "skipped") == 510)
        expect("lost", total(daemon, "lost"), 0)
        expect("exit code after SIGTERM", daemon.terminate()[0], 0)
        time.sleep(0.3)
        write(510, 520)
        daemon.start()
        wait_for("the end is reached", lambda: total(daemon, "next_offset") == 520)
        expect("lost", total(daemon, "lost"), 0)
    finally:
        daemon.close()


TESTS = [partitions_added_while_running, topic_deleted_while_running,
         recreated_while_running("shorter", 10), recreated_while_running("longer", 500), recreated_while_running("refilled", 0, then=300),
         recreated_while_stopped("shorter_while_stopped", 10), recreated_while_stopped("longer_while_stopped", 500),
         untouched_while_stopped, retention_over_the_last_record("up_to_the_position", 100, 0),
         retention_over_the_last_record("past_the_position", 120, 20),
         retention_overruns_a_running_daemon, transactions, compacted_input]


def tests():
    return [(test.__name__, test) for test in TESTS]
