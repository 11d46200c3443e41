"""A workload with everything at once: predictions and their labels on two topics, out of order, late, corrected, twice, missing, poisoned.

The same records each time. Event times of predictions are exact milliseconds, those of labels are rounded, so that several are equal.
"""

import bisect
import json
import random

from batch_oracle import Monitor, Stream

START_MS = 1_700_000_040_000  # a whole minute
STEP_MS = 150  # between two predictions
ROWS = 12_000  # 30 minutes
SHIFT_FROM = ROWS // 2  # x moves and the model errs
PARTITIONS = {"rows": 3, "labels": 2}
TOPICS = {**PARTITIONS, "events": 2}
LATENESS_MS = {"rows": 2_000, "labels": 3_000}
TEN_YEARS_MS = 10 * 365 * 86_400_000

FEATURES = ["device", "p", "x", "y"]
COUNTRIES = ["DE"] * 8 + ["FR"] * 4 + ["US", "IT", "ES"] * 2
DECLARED = ["DE", "FR", "JP"]  # the reference knows no JP
MONITORS = [Monitor("hop", 60_000, 20_000, "country", DECLARED, FEATURES, 95_000),
            Monitor("flat", 45_000, 45_000, "country", DECLARED, ["device", "x"], 40_000)]


def reference_lines(count=4000):
    generator = random.Random(1)
    lines = []
    for row in range(count):
        p = round(generator.random(), 4)
        value = {"x": round(generator.gauss(0, 1), 5), "y": generator.choice([1, 2, 3, 4.5]), "device": generator.choice("abc"),
                 "country": generator.choice(COUNTRIES), "p": p, "label": int(generator.random() < p)}
        if row % 40 == 0:
            value["country"] = None
        lines.append(json.dumps(value) + "\n")
    return lines


# ---- Predictions ----


def poisoned(kind, came, value):
    """A record that cannot be used, in one of six ways."""
    without_time = {key: value[key] for key in value if key != "at"}
    texts = ["{not json", None, "[1]", json.dumps({**value, "at": value["at"] + TEN_YEARS_MS}), json.dumps({**value, "at": "yesterday"}),
             json.dumps(without_time)]
    return came, texts[kind % len(texts)]


def with_gaps(generator, value):
    """One value in twenty is missing, null or of another type."""
    for key in ("x", "y", "device", "country", "p"):
        if generator.random() < .05:
            kind = generator.randrange(3)
            value[key] = [1] if kind == 2 else None
            if kind == 0:
                del value[key]
    return value


def prediction(generator, row):
    """(record time, object)"""
    came = START_MS + row * STEP_MS
    late = generator.random() < .03
    p = 1.25 if generator.random() < .01 else round(generator.random(), 4)
    event_id = 10_000_000 + row if row % 50 == 7 else f"e{row - 200 if row % 97 == 0 and row >= 200 else row}"
    value = {"at": came - generator.randrange(90_000 if late else 1_500), "id": event_id,
             "x": round(generator.gauss(.8 if row >= SHIFT_FROM else 0, 1), 5) if generator.random() > .01 else 9.5,
             "y": 7 if generator.random() < .01 else generator.choice([1, 2, 3, 4.5]),
             "device": generator.choice(["z", 7, True]) if generator.random() < .03 else generator.choice("abc"),
             "country": "JP" if generator.random() < .05 else generator.choice(COUNTRIES), "p": p}
    if row % 89 == 0:
        del value["id"]
    return came, value


