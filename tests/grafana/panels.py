"""Every query of the dashboards run on a Prometheus, a line for each panel, and every link into driftd's page followed."""

import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402
import queries  # noqa: E402


class Tally:
    """What was run and what is wrong. `listed`: what may have no data and must not have any, `either`: what may have some, with reasons; by
    (dashboard, panel, query), or (dashboard, "variable" or "annotation", name)."""

    def __init__(self, listed, either=()):
        self.listed_keys, self.either = listed, dict(either)
        self.panels = self.with_data = self.listed = 0
        self.queries = 0
        self.wrong = []

    def is_listed(self, key, empty):
        """Whether this one may be empty; one that may and is not, is wrong as well."""
        if key in self.either:
            return empty
        if empty and key not in self.listed_keys:
            self.wrong.append(f"{' / '.join(key)} has no data")
        elif not empty and key in self.listed_keys:
            self.wrong.append(f"{' / '.join(key)} has data: take it from the list")
        return empty and key in self.listed_keys


def panel_line(uid, panel, answers, tally):
    empty = [name for name, series in answers.items() if not series]
    listed = [name for name in answers if tally.is_listed((uid, panel["title"], name), name in empty)]
    tally.panels += 1
    tally.queries += len(answers)
    tally.with_data += not empty
    tally.listed += bool(listed) and len(listed) == len(empty)
    found = ", ".join(f"{name} {len(series)}" if series else f"{name} none" for name, series in answers.items())
    reasons = "; ".join(sorted({({**tally.listed_keys, **tally.either})[uid, panel["title"], name] for name in listed}))
    print(f"  {uid} / {panel['title']}: series {found}{' (' + reasons + ')' if reasons else ''}", flush=True)


def follow_links(uid, panel, series, values, daemon, tally):
    """Every link of a panel into driftd's page, from its first series."""
    for url in queries.page_links(panel):
        try:
            path = queries.link_path(url, series["metric"], values, int(time.time() * 1000))
        except KeyError as label:
            tally.wrong.append(f"{uid} / {panel['title']}: its link needs {label}")
            continue
        status, _ = daemon.get(path, daemon.port)
        if status != 200:
            tally.wrong.append(f"{uid} / {panel['title']}: {path} answers {status}")


def answered(target, choices, api, period):
    """Series of a query under the first choice of a user that has any; and that choice."""
    for values in choices:
        series = queries.run(target["expr"], target.get("instant", False), values, api, period)
        if series:
            return series, values
    return [], choices[0]


def run_panel(uid, panel, choices, watched, tally):
    daemon, api, period = watched
    answers, first = {}, None
    for target in panel["targets"]:
        series, values = answered(target, choices, api, period)
        answers[target["refId"]] = series
        if series and first is None:
            first = series[0], values
    panel_line(uid, panel, answers, tally)
    if first:
        follow_links(uid, panel, *first, daemon, tally)


def run_dashboard(dashboard, watched, tally):
    _, api, period = watched
    uid = dashboard["uid"]
    choices, options = queries.choices(dashboard, api, period)
    for name, found in options.items():
        tally.is_listed((uid, "variable", name), not found)
    print(f"  {uid}, choices: " + ", ".join(f"{name} {len(found)}" for name, found in options.items()), flush=True)
    for panel in queries.panels(dashboard):
        run_panel(uid, panel, choices, watched, tally)
    for annotation in dashboard["annotations"]["list"]:
        marks, _ = answered(annotation["target"], choices, api, period)
        tally.is_listed((uid, "annotation", annotation["name"]), not marks)
        print(f"  {uid} / annotation {annotation['name']}: series {len(marks)}", flush=True)


def run_all(folder, watched, tally):
    """Every dashboard of a folder on (a Driftd with its port, an Api, a Period); the totals, or Failure."""
    for file in sorted(pathlib.Path(folder).glob("*.json")):
        run_dashboard(json.loads(file.read_text()), watched, tally)
    if tally.wrong:
        raise harness.Failure("\n    ".join([f"{len(tally.wrong)} are not as they should be:", *tally.wrong]))
    return f"{tally.panels} panels run, {tally.queries} queries, {tally.with_data} panels with data, {tally.listed} listed"
