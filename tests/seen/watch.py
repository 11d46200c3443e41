"""What became of every alert while a stack ran: its states in Prometheus, in Alertmanager and at the receivers."""

import collections
import re
import threading

import harness


class Watch:
    """Looks at a running stack twice a second until close(), and once more then."""

    def __init__(self, stack):
        self.stack = stack
        self.seen = collections.defaultdict(dict)  # (alert, its labels) -> what happened, in the order of its first time
        self.problems = {}                         # rule -> last error of its evaluation
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.stopping.wait(0.5):
            try:
                self._look()
            except (harness.Failure, OSError, ValueError):
                continue  # a server that is ending, or busy for a moment

    def _look(self):
        for rule in self.stack.rules():
            if rule["health"] == "err":
                self.problems[rule["name"]] = rule.get("lastError", "")
            for alert in rule.get("alerts", []):
                self._note(alert["labels"], alert["state"])
        for alert in self.stack.alerts():
            self._note(alert["labels"], {"active": "shown by Alertmanager", "suppressed": "held back"}.get(alert["status"]["state"], "new"))
        for path, message in list(self.stack.messages):
            for alert in message["alerts"]:
                self._note(alert["labels"], f"{path.strip('/')} heard {alert['status']}")

    def _note(self, labels, what):
        identity = tuple(sorted((key, value) for key, value in labels.items() if key not in ("alertname", "job", "severity")))
        self.seen[labels["alertname"], identity].setdefault(what)

    def close(self):
        self.stopping.set()
        self.thread.join(timeout=harness.DEADLINE)
        self._look()

    def of(self, name):
        """Every alert of a name: (labels as text, [what happened])."""
        return [(" ".join(f"{key}={value}" for key, value in labels), list(seen)) for (alert, labels), seen in sorted(self.seen.items())
                if alert == name]


def metrics_of(query):
    """The metrics that a rule's query reads."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}', "", query)
    return sorted(set(re.findall(r"\b(driftd_\w+|process_\w+|up)\b", bare)))
