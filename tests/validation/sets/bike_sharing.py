"""bike-sharing: rentals by the hour, two years; seasons, a service that grows, a dead sensor. Sentences from its ORIGIN.md."""

from expectation import Equals, Fires, Silent, Stays
from replayed import Monitor, columns, read_rows, without, write_rows

NAME = "bike-sharing"
FILES = ("stream.csv.gz",)
LEARNT = ("Segments by month are a seasonal reference: they find the warm March, and a day of a dead feels_like that nobody had noted; "
          "hourly rows in windows of a day want `min_samples: 20`")
CONFIG = """defaults:
  fields: {event_time: event_time, prediction: prediction, label: label}
  performance: {task: regression}
  alerts: {false_alarms: 1 per 365d}
monitors:
  - {name: year, topic: hours, reference: year.ref, window: {every: 7d}, detectors: {adwin: {fields: [error]}}}
  - name: month
    topic: seasonal
    reference: month.ref
    window: {every: 28d}
    segments: {by: [month], values: {month: ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12']}}
  - {name: day, topic: sensor, reference: day.ref, window: {every: 1d, min_samples: 20}}
"""
CATEGORIES = ("season", "hour", "weekday", "holiday", "workingday", "weather", "month")
BUILD = ("--prediction", "prediction", "--label", "label", "--task", "regression",
         *(word for name in CATEGORIES for word in ("--categorical", name)))
MONITORS = [
    Monitor("year", "2011.csv", ("all.csv",), (*BUILD, "--exclude", "month")),
    # The seasonal reference: each month is a segment, judged against the same month a year before.
    Monitor("month", "2011.csv", ("2012.csv",), (*BUILD, "--segment-by", "month")),
    Monitor("day", "winter.csv", ("march.csv",), BUILD),
]
# Weeks that are not whole: the first, the last, and those with missing days (hurricanes, snow).
TORN = ("2010-12-30", "2012-12-31", "2012-10-29", "2012-10-30", "2011-01-18", "2011-01-26", "2011-01-27", "2011-08-27", "2011-08-28")
COLUMNS = ("hour", "weekday", "holiday", "workingday", "weather", "temp", "feels_like", "humidity", "windspeed")


def prepare(data, folder):
    header, rows = read_rows(data / FILES[0])
    time = header.index("event_time")
    rows = [[*row, row[time][5:7]] for row in rows]
    header = [*header, "month"]
    names = without(header, "id", "label_time", "casual", "registered")
    for file, first, last in (("2011.csv", "2011", "2012"), ("all.csv", "2011", "2013"), ("2012.csv", "2012", "2013"),
                              ("winter.csv", "2011", "2011-03-01"), ("march.csv", "2011-03", "2011-04")):
        write_rows(folder / file, *columns(header, [row for row in rows if first <= row[time] < last], names))
    return [row[time] for row in rows]


def expectations(hours):
    def count(start, end):
        return sum(start <= hour < end for hour in hours)

    def of_month(kind, month, features, says, **more):
        return kind(monitor="month", segments=(f"month={month}",), features=features.split(), says=says, **more)

    summer = (*(name for name in COLUMNS if name != "feels_like"), "season", "prediction")
    months = tuple(f"month={month:02}" for month in range(1, 13))
    return [
        Fires(monitor="year", features=("error",), since="2012-01-01", within=1,
              says="the service grew: error in the first days of January 2012",
              finds="2012-01-12 adwin",
              because="a week late: the weeks to 12 January have effects of .15 and .24, too small at 167 rows; ADWIN fires on the 16th"),
        Fires(monitor="day", features=("humidity",), since="2011-03-10", says="humidity is 0 on 2011-03-10 for 22 hours"),
        Stays(monitor="year", features=("temp",), since="2011", methods=("psi",),
              says="temp against all of 2011: fires always, nothing is learnt"),
        of_month(Fires, "03", "temp", "March 2012, the warmest: temp (PSI 1.23)", since="2012-03-01", within=1),
        of_month(Fires, "01", "temp", "January: temp (.76)", since="2012-01-01", within=1),
        of_month(Fires, "11", "temp", "November: temp (.65)", since="2012-11-01", within=1),
        of_month(Fires, "04", "humidity", "April: humidity (.80)", since="2012-04-01", within=1),
        of_month(Fires, "09", "humidity", "September: humidity (.76)", since="2012-09-01", within=1),
        of_month(Fires, "11", "humidity", "November: humidity (.69)", since="2012-11-01", within=1),
        of_month(Fires, "09", "weather", "September: weather (.31)", since="2012-09-01", within=1),
        Silent(monitor="year", features=("hour", "weekday", "workingday"), either=TORN, says="whole weeks: hour, weekday, workingday"),
        Silent(monitor="year", features=("holiday",), either=TORN, says="whole weeks: holiday",
               finds="20 of 98 windows",
               because="the 24 rows of a holiday are one; the level takes them for independent"),
        Silent(monitor="month", segments=("month=07", "month=08"), features=summer,
               says="July, August 2012: all but label and feels_like"),
        of_month(Silent, "07", "feels_like", "July 2012: feels_like"),
        of_month(Silent, "08", "feels_like", "August 2012: feels_like",
                 finds="1 of 14 windows",
                 because="rightly: feels_like is .2424 for all 24 hours of 2012-08-17, a dead reading that ORIGIN.md does not name"),
        Silent(monitor="month", segments=months, features=("hour", "workingday"), says="by month: hour, workingday (at most .02)"),
        Silent(monitor="month", segments=tuple(m for m in months if m[-2:] not in ("09", "12")), features=("weather",),
               says="by month: weather but September, December (at most .12)"),
        Silent(monitor="month", segments=months, features=("windspeed",), says="by month: windspeed (at most .16)",
               finds="1 of 14 windows",
               because="windows of 28 days cut November: its first 7 days, 2 calm hours of 168, are judged against a month with 17%"),
        Equals(monitor="year", feature="hour", method="missing", of="samples", want=count, says="missing hours: the rows of each window"),
    ]
