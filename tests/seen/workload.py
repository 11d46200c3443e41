"""Rows of a payment model and their labels, normal or drifted: every metric of driftd has something to show, and most rules fire.

Event times run a hundred times faster than the clock: a window of a minute is 600 rows. The same rows each time.
"""

import json
import random

START_MS = 1_700_000_040_000  # a whole minute
ROW_MS = 100  # between two rows: 600 a window
WINDOW_ROWS = 600
LABEL_AFTER_MS = 5_000
TOPICS = {"payments": 2, "labels": 2, "silent": 1, "events": 1, "dead": 1}
COUNTRIES = ["DE"] * 10 + ["FR"] * 6 + ["US"] * 4
ELSEWHERE = ["DE"] * 6 + ["FR"] * 6 + ["US"] * 8


def sigmoid_share(amount, age):
    """A score in (0, 1) that rises with the amount and falls with age."""
    return round(min(.999, max(.001, .5 + .15 * amount - .01 * (age - 40))), 4)


def payment(number, drifted):
    """One row and whether it is a fraud. Drifted: amounts are larger, customers younger, devices unknown, and the score no longer tells."""
    generator = random.Random(number)
    age = int(min(90, max(18, generator.gauss(28 if drifted else 40, 8))))
    amount = round(generator.gauss(1.5 if drifted else 0, 1), 5)
    score = sigmoid_share(amount, age)
    row = {"id": f"p{number}", "amount": amount, "age": age, "score": score, "weekday": generator.choice("MTWTFSS"),
           "country": generator.choice(ELSEWHERE if drifted else COUNTRIES),
           "device": None if drifted and generator.random() < .3 else generator.choice(["web", "app", "shop"])}
    return row, int(generator.random() < (1 - score if drifted else score))


def reference_lines(count=8_000):
    """What the reference is built from, labels included: the rows before the first."""
    rows = ((number, *payment(number, False)) for number in range(-count, 0))
    return "".join(json.dumps({"at": START_MS + number * ROW_MS, **row, "is_fraud": fraud}) + "\n" for number, row, fraud in rows)


def records(first, last, drifted):
    """Rows [first, last) and their labels, as kafka_tool reads them: {topic: lines}."""
    rows, labels = [], []
    for number in range(first, last):
        row, fraud = payment(number, drifted)
        at = START_MS + number * ROW_MS
        rows.append(f'{at}\t{json.dumps({"at": at, **row})}\n')
        if number % 10:  # one in ten stays without
            label = {"at": at + LABEL_AFTER_MS, "id": row["id"], "is_fraud": fraud}
            labels.append(f"{label['at']}\t{json.dumps(label)}\n")
    return {"payments": "".join(rows), "labels": "".join(labels)}


def unreadable(first, last):
    """Records that are no JSON, in the place of rows [first, last)."""
    return "".join(f"{START_MS + number * ROW_MS}\t{{not json\n" for number in range(first, last))
