"""Every login on the real broker, right and wrong. One broker with all listeners serves all cases; each is a test of its own.

A right one is ready and reads. A wrong one: `driftd check` ends with 69 and names the step, a running daemon answers 503 with
the same words and goes on trying, at a bounded rate; both within seconds, and no secret is in anything it said.
The table in README.md is made from CASES: `tests/kafka/run --login-table` prints it, a test compares.
"""

import dataclasses
import re
import time

import cases
import secure_broker
from harness import ROOT, Driftd, Failure, config_of, free_port, metric, stream_lines, tool, wait_for

ROWS = 2000  # three windows
SECRETS = {**secure_broker.PLAIN_USERS, **secure_broker.SCRAM_USERS, "wrong": "wrong-pw-canary", "newcomer": "newcomer-pw",
           secure_broker.CLIENT_ID: secure_broker.CLIENT_SECRET}


@dataclasses.dataclass
class Case:
    name: str
    mechanism: str  # for people: what the table's first column says
    listener: str
    says: str = ""  # "" = right; else how the message begins
    user: str = ""
    secret_of: str = ""  # whose password file is used: user's own when empty
    ca: str = "ca.pem"
    certificate: str = ""
    host: str = "localhost"
    protocol: str = ""  # the listener's when empty
    token_url: str = ""


TLS_ALERT = "TLS: the broker does not take our certificate: check cert_file and key_file, and that it trusts who signed them"
PASSWORD = "SASL: check username, password_file and mechanism under kafka.security"
NO_TOKEN = "SASL: no token was given out: check token_url, client_id and client_secret_file under kafka.security.oauth"

CASES = [
    Case("right", "none", "PLAINTEXT"),
    Case("nobody listens", "none", "NOBODY", "TCP: check kafka.brokers, that a broker listens there, and that kafka.security.protocol is its listener's"),
    Case("name unknown", "none", "PLAINTEXT", "DNS: no address is known for the name: check kafka.brokers, the brokers' advertised.listeners, and DNS",
         host="nowhere.invalid"),
    Case("right", "TLS", "TLS"),
    Case("CA of others", "TLS", "TLS", "TLS: set kafka.security.ca_file to the authority that signed it", ca="other-ca.pem"),
    Case("other host name", "TLS", "TLS", "TLS: name the broker in kafka.brokers and in its advertised.listeners as its certificate does",
         host="127.0.0.1"),
    Case("broker's certificate expired", "TLS", "EXPIRED", "TLS: renew it"),
    Case("listener without TLS", "TLS", "SASLP", "TLS: the listener does not speak TLS: correct kafka.security.protocol or the port",
         protocol="SSL"),
    Case("right", "TLS, client certificate", "MTLS", certificate="driftd"),
    Case("no client certificate", "TLS, client certificate", "MTLS", TLS_ALERT),
    Case("certificate of a stranger", "TLS, client certificate", "MTLS", TLS_ALERT, certificate="stranger"),
    Case("right", "SASL PLAIN", "SASLP", user="alice"),
    Case("right", "SASL PLAIN over TLS", "SASLS", user="alice"),
    Case("wrong password", "SASL PLAIN", "SASLP", PASSWORD, user="alice", secret_of="wrong"),
    Case("right", "SCRAM-SHA-256", "SASLP", user="bob"),
    Case("wrong password", "SCRAM-SHA-256", "SASLP", PASSWORD, user="bob", secret_of="wrong"),
    Case("right", "SCRAM-SHA-512 over TLS", "SASLS", user="bob"),
    Case("wrong password", "SCRAM-SHA-512 over TLS", "SASLS", PASSWORD, user="bob", secret_of="wrong"),
    Case("user unknown", "SCRAM-SHA-512", "SASLP", PASSWORD, user="nobody", secret_of="wrong"),
    Case("right", "OAUTHBEARER (OIDC)", "SASLP", user=secure_broker.CLIENT_ID),
    Case("right", "OAUTHBEARER (OIDC) over TLS", "SASLS", user=secure_broker.CLIENT_ID),
    Case("wrong client secret", "OAUTHBEARER (OIDC)", "SASLP", NO_TOKEN, user=secure_broker.CLIENT_ID, secret_of="wrong"),
    Case("token endpoint away", "OAUTHBEARER (OIDC)", "SASLP", NO_TOKEN, user=secure_broker.CLIENT_ID, token_url="http://127.0.0.1:1/kafka"),
    Case("token for another audience", "OAUTHBEARER (OIDC)", "SASLP", "SASL: the broker does not take the token: check its issuer, audience and scope",
         user=secure_broker.CLIENT_ID, token_url="other"),
    Case("no Read on the topic", "ACL", "SASLP", "ACL: allow the user Read on the topic", user="no-topic"),
    Case("Describe alone on the topic", "ACL", "SASLP", "ACL: allow the user Read on the topic", user="no-read"),
    Case("no Read on the group", "ACL", "SASLP", "ACL: allow the user Read on the group, or set kafka.group to one it may use", user="no-group"),
    Case("no Write on the alerts topic", "ACL", "SASLP", "ACL: allow the user Write on the topic", user="no-alerts"),
]


