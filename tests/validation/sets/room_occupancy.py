"""room-occupancy: one office, every minute of 17 days; features wander, the concept does not. Sentences from its ORIGIN.md."""

from expectation import Fires, Silent
from replayed import Monitor, columns, read_rows, without, write_rows

NAME = "room-occupancy"
FILES = ("stream.csv.gz",)
LEARNT = ("Daily windows of a wandering sensor all alarm, as the limits below say: a level for independent rows is none for minutes; "
          "the error by PSI stays quiet")
WANDER = "a day is nearly one value, 1,440 times; the level takes the rows for independent"
CONFIG = """defaults:
  fields: {event_time: event_time, prediction: predicted, label: label}
  detectors: {adwin: {fields: [error]}}
  alerts: {false_alarms: 1 per 365d}
monitors:
  - {name: week, topic: weeks, reference: week.ref, window: {every: 7d}}
  - {name: day, topic: days, reference: day.ref, window: {every: 1d}}
"""
BUILD = ("--prediction", "predicted", "--label", "label", "--categorical", "predicted", "--categorical", "label")
MONITORS = [Monitor(name, "reference.csv", ("before.csv", "production.csv"), BUILD) for name in ("week", "day")]


def prepare(data, folder):
    header, rows = read_rows(data / FILES[0])
    part, names = header.index("part"), without(header, "id", "part")
    for name in ("before", "reference", "production"):
        write_rows(folder / f"{name}.csv", *columns(header, [row for row in rows if row[part] == name], names))


def expectations(_):
    return [
        Fires(monitor="week", features=("co2",), since="2015-02-12", says="co2 from 2015-02-12 on"),
        Silent(monitor="week", features=("error",), methods=("psi",), says="concept: none, error by PSI, weeks"),
        Silent(monitor="day", features=("error",), methods=("psi",), says="concept: none, error by PSI, days"),
        Silent(monitor="day", features=("error",), methods=("adwin",), says="concept: none, error by ADWIN",
               finds="5 of 11 windows",
               because="errors come in bursts of minutes, mornings and evenings; ADWIN takes rows for independent"),
        Silent(monitor="day", features=("temperature", "humidity"), says="an alert on a single day of temperature, humidity is false",
               finds="11 of 11 windows", because=WANDER),
        Silent(monitor="day", features=("co2",), until="2015-02-12", says="and of co2 before 2015-02-12",
               finds="4 of 4 windows", because=WANDER),
    ]
