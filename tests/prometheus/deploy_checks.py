"""What deploy/ ships for Prometheus and Alertmanager, held against the tools that will read it and against itself. No daemon runs here."""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import harness  # noqa: E402

DEPLOY = harness.ROOT / "deploy"
RULES = DEPLOY / "prometheus/driftd.rules.yaml"
ALERTMANAGER = DEPLOY / "alertmanager/alertmanager.yaml"
RULE_TESTS = ["rules_test.yaml", "rules_slow_test.yaml"]
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation", "When to silence"]


def tool(*words):
    """Exit code and everything a tool printed."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=5 * harness.DEADLINE, check=False)
    return done.returncode, done.stdout + done.stderr


def must_pass(*words):
    code, text = tool(*words)
    if code != 0:
        raise harness.Failure(f"{' '.join(str(word) for word in words)}: {text.strip()[-2000:]}")
    return text


def alert_names(rules=None):
    return re.findall(r"(?m)^ +- alert: (\w+)$", RULES.read_text() if rules is None else rules)


# ---- Rules ----


def rules_pass_promtool(bed):
    must_pass("promtool", "check", "rules", "--lint=all", "--lint-fatal", RULES)
    for name in RULE_TESTS:
        must_pass("promtool", "test", "rules", HERE / name)
    names = alert_names()
    if len(names) != len(set(names)) or not all(name.startswith("Driftd") for name in names):
        raise harness.Failure(f"names of alerts: {names}")
    return f"{len(names)} alerts"


def with_expression(text, expression):
    """The rules with this expression in place of every alert's, and at once."""
    text = re.sub(r"(?m)^( +)(keep_firing_for|for): .*\n", "", text)
    return re.sub(r"(?m)^(        )expr: (?:\|\n(?:          .*\n)+|.*\n)", rf"\1expr: {expression}\n", text)


def wrong_when(bed, expression, outcome):
    """The alerts of which a test failed in this way when all rules have this expression."""
    folder = bed.folder / "mutant"
    folder.mkdir(exist_ok=True)
    (folder / RULES.name).write_text(with_expression(RULES.read_text(), expression))
    found = set()
    for name in RULE_TESTS:
        (folder / name).write_text((HERE / name).read_text().replace("../../deploy/prometheus/", ""))
        found.update(re.findall(rf"alertname: (\w+), time: [^\n]*\n\s*{outcome}", tool("promtool", "test", "rules", folder / name)[1]))
    return found


def each_rule_has_a_loud_and_a_quiet_case(bed):
    """Rules that never fire must fail a test each, and so must rules that always do."""
    for what, seen in {"no test sees it fire": wrong_when(bed, "vector(0) > 1", r"exp:\[\n[^\]]*\], *\n\s*got:\[\]"),
                       "no test sees it quiet": wrong_when(bed, "vector(1)", r"exp:\[\]")}.items():
        if set(alert_names()) - seen:
            raise harness.Failure(f"{what}: {sorted(set(alert_names()) - seen)}")


def names_of_the_user_are_put_in(bed):
    """The sed of the file's head, as it is written there: the result passes, and nothing is left of the placeholders."""
    command = re.search(r"(?m)^#   (sed (?:.*\\\n#.*|.*))$", RULES.read_text())[1].replace("\\\n#", " ").split(">")[0]
    done = subprocess.run(["bash", "-c", command], cwd=RULES.parent, capture_output=True, text=True, check=True)
    body = "\n".join(line for line in done.stdout.splitlines() if not line.startswith("#"))
    left = re.findall(r'job="driftd"|https://\w+\.example', body)
    if left or 'job="streams"' not in body:
        raise harness.Failure(f"left after {command}: {left[:3]}")
    other = bed.folder / "other.rules.yaml"
    other.write_text(done.stdout)
    must_pass("promtool", "check", "rules", "--lint=all", "--lint-fatal", other)


# ---- Runbooks ----


def each_alert_has_its_runbook(bed):
    pages = {path.stem: path.read_text() for path in (DEPLOY / "runbooks").glob("Driftd*.md")}
    names = set(alert_names())
    if names != pages.keys():
        raise harness.Failure(f"without a runbook: {sorted(names - pages.keys())}; runbooks of no alert: {sorted(pages.keys() - names)}")
    for name, text in pages.items():
        headings = re.findall(r"(?m)^## (.*)$", text)
        if not text.startswith(f"# {name}\n") or headings != HEADINGS:
            raise harness.Failure(f"{name}.md: its title is its name, its headings are {HEADINGS}; here {headings}")
    linked = set(re.findall(r"runbook_url: 'https://driftd\.example/runbooks/(\w+)'", RULES.read_text()))
    if linked != names:
        raise harness.Failure(f"runbook_url and alerts differ: {sorted(linked ^ names)}")
    return f"{len(pages)} runbooks"


def promql_of_runbooks_parses(bed):
    """Every block of PromQL in a runbook, as promtool reads it."""
    queries = [(path.name, query.strip()) for path in sorted((DEPLOY / "runbooks").glob("*.md"))
               for query in re.findall(r"(?s)```promql\n(.*?)```", path.read_text())]
    rules = "groups:\n  - name: runbooks\n    rules:\n"
    for number, (name, query) in enumerate(queries):
        indented = query.replace("\n", "\n          ")
        rules += f"      - record: runbook:{re.sub('[^a-z]', '_', name.lower())}:q{number}\n        expr: |\n          {indented}\n"
    path = bed.folder / "runbooks.yaml"
    path.write_text(rules)
    must_pass("promtool", "check", "rules", path)
    return f"{len(queries)} queries"


# ---- Samples ----


def samples_pass_their_checkers(bed):
    must_pass("promtool", "check", "config", DEPLOY / "prometheus/prometheus.yaml")
    must_pass("amtool", "check-config", ALERTMANAGER)


def samples_route_as_they_say(bed):
    for labels, receiver in {"alertname=DriftdFeatureDrift monitor=rent severity=warning": "model-owners",
                             "alertname=DriftdFeatureDrift monitor=fraud-eu severity=critical": "fraud-team",
                             "alertname=DriftdReferenceStale monitor=fraud-eu severity=info": "mail",
                             "alertname=DriftdDown instance=a severity=critical": "operators"}.items():
        text = must_pass("amtool", "config", "routes", "test", "--config.file", ALERTMANAGER, f"--verify.receivers={receiver}", *labels.split())
        if receiver not in text:
            raise harness.Failure(f"{labels} goes to {text.strip()}, not to {receiver}")


def samples_name_alerts_that_exist(bed):
    named = set(re.findall(r"Driftd\w+", re.sub(r"(?m)#.*$", "", ALERTMANAGER.read_text())))
    if named - set(alert_names()):
        raise harness.Failure(f"inhibit_rules name alerts that no rule has: {sorted(named - set(alert_names()))}")


ALL = [rules_pass_promtool, each_rule_has_a_loud_and_a_quiet_case, names_of_the_user_are_put_in, each_alert_has_its_runbook,
       promql_of_runbooks_parses, samples_pass_their_checkers, samples_route_as_they_say, samples_name_alerts_that_exist]