def table():
    rows = ["| login | case | driftd says |", "|---|---|---|"]
    rows += [f"| {case.mechanism} | {case.name} | {case.says or 'ok'} |" for case in CASES]
    return "\n".join(rows) + "\n"


MECHANISMS = {"SASL PLAIN": "PLAIN", "ACL": "PLAIN", "SCRAM-SHA-256": "SCRAM-SHA-256", "SCRAM-SHA-512": "SCRAM-SHA-512",
              "OAUTHBEARER (OIDC)": "OAUTHBEARER"}
RIGHTS = [("topic", "rows", "Read"), ("group", "driftd", "Read"), ("topic", "events", "Write")]
MISSING = {"no-topic": RIGHTS[:1], "no-read": RIGHTS[:1], "no-group": RIGHTS[1:2], "no-alerts": RIGHTS[2:]}


class Site:
    """The broker, with topics, users and rights; secrets in files."""

    def __init__(self, bed):
        self.folder = bed.folder / "site"
        self.folder.mkdir()
        self.broker = bed.add(secure_broker.SecureBroker(self.folder))
        for topic, partitions in (("rows", 2), ("events", 1)):
            tool("create-topic", self.broker.address, topic, partitions)
        users = ["alice", "bob", "CN=driftd", secure_broker.CLIENT_ID, *MISSING]
        self.broker.grant_all([("no-read", "topic", "rows", "Describe")] +
                              [(user, *right) for user in users for right in RIGHTS if right not in MISSING.get(user, [])])
        for name, secret in SECRETS.items():
            (self.folder / f"{name}.secret").write_text(secret + "\n")
        tool("produce", self.broker.address, "rows", 2, text="".join(stream_lines(0, ROWS)))

    def secret(self, name):
        return str(self.folder / f"{name}.secret")

    def address(self, case):
        if case.listener == "NOBODY":
            return f"127.0.0.1:{free_port()}"
        return self.broker.address.replace("127.0.0.1", case.host) if case.listener == "PLAINTEXT" else self.broker.at(case.listener, case.host)

    def security(self, case):
        protocol = {"SASLP": "SASL_PLAINTEXT", "SASLS": "SASL_SSL", "PLAINTEXT": "PLAINTEXT", "NOBODY": "PLAINTEXT"}.get(case.listener, "SSL")
        keys = {"protocol": case.protocol or protocol}
        path = self.broker.certificates.path
        if keys["protocol"].endswith("SSL"):
            keys["ca_file"] = path(case.ca)
        if case.certificate:
            keys |= {"cert_file": path(f"{case.certificate}.crt"), "key_file": path(f"{case.certificate}.key")}
        if not case.user:
            return keys
        keys["mechanism"] = MECHANISMS[case.mechanism.removesuffix(" over TLS")]
        secret = self.secret(case.secret_of or case.user)
        if keys["mechanism"] != "OAUTHBEARER":
            return keys | {"username": case.user, "password_file": secret}
        url = case.token_url or "kafka"
        url = url if "://" in url else self.broker.tokens.url.replace("kafka", url)
        return keys | {"oauth": {"token_url": url, "client_id": case.user, "client_secret_file": secret}}

    def daemon(self, folder, case, level="info", debug=""):
        port = free_port()
        text = config_of(folder, self.address(case), port, security=self.security(case), top=f"log: {{level: {level}}}\n")
        if debug:
            text = text.replace("librdkafka: {", f'librdkafka: {{debug: "{debug}", ')
        daemon = Driftd(folder, text)
        daemon.port = port
        return daemon


def said(daemon):
    """Everything that a daemon shows: log, answers, state."""
    parts = [daemon.log.read_text(errors="replace")]
    parts += [daemon.get(path, daemon.port)[1] for path in ("/-/ready", "/metrics", "/api/v1/status/streams", "/")]
    parts += [file.read_bytes().decode("latin-1") for file in daemon.folder.glob("state/*") if file.is_file()]
    return "\n".join(parts)