def predictions():
    """The records (record time, text or None) in the order they are written; and (number, object) of those that ask for a label."""
    generator = random.Random(2)
    records, asked = [], []
    for row in range(ROWS):
        came, value = prediction(generator, row)
        if row % 61 == 0:
            records.append(poisoned(row // 61, came, value))
            continue
        asked.append((row, dict(value)))
        records.append((came, json.dumps(with_gaps(generator, value))))
    return records, asked


# ---- Labels ----


def answer(generator, row, p):
    """What was true; from SHIFT_FROM on it has less to do with the prediction."""
    true = generator.random() < (p if row < SHIFT_FROM else 1 - p if generator.random() < .4 else p)
    return bool(true) if generator.random() < .1 else int(true)


def delay_ms(generator):
    kind = generator.random()
    if kind < .05:
        return -generator.randrange(60_000)  # before its prediction
    return generator.randrange(90_000, 160_000) if kind < .1 else min(85_000, int(generator.expovariate(1 / 12_000)))


def labels_of(generator, row, asked):
    """Labels (event time, id, answer) of one prediction: none, one, or several."""
    if generator.random() < .12:
        return []
    at, value = asked["at"] + delay_ms(generator), answer(generator, row, asked["p"])
    found = [(at, asked.get("id"), value)]
    while generator.random() < .12:  # once more: the same answer, or another; at once, or later
        at += generator.choice([0, generator.randrange(20_000)])
        value = value if generator.random() < .5 else 1 - int(value)
        found.append((at, asked.get("id"), value))
    return found


def label_record(generator, at, event_id, value):
    """(time it is written, text)"""
    at = at // 500 * 500
    came = at + generator.randrange(2_000) + (60_000 if generator.random() < .02 else 0)
    body = {"at": at, "id": str(event_id) if generator.random() < .5 else event_id, "y": value}
    kind = generator.randrange(200)
    if kind < 4:
        body.update([{"id": "nobody"}, {"y": None}, {"y": 7}, {"y": "maybe"}][kind])
    if kind == 4:
        del body["id"]
    if event_id is None:
        body.pop("id", None)
    return came, "{not json" if kind == 5 else json.dumps(body)


def labels(asked):
    """The records in the order they are written, by time."""
    generator = random.Random(3)
    found = [label_record(generator, *label) for row, value in asked for label in labels_of(generator, row, value)]
    return sorted(found, key=lambda record: record[0])


# ---- As topics ----


def topics():
    """By topic: all its records in the order they are written; record i goes to partition i % PARTITIONS."""
    rows, asked = predictions()
    return {"rows": rows, "labels": labels(asked)}


def chunks(records, count):
    """The same in `count` pieces that follow each other in time: [{topic: records}]."""
    ends = [START_MS + piece * ROWS * STEP_MS // count for piece in range(1, count)]
    cuts = {topic: [0, *(bisect.bisect_left(written, end, key=lambda record: record[0]) for end in ends), len(written)]
            for topic, written in records.items()}
    return [{topic: records[topic][cut[piece]:cut[piece + 1]] for topic, cut in cuts.items()} for piece in range(count)]


def lines(records):
    """As kafka_tool produce reads them."""
    return "".join(f"{time}\t{text or ''}\n" for time, text in records)


def stream(topic, records, answer_field):
    partitions = [records[partition::PARTITIONS[topic]] for partition in range(PARTITIONS[topic])]
    return Stream(topic, partitions, answer_field=answer_field, lateness_ms=LATENESS_MS[topic])


def monitor_yaml(monitor, reference):
    advance = f", advance: {monitor.advance_ms}ms" if monitor.advance_ms != monitor.every_ms else ""
    return f"""  - name: {monitor.name}
    stream: rows
    reference: {json.dumps(str(reference))}
    window: {{every: {monitor.every_ms}ms{advance}}}
    segments: {{by: [{monitor.segment_column}], values: {{{monitor.segment_column}: {json.dumps(monitor.segment_values)}}}}}
    features: {{include: {json.dumps(monitor.features + ["error"])}}}
    detectors: {{adwin: {{fields: [error, x]}}}}
    labels: {{topic: labels, id: id, value: y, event_time: at, join_within: {monitor.join_within_ms}ms}}
"""


def config(folder, brokers, port, reference):
    return f"""kafka:
  brokers: {json.dumps(brokers.split(","))}
  librdkafka: {{reconnect.backoff.max.ms: "500", compression.codec: zstd}}
http: {{listen: "127.0.0.1:{port}"}}
state: {{dir: {json.dumps(str(folder / "state"))}, snapshot_interval: 200ms}}
alerts: {{kafka: {{enabled: true, topic: events, windows: true}}}}
streams:
  - name: rows
    topics: [rows]
    start: earliest
    fields: {{event_time: at, event_id: id, prediction: p}}
    time: {{lateness: {LATENESS_MS["rows"]}ms, idle_after: 1h}}
  - name: labels
    topics: [labels]
    start: earliest
    time: {{lateness: {LATENESS_MS["labels"]}ms, idle_after: 1h}}
monitors:
""" + "".join(monitor_yaml(monitor, reference) for monitor in MONITORS)
