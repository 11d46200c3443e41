"""census-employment: who is employed, 2015 to 2018; labels in the same record. Sentences from its EXPECTED.md, whose alarms are of PSI and
whose windows begin a day after driftd's."""

from expectation import Fires, Silent, Stays
from replayed import Monitor, columns, read_rows, without, write_rows

NAME = "census-employment"
FILES = ("stream.csv.gz",)
LEARNT = "All as computed without driftd: a year of 20 columns without an alarm, then the change of the files and the burst"
CONFIG = """monitors:
  - name: census
    topic: census
    reference: census.ref
    fields: {event_time: event_time, prediction: predicted, label: label}
    window: {every: 7d}
    detectors: {adwin: {fields: [error]}}
    alerts: {false_alarms: 1 per 365d}
"""
MONITORS = [Monitor("census", "2015.csv", ("later.csv",),
                    ("--numeric", "agep", "--numeric", "score", "--categorical", "*", "--prediction", "predicted", "--label", "label"))]
BURST = ("agep", "schl", "mar", "esp", "mig", "mil", "drem", "anc", "label")  # from window 101 on
FIRST = ("score", "predicted", "dis")  # in window 100 already


def prepare(data, folder):
    header, rows = read_rows(data / FILES[0])
    time, names = header.index("event_time"), without(header, "id")
    write_rows(folder / "2015.csv", *columns(header, [row for row in rows if row[time] < "2016"], names))
    write_rows(folder / "later.csv", *columns(header, [row for row in rows if row[time] >= "2016"], names))


def expectations(_):
    def one(kind, says, **more):
        return kind(monitor="census", says=says, **more)

    burst = {"since": "2017-12-01", "within": 1, "methods": ("psi",)}
    never = ("cit", "nativity", "dear", "deye", "sex", "rac1p")
    return [
        one(Silent, "2016: none, on any column, the error or its ADWIN", until="2017-01-05", besides=()),
        one(Fires, "relp: from 2017-01-06, the first whole window", features=("relp",), since="2017-01-06"),
        one(Stays, "relp: every window to the end", features=("relp",), since="2017-01-06", methods=("psi",)),
        *(one(Fires, f"{name}: 2017-12-01, the first of the burst", features=(name,), **burst) for name in FIRST),
        *(one(Fires, f"{name}: the burst from 2017-12-08", features=(name,), **burst) for name in BURST),
        one(Silent, "before the burst: relp alone", until="2017-11-30", methods=("psi",), besides=("relp",)),
        one(Silent, "2018 from February on: relp alone", since="2018-02-01", methods=("psi",), besides=("relp",)),
        one(Silent, "never: cit, nativity, dear, deye, sex, rac1p", features=never),
        one(Silent, "never: the error rate by PSI", features=("error",), methods=("psi",)),
        one(Fires, "error: River's ADWIN fires on 2017-12-06", features=("error",), since="2017-12-06", methods=("adwin",)),
    ]