def no_secret(what, text):
    for name, secret in SECRETS.items():
        if secret in text:
            raise Failure(f"{what} tells the secret of {name}")


def not_ready(daemon, words):
    """Waits until /-/ready answers 503 with these words; the line."""
    def answer():
        status, body = daemon.get("/-/ready", daemon.port)
        if daemon.process.poll() is not None:
            raise Failure(f"driftd ended with {daemon.process.returncode}: {daemon.last_lines(3)}")
        return next((line for line in body.splitlines() if words in line), None) if status == 503 else None

    try:
        return wait_for(f"/-/ready says {words!r}", answer)
    except Failure as failure:
        raise Failure(f"{failure}; it says {daemon.get('/-/ready', daemon.port)}") from None


def is_ready(daemon):
    try:
        wait_for("/-/ready answers 200", lambda: daemon.get("/-/ready", daemon.port)[0] == 200)
    except Failure as failure:
        raise Failure(f"{failure}; it says {daemon.get('/-/ready', daemon.port)}") from None


def reads_and_writes(daemon):
    is_ready(daemon)
    value = lambda name, label="": metric(daemon.get("/metrics", daemon.port)[1], name, label)
    wait_for("every row is read", lambda: value("driftd_kafka_records_consumed_total") == ROWS)
    wait_for("windows are delivered", lambda: value("driftd_alert_deliveries_total", 'result="ok"') > 0)


def check_says(daemon, words):
    code, _, errors = cases.run_check(daemon.config)
    if code != (69 if words else 0) or words not in errors:
        raise Failure(f"check ended with {code} and {errors!r}, not {words!r}")
    no_secret("check", errors)


def try_login(site, folder, case):
    daemon = site.daemon(folder, case)
    try:
        start = time.monotonic()
        daemon.start()
        check_says(daemon, case.says)
        if case.says:
            not_ready(daemon, case.says)
            wait_for("a few attempts", lambda: time.monotonic() - start > 4)
            lines = daemon.log.read_text().count("event=kafka_error")
            allowed = 3 * (1 + (time.monotonic() - start) // 10)
            if lines > allowed:
                raise Failure(f"{lines} error lines in {time.monotonic() - start:.0f} s")
            not_ready(daemon, case.says)
        else:
            reads_and_writes(daemon)
        no_secret("driftd", said(daemon))
    finally:
        daemon.close()


def recovers(site, folder, case, steps):
    """One daemon through all steps: says `words`, then `repair` is done. At the end it is ready."""
    daemon = site.daemon(folder, case)
    try:
        daemon.start()
        for words, repair in steps:
            not_ready(daemon, words)
            repair()
        reads_and_writes(daemon)
    finally:
        daemon.close()


def a_user_created_later_logs_in(site, folder):
    def create():
        for right in RIGHTS:
            site.broker.grant("newcomer", *right)
        site.broker.add_user("newcomer", SECRETS["newcomer"], "SCRAM-SHA-512")

    recovers(site, folder, Case("user unknown", "SCRAM-SHA-512", "SASLP", user="newcomer"), [(PASSWORD, create)])


def rights_granted_later_are_taken(site, folder):
    steps = [(f"ACL: allow the user {right[2]} on the {right[0]}", lambda right=right: site.broker.grant("without-rights", *right))
             for right in RIGHTS]
    recovers(site, folder, Case("no rights", "SASL PLAIN", "SASLP", user="without-rights"), steps)


def secrets_are_never_said(site, folder):
    for number, case in enumerate(case for case in CASES if case.user and case.listener == "SASLP"):
        daemon = site.daemon(folder / str(number), case, level="debug", debug="generic,broker,topic,metadata,feature,msg,protocol,cgrp")
        try:
            daemon.start()
            not_ready(daemon, case.says) if case.says else reads_and_writes(daemon)
            no_secret(f"{case.mechanism}, {case.name}", said(daemon))
        finally:
            daemon.close()


def table_is_in_the_readme(_site, _folder):
    if table() not in (ROOT / "README.md").read_text():
        raise Failure("README.md has another table of logins: put in what `tests/kafka/run --login-table` prints")


def name_of(case):
    return re.sub("[^a-z0-9]+", "_", f"login {case.mechanism} {case.name}".lower()).strip("_")


def tests():
    """(name, function(site, folder)); they run beside each other on one site."""
    listed = [(name_of(case), lambda site, folder, case=case: try_login(site, folder, case)) for case in CASES]
    more = [a_user_created_later_logs_in, rights_granted_later_are_taken, secrets_are_never_said, table_is_in_the_readme]
    return listed + [(test.__name__, test) for test in more]
