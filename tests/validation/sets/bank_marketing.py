"""bank-marketing: calls of a bank in order of time; what became of a call is known days later. Sentences from its EXPECTED.md."""

from expectation import Equals, Fires, Silent, Stays
from replayed import Monitor, columns, read_rows, without, write_rows

NAME = "bank-marketing"
FILES = ("stream.csv.gz",)
LEARNT = ("The labels, days late, show the model fail, its scores hardly anything; a falling share of missing values is seen by no check; "
          "a daily indicator drifts from its first day")
CONFIG = """monitors:
  - name: bank
    topic: calls
    reference: bank.ref
    fields: {event_time: event_time, event_id: id, prediction: score}
    time: {lateness: 1h}
    window: {every: 7d}
    labels: {topic: labels, id: id, value: label, event_time: label_time, join_within: 21d}
    performance: {task: binary, threshold: 0.2}
    features: {exclude: [emp_var_rate, cons_price_idx, cons_conf_idx, nr_employed]}
    detectors: {adwin: {fields: [error]}}
    alerts: {false_alarms: 1 per 365d}
"""
MONITORS = [Monitor("bank", "reference.csv", ("calls.csv",), labels="labels.csv",
                    build=("--prediction", "score", "--label", "label", "--task", "binary", "--threshold", "0.2"))]
# The weeks of short calls, Monday to Friday, on which EXPECTED.md lets a monitor speak or not.
SHORT_CALLS = tuple(f"2008-{day}" for day in (
    "06-16", "06-17", "06-18", "06-19", "06-20", "07-28", "07-29", "07-30", "07-31", "08-01", "08-25", "08-26", "08-27", "08-28", "08-29"))
FEATURES = ("contact", "poutcome", "job", "education", "in_default", "marital", "housing", "loan", "previous", "age", "campaign",
            "duration_s", "euribor3m", "score")


def prepare(data, folder):
    """The calls before 2008-05-31, which trained the model, are the reference; later ones are predictions, then labels in their order."""
    header, rows = read_rows(data / FILES[0])
    time, label_time = header.index("event_time"), header.index("label_time")
    seen = without(header, "label", "label_time", "predicted")
    early = [row for row in rows if row[time] < "2008-05-31"]
    later = [row for row in rows if row[time] >= "2008-05-31"]
    write_rows(folder / "reference.csv", *columns(header, early, without(header, "label_time", "predicted")))
    write_rows(folder / "calls.csv", *columns(header, later, seen))
    write_rows(folder / "labels.csv", *columns(header, sorted(later, key=lambda row: row[label_time]), ["id", "label", "label_time"]))
    score, label = header.index("score"), header.index("label")
    return [(row[time], (float(row[score]) >= 0.2) == (row[label] == "1")) for row in later]


def expectations(calls):
    def accuracy(start, end):
        right = [correct for time, correct in calls if start <= time < end]
        return sum(right) / len(right)

    def one(kind, features, says, **more):
        return kind(monitor="bank", features=features.split(), says=says, **more)

    june = {"since": "2008-05-29", "until": "2008-07-03"}
    short = {"either": SHORT_CALLS}
    calls_week = "in weeks of short calls, where EXPECTED.md lets duration_s speak, the score, mostly made of it, speaks too"
    fires = [
        one(Fires, "contact", "contact: cellular from 2008-07-04 on", since="2008-07-04"),
        one(Stays, "contact", "contact never comes back", since="2008-07-11", methods=("psi",)),
        *(one(Fires, name, f"{name}: August 2008, week of 08-04", since="2008-08-04", within=1) for name in ("job", "education")),
        *(one(Fires, name, f"{name}: again from June 2009 on", since="2009-06-04", within=3) for name in ("job", "education")),
        *(one(Fires, name, f"{name}: from 2008-11-17", since="2008-11-17") for name in ("poutcome", "previous")),
        one(Fires, "euribor3m", "euribor3m leaves its half point on 2008-11-07", since="2008-11-07", within=1),
        one(Stays, "euribor3m", "and for good", since="2008-11-14", methods=("psi",)),
        one(Fires, "in_default", "in_default: its missing share falls in 2008-11, to 0-4% from 2009-06", since="2008-11-06", within=40,
            finds="no alarm",
            because="the check of missing values is one-sided (more of them), and PSI is over the values there are"),
        one(Fires, "error", "error: 51% among the rows of 2008-10-17 to 11-14", since="2008-10-17", within=4),
        one(Fires, "error", "error: 8-55% from 2009-03-02 on", since="2009-03-02", within=1),
        one(Fires, "age", "rightly too: age from March 2009", since="2009-03-01", within=4),
        one(Fires, "marital", "rightly too: marital from March 2009", since="2009-03-01", within=16),
        one(Fires, "campaign", "rightly too: campaign in October 2009", since="2009-10-01", within=4,
            finds="no alarm",
            because="weeks of 69 to 127 calls are too few for the cells of campaign; the month has 447"),
        one(Fires, "score", "rightly too: score in December 2009", since="2009-12-01", within=4,
            finds="no alarm",
            because="weeks of 24 to 56 calls, four of five too few for ten cells; the month has 172"),
    ]
    quiet = [
        one(Silent, " ".join(set(FEATURES) - {"euribor3m", "duration_s", "campaign", "score"}), "June 2008: every other column", **june),
        one(Silent, "duration_s campaign", "June 2008: duration_s, campaign but for a week of short calls", **june, **short),
        one(Silent, "score", "June 2008: score", **june, finds="1 of 5 windows", because=calls_week),
        one(Silent, "euribor3m", "June 2008: euribor3m", **june,
            finds="5 of 5 windows",
            because="one value a day, 7 in the reference, a cell each: 86% of June is beyond their range, by at most .1 point"),
        one(Silent, "loan housing", "loan, housing: always"),
        one(Silent, "duration_s", "duration_s: until November 2009", until="2009-11-01", **short,
            finds="1 of 52 windows",
            because="one week of 1,597 calls has .19: over min_effect .1, under the .25 of EXPECTED.md"),
        one(Silent, "score", "score: until November 2009", until="2009-11-01", finds="3 of 58 windows", because=calls_week),
        one(Silent, "campaign", "campaign: until September 2009", until="2009-10-01", **short,
            finds="1 of 48 windows",
            because="one week of 2,069 calls has .22: over min_effect .1, under the .25 of EXPECTED.md"),
        one(Silent, "job", "job: back in April and May 2009", since="2009-04-02", until="2009-06-01",
            finds="2 of 8 windows",
            because="the last week of May, 357 calls, has .53, and one of 78 calls has 6 without a job; the months' 8,252 hide both"),
        one(Silent, "education", "education: back in April and May 2009", since="2009-04-02", until="2009-06-01",
            finds="1 of 8 windows",
            because="the last week of May, 354 calls, has .54; the month's 5,794 hide it"),
        one(Silent, " ".join(FEATURES), "October 2008: too few for a verdict on features", since="2008-10-16", until="2008-11-06"),
        one(Silent, " ".join(FEATURES), "December 2008: too few for a verdict on features", since="2008-11-27", until="2009-01-01"),
    ]
    return [*fires, *quiet, Equals(monitor="bank", feature="performance", method="accuracy", want=accuracy,
                                   says="labels that come later: the accuracy of each window")]
