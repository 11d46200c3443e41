"""A set's files through `driftd reference build` and `driftd replay`."""

import csv
import dataclasses
import gzip
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402

from expectation import Line  # noqa: E402


@dataclasses.dataclass(frozen=True)
class Monitor:
    """A monitor of the set's configuration, how its reference is built, and the files it replays."""
    name: str
    reference: str  # rows; frozen to NAME.ref, which the configuration names
    files: tuple[str, ...]
    build: tuple[str, ...] = ()  # options of `reference build`
    labels: str = ""


@dataclasses.dataclass(frozen=True)
class Replayed:
    lines: list[Line]
    fired: int  # alerts that opened


def read_rows(path):
    """The header and the rows of a set's file, as lists of text."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        rows = csv.reader(text)
        return next(rows), list(rows)


def write_rows(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header, *rows])


def columns(header, rows, wanted):
    """The header and rows with the wanted columns only."""
    places = [header.index(name) for name in wanted]
    return list(wanted), [[row[place] for place in places] for row in rows]


def without(header, *unwanted):
    return [name for name in header if name not in unwanted]


def driftd(folder, *arguments):
    done = subprocess.run([harness.DRIFTD, *arguments], cwd=folder, capture_output=True, text=True, timeout=harness.DEADLINE, check=False)
    if done.returncode != 0:
        raise harness.Failure(f"driftd {arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def replay(folder, config, monitor):
    """Builds the monitor's reference in `folder` and replays its files; the folder holds them all."""
    (folder / "driftd.yaml").write_text(config, encoding="utf-8")
    driftd(folder, "reference", "build", monitor.reference, "-o", f"{monitor.name}.ref", "--time", "event_time", *monitor.build)
    labels = ["--labels", monitor.labels] if monitor.labels else []
    driftd(folder, "replay", *monitor.files, *labels, "-c", "driftd.yaml", "--monitor", monitor.name, "--windows", "windows.jsonl",
           "--events", "events.jsonl")
    lines = [Line.read(json.loads(line)) for line in (folder / "windows.jsonl").read_text(encoding="utf-8").splitlines()]
    events = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return Replayed(lines, sum(".firing." in json.loads(event)["type"] for event in events))
