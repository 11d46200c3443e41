"""What a monitor should say about a set, as values that are held against the lines of a replay.

An expectation is one sentence of the set's EXPECTED.md or ORIGIN.md and gives one row of the table. `because` is the reason
of a miss that is known, and `finds` how much of one: such a row does not fail the run, but it fails as soon as driftd finds something
else, be it better or worse.
"""

import dataclasses
import math
from collections.abc import Callable

MET, MISSED, FALSE = "ok", "missed", "false"


def instant(day):
    """A day's midnight, written as windows write it: so that texts compare as times."""
    return f"{day}T00:00:00Z" if len(day) == len("2000-01-01") else day


@dataclasses.dataclass(frozen=True)
class Line:
    """A line of `replay --windows`; what an alarm is made of. `effect` is absent where a measure has none."""
    segment: str
    feature: str
    method: str
    start: str
    end: str
    samples: int
    statistic: float | None
    effect: float | None
    judged: bool
    alarm: bool

    @classmethod
    def read(cls, line):
        window = line["window"]
        return cls(line["segment"], line["feature"], line["method"], window["start"], window["end"], line["samples"], line.get("statistic"),
                   line.get("effect"), line.get("threshold_ratio") is not None, line.get("alarm", False))

    def said(self):
        effect = "" if self.effect is None else f", effect {self.effect:.3g}"
        return f"{self.start[:10]} {self.method}{effect}, n {self.samples}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Expectation:
    monitor: str
    says: str  # the sentence that is held against driftd
    because: str = ""
    finds: str = ""  # how what was found begins, with `because`


@dataclasses.dataclass(frozen=True, kw_only=True)
class Watches(Expectation):
    """Of which lines it speaks; no methods: all of them, no features: all but the loss, which has expectations of its own."""
    features: tuple[str, ...] = ()
    segments: tuple[str, ...] = ("all",)
    methods: tuple[str, ...] = ()
    besides: tuple[str, ...] = ("error",)

    def lines(self, lines):
        return [line for line in lines
                if line.segment in self.segments
                and (line.feature in self.features if self.features else line.feature not in self.besides)
                and (not self.methods or line.method in self.methods)]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fires(Watches):
    """The first alarm comes in the window that holds `since`, or at most `within` windows later."""
    since: str
    within: int = 0

    def judge(self, lines):
        later = [line for line in lines if line.end > instant(self.since)]
        ends = sorted({line.end for line in later})
        alarms = sorted((line for line in self.lines(later) if line.alarm), key=lambda line: line.end)
        if not alarms:
            return MISSED, "no alarm"
        late = ends.index(alarms[0].end)
        strongest = max((alarm for alarm in alarms if alarm.end == alarms[0].end), key=lambda alarm: alarm.effect or 0)
        return (MET if late <= self.within else MISSED), f"{strongest.said()}{f', {late} windows on' if late else ''}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stays(Watches):
    """Every window from `since` on that could be judged alarms."""
    since: str

    def judge(self, lines):
        judged = [line for line in self.lines(lines) if line.judged and line.end > instant(self.since)]
        calm = [line for line in judged if not line.alarm]
        found = f"{len(judged) - len(calm)} of {len(judged)} judged windows"
        return (MET if judged and not calm else MISSED), found + (f"; calm {calm[0].said()}" if calm else "")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Silent(Watches):
    """No alarm in any window inside [since, until), but in those that touch one of the days in `either`."""
    since: str = ""
    until: str = "9999"
    either: tuple[str, ...] = ()

    def judge(self, lines):
        inside = [line for line in self.lines(lines) if self.since <= line.start and line.end <= instant(self.until)]
        inside = [line for line in inside if not any(line.start[:10] <= day < line.end[:10] for day in self.either)]
        alarms = sorted((line for line in inside if line.alarm), key=lambda line: (line.end, line.feature))
        windows = len({line.end for line in inside})
        if not alarms:
            return (MET if windows else MISSED), f"{windows} windows, no alarm"
        noisy = len({line.end for line in alarms})
        return FALSE, f"{noisy} of {windows} windows; first {alarms[0].feature} {alarms[0].said()}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Equals(Expectation):
    """A number of every window is what a straight loop over the file's rows gives; `want` is asked (start, end)."""
    feature: str
    method: str
    want: Callable[[str, str], float | None]
    of: str = "statistic"

    def judge(self, lines):
        seen = [line for line in lines if line.segment == "all" and (line.feature, line.method) == (self.feature, self.method)]
        for line in seen:
            got, want = getattr(line, self.of), self.want(line.start, line.end)
            if got is None or want is None or not math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-12):
                return MISSED, f"{line.start[:10]}: {got}, the file gives {want}"
        return (MET if seen else MISSED), f"{len(seen)} windows equal"
