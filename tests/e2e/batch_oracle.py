"""What driftd must say about topics that were read to their end, computed in one go: an independent oracle for the end-to-end tests.

It knows nothing of batches, panes in memory, snapshots, threads or restarts: all records lie in lists, are sorted, and every window is
counted from the rows that fall into it. Written from the design (decisions 2 and 19, algorithms A.1 and D.1) and the contracts in the
headers, not from driftd's sources. Times are integers in milliseconds. Standard library only.
"""

import bisect
import dataclasses
import itertools
import json
import math

WATERMARK_RANK, WATERMARK_RECORDS = 8, 256
MAX_FUTURE_MS = 300_000
CLASSES = ["valid", "absent", "null", "nan", "positive_infinity", "negative_infinity", "wrong_type"]
COARSE_CELLS = 10
OTHER = "__other__"


@dataclasses.dataclass
class Stream:
    """One topic as it was produced: by partition the records (record time, text or None) in offset order."""
    topic: str
    partitions: list
    time_field: str = "at"
    id_field: str = "id"
    answer_field: str = ""  # what is joined: the prediction, or the label
    lateness_ms: int = 0


@dataclasses.dataclass
class Monitor:
    name: str
    every_ms: int
    advance_ms: int
    segment_column: str
    segment_values: list
    features: list
    join_within_ms: int
    threshold: float = 0.5

    @property
    def pane_ms(self):
        return math.gcd(self.every_ms, self.advance_ms)

    @property
    def segments(self):
        return ["all", *(f"{self.segment_column}={value}" for value in self.segment_values), OTHER]

    def segments_of(self, row):
        """The two segments that a row counts in."""
        value = text_of(row.value.get(self.segment_column))
        return ["all", f"{self.segment_column}={value}" if value in self.segment_values else OTHER]


@dataclasses.dataclass
class Row:
    topic: str
    partition: int
    offset: int
    time: int
    value: dict
    watermark: int | None = None  # of its partition before it
    seen: dict = dataclasses.field(default_factory=dict)  # by feature what look() found, since a row is in many windows

    def __post_init__(self):
        self.order = self.time, self.topic, self.partition, self.offset


# ---- Records to rows ----


