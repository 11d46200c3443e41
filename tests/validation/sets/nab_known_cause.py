"""nab-known-cause: two series of one number with incidents of known cause. It has no features and no label; what applies is held
against its ORIGIN.md. The taxis are divided by the mean of July's same half hour of the week, as a seasonal baseline."""

import collections
import datetime

from expectation import Equals, Fires, Silent
from replayed import Monitor, read_rows, write_rows

NAME = "nab-known-cause"
FILES = ("machine_temperature_system_failure.csv.gz", "nyc_taxi.csv.gz")
LEARNT = ("Not a set of features and labels. The incidents are found, but little is learnt: both alarm between them too; "
          "a step back in time costs no row")
CONFIG = """defaults:
  fields: {event_time: event_time}
  alerts: {false_alarms: 1 per 365d}
monitors:
  - {name: machine, topic: machine, reference: machine.ref, window: {every: 1d}}
  - {name: taxi, topic: taxi, reference: taxi.ref, window: {every: 2d}}
"""
MONITORS = [Monitor("machine", "first_week.csv", ("machine.csv",)), Monitor("taxi", "july.csv", ("taxi.csv",))]


def half_hour(time):
    return datetime.date.fromisoformat(time[:10]).weekday(), time[11:16]


def prepare(data, folder):
    _, machine = read_rows(data / FILES[0])
    machine = [row[:2] for row in machine]
    _, taxis = read_rows(data / FILES[1])
    july = collections.defaultdict(list)
    for time, value, _ in taxis:
        if time < "2014-08":
            july[half_hour(time)].append(float(value))
    relative = [[time, round(float(value) * len(july[half_hour(time)]) / sum(july[half_hour(time)]), 4)] for time, value, _ in taxis]
    for file, rows, first, last in (("first_week.csv", machine, "", "2013-12-10"), ("machine.csv", machine, "2013-12-10", "9999"),
                                    ("july.csv", relative, "", "2014-08"), ("taxi.csv", relative, "2014-08", "9999")):
        write_rows(folder / file, ["event_time", "value"], [row for row in rows if first <= row[0] < last])
    return [row[0] for row in machine]


def expectations(stamps):
    def fires(monitor, since, says, **more):
        return Fires(monitor=monitor, features=("value",), since=since, says=says, **more)

    return [
        fires("machine", "2013-12-15", "machine: planned stop 2013-12-15..17", within=2),
        fires("machine", "2014-02-07", "machine: breakdown 2014-02-07..09", within=2),
        fires("machine", "2014-01-27", "machine: 2014-01-27..29, hard to see", within=2),
        Equals(monitor="machine", feature="value", method="missing", of="samples",
               want=lambda start, end: sum(start <= stamp < end for stamp in stamps), says="machine: a step back in time costs no row"),
        fires("taxi", "2014-10-30", "taxi: marathon 10-30..11-03", within=2),
        fires("taxi", "2014-11-25", "taxi: Thanksgiving 11-25..29", within=2),
        fires("taxi", "2014-12-23", "taxi: Christmas 12-23..27", within=2),
        fires("taxi", "2014-12-29", "taxi: New Year 12-29..01-03", within=2),
        fires("taxi", "2015-01-24", "taxi: blizzard 2015-01-24..29", within=2),
        Silent(monitor="taxi", features=("value",), until="2014-10-30", says="taxi: against the hour of the week silent until October",
               finds="32 of 45 windows",
               because="the half hours of a day move together, and July is four weeks; the level takes the 96 rows for independent"),
        Silent(monitor="machine", features=("value",), since="2013-12-18", until="2014-01-27", says="machine: between the incidents",
               finds="38 of 40 windows",
               because="the first week does not hold what the machine does: nearly every day is beyond it"),
    ]