def parse(text):
    """The object of a record; None for anything else."""
    try:
        value = json.loads(text)
    except (TypeError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def rows_of(stream):
    """The usable records of a stream as rows that know by which watermark they are judged; and the last watermark of each partition."""
    rows, watermarks = [], []
    for partition, records in enumerate(stream.partitions):
        times, watermark = [], None
        for offset, (record_time, text) in enumerate(records):
            value = parse(text)
            time = value.get(stream.time_field) if value is not None else None
            if not isinstance(time, int) or time > record_time + MAX_FUTURE_MS:
                continue
            rows.append(Row(stream.topic, partition, offset, time, value, watermark))
            times.append(time)
            if len(times) >= WATERMARK_RANK:
                rank = sorted(times[-WATERMARK_RECORDS:])[-WATERMARK_RANK]
                watermark = rank if watermark is None else max(watermark, rank)
        watermarks.append(watermark)
    return rows, watermarks


def floor_to(time, length):
    return time // length * length


def is_late(row, pane_ms, lateness_ms):
    """Its pane was closed by its own partition's watermark when it came."""
    return row.watermark is not None and floor_to(row.time, pane_ms) + pane_ms + lateness_ms <= row.watermark


def passed(watermarks, lateness_ms, pane_ms):
    """All panes that end here or before are complete in every partition."""
    return None if None in watermarks else floor_to(min(watermarks) - lateness_ms, pane_ms)


def windows_until(monitor, rows, until):
    """(start, end, rows of the window) of every window that has a row and ends by `until`."""
    if until is None:
        return
    rows = sorted(rows, key=lambda row: row.order)
    times = [row.time for row in rows]
    first = floor_to(times[0] - monitor.every_ms, monitor.advance_ms) if rows else until
    for start in range(first, until - monitor.every_ms + 1, monitor.advance_ms):
        end = start + monitor.every_ms
        inside = rows[bisect.bisect_left(times, start):bisect.bisect_left(times, end)]
        if inside:
            yield start, end, inside


# ---- Values ----


def text_of(value):
    """The text of a category; None for what is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value) if isinstance(value, (int, str)) else None


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def class_of(feature, row):
    if feature["name"] not in row.value:
        return "absent"
    value = row.value[feature["name"]]
    if value is None:
        return "null"
    fits = text_of(value) is not None if feature["type"] == "categorical" else is_number(value)
    return "valid" if fits else "wrong_type"


def cell_of(feature, value):
    """The fine cell of a valid value (algorithms 0.6, decision 20)."""
    if feature["type"] == "categorical":
        dictionary = feature["dictionary"]  # the references of these tests know no category outside it
        return dictionary.index(text_of(value)) if text_of(value) in dictionary else len(dictionary) + 1
    edges = feature["edges"]
    if feature["discrete"]:
        return edges.index(value) if value in edges else len(edges)
    return bisect.bisect_left(edges, value)


def coarse_ends(feature):
    """Where coarse cells end, in fine cells: quantile cells are joined to tenths of the reference, all others stand alone."""
    fine = feature["segments"]["all"]["cells"]
    if feature["type"] == "categorical" or feature["discrete"]:
        return list(range(1, len(fine) + 1))
    up_to = list(itertools.accumulate(fine))
    total = up_to[-1]
    ends = {bisect.bisect_left(up_to, -(-j * total // COARSE_CELLS)) + 1 for j in range(1, COARSE_CELLS)}
    return sorted({*ends, len(fine)})


def coarse(feature, fine):
    ends = coarse_ends(feature)
    return [sum(fine[start:end]) for start, end in zip([0, *ends], ends)]


def reference_cells(feature, segment, monitor):
    """The reference's own counts of a segment; `__other__` is all but the declared ones."""
    segments = feature["segments"]
    none = [0] * len(segments["all"]["cells"])
    if segment != OTHER:
        return segments[segment]["cells"] if segment in segments else none
    declared = [segments[name]["cells"] for name in monitor.segments if name in segments and name != "all"]
    return [total - sum(counts) for total, *counts in zip(segments["all"]["cells"], *declared)]


# ---- Statistics ----


def psi(reference, current):
    """(PSI with Jeffreys' half rows, the same less its expectation without drift), algorithms A.1; None where a side is empty."""
    n, m = sum(reference), sum(current)
    if n == 0 or m == 0:
        return None
    pairs = [(r, w) for r, w in zip(reference, current) if r + w > 0]
    size = len(pairs)
    shares = [((r + .5) / (n + .5 * size), (w + .5) / (m + .5 * size)) for r, w in pairs]
    statistic = math.fsum((q - p) * math.log(q / p) for p, q in shares)
    return statistic, max(0.0, statistic - (size - 1) * (1 / n + 1 / m))


def share(part, whole):
    return part / whole if whole else None


def look(feature, row):
    """(class, fine cell, outside the reference's range) of a row's value."""
    found = row.seen.get(feature["name"])
    if found is None:
        kind = class_of(feature, row)
        value = row.value[feature["name"]] if kind == "valid" else None
        outside = value is not None and feature["type"] != "categorical" and not feature["min"] <= value <= feature["max"]
        found = row.seen[feature["name"]] = kind, None if value is None else cell_of(feature, value), outside
    return found


def verdict(feature, segment, monitor, rows):
    """Classes, cells, quality shares and PSI of one feature in one segment."""
    classes = dict.fromkeys(CLASSES, 0)
    fine = [0] * len(feature["segments"]["all"]["cells"])
    outside = 0
    for row in rows:
        kind, cell, is_outside = look(feature, row)
        classes[kind] += 1
        outside += is_outside
        if cell is not None:
            fine[cell] += 1
    shares = {"missing": share(classes["absent"] + classes["null"] + classes["nan"], len(rows)),
              "type_mismatch": share(classes["wrong_type"], len(rows))}
    if feature["type"] == "categorical":
        shares["unseen_category"] = share(fine[-1], classes["valid"])
    else:
        shares["out_of_range"] = share(outside, classes["valid"])
    reference, current = coarse(feature, reference_cells(feature, segment, monitor)), coarse(feature, fine)
    if not any(reference):  # of a segment that the reference does not know there is nothing to compare
        return {"classes": list(classes.values()), "cells": [], "shares": {}, "psi": None}
    shown = [w for r, w in zip(reference, current) if r + w > 0]
    return {"classes": list(classes.values()), "cells": shown, "shares": shares, "psi": psi(reference, current)}


def offsets_of(rows):
    found = {}
    for row in rows:
        low, high = found.get((row.topic, row.partition), (row.offset, row.offset))
        found[row.topic, row.partition] = min(low, row.offset), max(high, row.offset)
    return found


def by_segment(monitor, rows):
    parts = {segment: [] for segment in monitor.segments}
    for row in rows:
        for segment in monitor.segments_of(row):
            parts[segment].append(row)
    return parts


def counted_window(monitor, features, rows):
    parts = by_segment(monitor, rows)
    return {"segments": {segment: len(part) for segment, part in parts.items()}, "offsets": offsets_of(rows),
            "verdicts": {(segment, feature["name"]): verdict(feature, segment, monitor, part)
                         for segment, part in parts.items() for feature in features}}


# ---- Late labels ----


@dataclasses.dataclass
class Joined:
    """A prediction with its label, if it got one."""
    row: Row
    pair: tuple | None = None  # (probability, label 0 or 1)


def binary_pair(prediction, label):
    """What a binary task can use: a label 0 or 1 (or a boolean), a prediction in [0, 1]."""
    numbers = [int(answer) if isinstance(answer, bool) else answer for answer in (prediction, label)]
    if not all(is_number(number) for number in numbers) or not 0 <= numbers[0] <= 1 or numbers[1] not in (0, 1):
        return None
    return numbers[0], int(numbers[1])


def has_answer(row, stream):
    """It has an id and an answer, so that it can be joined."""
    return text_of(row.value.get(stream.id_field)) is not None and text_of(row.value.get(stream.answer_field)) is not None


def join(monitor, predictions, labels, rows, answers, until):
    """The predictions before `until` by their order, with their labels, and what was counted.

    rows, answers: of predictions and labels, without late ones. A label and a prediction of one id belong together if they are at most
    join_within apart. In order, each prediction takes all that are left of its labels, and the last of those is the truth.
    """
    counts = dict.fromkeys(["joined", "duplicate", "correction", "repeated_prediction", "unusable", "expired"], 0)
    kept = [row for row in rows if has_answer(row, predictions) and row.time < until]
    by_id = {}
    for label in sorted((row for row in answers if has_answer(row, labels)), key=lambda row: row.order):
        by_id.setdefault(text_of(label.value[labels.id_field]), []).append(label)
    taken, result = set(), {}
    for row in sorted(kept, key=lambda row: row.order):
        near = [label for label in by_id.get(text_of(row.value[predictions.id_field]), ())
                if abs(label.time - row.time) <= monitor.join_within_ms]
        free = [label for label in near if label.order not in taken]
        joined = result[row.order] = Joined(row)
        if free:
            taken.update(label.order for label in free)
            count_labels(free, labels, counts)
            joined.pair = binary_pair(row.value[predictions.answer_field], free[-1].value[labels.answer_field])
            counts["joined" if joined.pair else "unusable"] += 1
        elif near:
            counts["repeated_prediction"] += 1
    gone = floor_to(until - monitor.join_within_ms, monitor.pane_ms)  # no prediction can need a label before this any more
    counts["expired"] = sum(label.time < gone and label.order not in taken for same_id in by_id.values() for label in same_id)
    return result, counts


def count_labels(same_id, labels, counts):
    """Labels of one id in order: each one more is a duplicate of the answer before it, or corrects it."""
    texts = [text_of(label.value[labels.answer_field]) for label in same_id]
    for before, after in zip(texts, texts[1:]):
        counts["duplicate" if before == after else "correction"] += 1


def unusable_rows(monitor, stream, rows, watermarks):
    """Rows without an id or an answer in panes that their partition has closed."""
    ends = [passed([watermark], stream.lateness_ms, monitor.pane_ms) for watermark in watermarks]
    return sum(not has_answer(row, stream) and row.time < ends[row.partition] for row in rows)


def performance(joined, threshold):
    """Measures of a binary task with probabilities, as detectors/performance states them; None: undefined."""
    pairs = [one.pair for one in joined if one.pair]
    decided = [(p >= threshold, y == 1) for p, y in pairs]
    hits = sum(p and y for p, y in decided)
    said, true = sum(p for p, _ in decided), sum(y for _, y in decided)
    least = 2.0 ** -52
    clipped = [min(max(p, least), 1 - least) if y == 1 else 1 - min(max(p, least), 1 - least) for p, y in pairs]
    values = {"accuracy": share(sum(p == y for p, y in decided), len(pairs)), "precision": share(hits, said), "recall": share(hits, true),
              "f1": share(2 * hits, said + true), "log_loss": share(-math.fsum(map(math.log, clipped)), len(pairs)),
              "brier": share(math.fsum((p - y) ** 2 for p, y in pairs), len(pairs))}
    return {"predicted": len(joined), "labelled": len(pairs), "values": values}


def losses_window(monitor, error, rows, joined):
    """A window of rows and those of them that are predictions, by order: their measures, and the 0/1 loss of the labelled ones."""
    parts = {segment: [joined[row.order] for row in part if row.order in joined] for segment, part in by_segment(monitor, rows).items()}
    verdicts, samples = {}, {}
    for segment, part in parts.items():
        wrong = [Row("", 0, 0, 0, {"error": int((one.pair[0] >= monitor.threshold) != (one.pair[1] == 1))}) for one in part if one.pair]
        samples[segment] = len(wrong)
        verdicts[segment, "error"] = {**verdict(error, segment, monitor, wrong), "shares": {}}
    return {"segments": samples, "offsets": offsets_of(rows), "verdicts": verdicts,
            "performance": {segment: performance(part, monitor.threshold) for segment, part in parts.items()}}


# ---- All windows ----


def closed_windows(monitor, predictions, labels, reference):
    """Every closed window by (subject, start, end), and the counters of the join."""
    features = {feature["name"]: feature for feature in reference["features"]}
    (rows, row_watermarks), (answers, label_watermarks) = rows_of(predictions), rows_of(labels)
    rows = [row for row in rows if not is_late(row, monitor.pane_ms, predictions.lateness_ms)]
    answers = [row for row in answers if not is_late(row, monitor.pane_ms, labels.lateness_ms)]
    until = passed(row_watermarks, predictions.lateness_ms, monitor.pane_ms)
    windows = {(f"monitors/{monitor.name}", start, end): counted_window(monitor, [features[name] for name in monitor.features], inside)
               for start, end, inside in windows_until(monitor, rows, until)}
    labels_until = passed(label_watermarks, labels.lateness_ms, monitor.pane_ms)
    judged = min(until, floor_to(labels_until - monitor.join_within_ms, monitor.pane_ms))
    joined, counts = join(monitor, predictions, labels, rows, answers, judged)
    counts["unusable"] += unusable_rows(monitor, predictions, rows, row_watermarks)
    counts["unusable"] += unusable_rows(monitor, labels, answers, label_watermarks)
    for start, end, inside in windows_until(monitor, rows, judged):
        windows[f"monitors/{monitor.name}/performance", start, end] = losses_window(monitor, features["error"], inside, joined)
    return windows, counts


def late_rows(stream, monitors):
    """How many rows came too late for one of the monitors."""
    return sum(any(is_late(row, monitor.pane_ms, stream.lateness_ms) for monitor in monitors) for row in rows_of(stream)[0])


# ---- Comparison with events ----


def close(got, want):
    return got == want if None in (got, want) else math.isclose(got, want, rel_tol=1e-12, abs_tol=1e-15)


def differences(data, want):
    """Where the data of a window.closed event is not what the oracle says, in words; whole numbers exactly, doubles to 1e-12."""
    def compare(what, got, expected, equal=lambda a, b: a == b):
        if not equal(got, expected):
            found.append(f"{what}: {got}, not {expected}")

    found = []
    compare("segments", {row["name"]: row["samples"] for row in data["segments"]}, want["segments"])
    compare("complete", data["complete"], True)
    compare("offsets", {(row["topic"], row["partition"]): (row["from"], row["to"]) for row in data["offsets"]}, want["offsets"])
    verdicts = {(row["segment"], row["feature"]): row for row in data["verdicts"]}
    compare("verdicts", sorted(verdicts), sorted(want["verdicts"]))
    for key in verdicts.keys() & want["verdicts"].keys():
        got, expected = verdicts[key], want["verdicts"][key]
        compare(f"{key} cells", got["cells"], expected["cells"])
        compare(f"{key} classes", got["classes"], expected["classes"])
        shares = {row["method"]: row["after"] for row in got["quality"]}
        compare(f"{key} checks", sorted(shares), sorted(expected["shares"]))
        for check in shares.keys() & expected["shares"].keys():
            compare(f"{key} {check}", shares[check], expected["shares"][check], close)
        measure = next((row for row in got["drift"] if row["method"] == "psi"), {"statistic": None, "effect": None})
        statistic, effect = expected["psi"] or (None, None)
        compare(f"{key} psi", measure["statistic"], statistic, close)
        compare(f"{key} psi, bias-corrected", measure["effect"], effect, close)
    measured = {row["segment"]: row for row in data.get("performance", [])}
    compare("performance", sorted(measured), sorted(want.get("performance", {})))
    for segment in measured.keys() & want.get("performance", {}).keys():
        got, expected = measured[segment], want["performance"][segment]
        for key in ("predicted", "labelled"):
            compare(f"{segment} {key}", got[key], expected[key])
        compare(f"{segment} measures", sorted(got["values"]), sorted(expected["values"]))
        for name in got["values"].keys() & expected["values"].keys():
            compare(f"{segment} {name}", got["values"][name], expected["values"][name], close)
    return found
