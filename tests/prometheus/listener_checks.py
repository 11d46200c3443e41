"""A listener beyond loopback as one would set it up: certificates, logins, a token; Prometheus and curl as its clients, right and wrong."""

import functools
import json
import pathlib
import socket
import ssl
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "e2e"), str(HERE.parent / "kafka")]
import cases  # noqa: E402
import harness  # noqa: E402
import secure_broker  # noqa: E402

USER, PASSWORD = "prometheus", "correct horse"
HASH = "$2b$10$3wJmmcQbNJ3qdxSrRsr2G.44guZ33ubiw6L28qmn1O6JhN7CNyoVy"  # of PASSWORD, as htpasswd -B writes it
TOKEN = "0123456789abcdef" * 4


class SecureListener:
    """A driftd with TLS, a login to read and a token to write, and the files of its clients."""

    def __init__(self, bed, broker, clients=False):
        self.certificates = secure_broker.Certificates(bed.folder / "certificates")  # broker: of the host localhost; driftd: of a client
        self.ca, self.other_ca = self.file("ca.pem"), self.file("other-ca.pem")
        self.logins, self.token, self.password = (str(bed.folder / name) for name in ("logins", "token", "password"))
        pathlib.Path(self.logins).write_text(f"# who may read\n{USER}:{HASH}\n")
        pathlib.Path(self.token).write_text(TOKEN + "\n")
        pathlib.Path(self.password).write_text(PASSWORD)
        keys = {"tls": {"cert_file": self.file("broker.crt"), "key_file": self.file("broker.key")}}
        if clients:
            keys["tls"]["client_ca_file"] = self.ca
        else:
            keys |= {"basic_auth_file": self.logins, "token_file": self.token}
        self.daemon = cases.driftd_at(bed, broker.address)
        self.plain = self.daemon.config.read_text()
        self.use(keys)
        self.keys = keys

    def use(self, keys):
        more = "".join(f"{key}: {json.dumps(value)}, " for key, value in keys.items())
        self.daemon.config.write_text(self.plain.replace("http: {listen:", f"http: {{{more}listen:"))

    def file(self, name):
        return self.certificates.path(name)

    def curl(self, path, *words, host="localhost"):
        """(exit code of curl, status, body)."""
        done = subprocess.run(["curl", "-sS", "--max-time", "20", "-w", "\n%{http_code}", *words, f"https://{host}:{self.daemon.port}{path}"],
                              capture_output=True, text=True, timeout=harness.DEADLINE, check=False)
        body, _, status = done.stdout.rpartition("\n")
        return done.returncode, int(status or 0), body

    def start(self, *words):
        self.daemon.start()
        harness.wait_for("driftd is ready", lambda: self.curl("/-/ready", "--cacert", self.ca, *words)[1] == 200)
        return self


def under(prometheus, test):
    """The test with the class of run's Prometheus, which is no module."""
    named = functools.partial(test, prometheus)
    named.__name__ = test.__name__
    return named


def states(server, want):
    """Waits until each job is up, or down after a scrape, as wanted."""
    for job, up in want.items():
        harness.wait_for(f"up of {job} is {up}", lambda: server.value(f'up{{job="{job}"}}') == up)


# ---- Prometheus ----


def prometheus_scrapes_with_tls_and_a_login(prometheus, bed):
    listener = SecureListener(bed, cases.on_mock(bed, cases.TOPICS)).start()
    secure = {"scheme": "https", "tls_config": {"ca_file": listener.ca, "server_name": "localhost"}}
    login = {"username": USER, "password_file": listener.password}
    jobs = {"by_login": (1, secure | {"basic_auth": login}),
            "by_token": (1, secure | {"authorization": {"credentials_file": listener.token}}),
            "wrong_password": (0, secure | {"basic_auth": {"username": USER, "password": "wrong"}}),
            "wrong_token": (0, secure | {"authorization": {"credentials": "wrong"}}),
            "no_login": (0, secure),
            "other_authority": (0, secure | {"basic_auth": login, "tls_config": {"ca_file": listener.other_ca, "server_name": "localhost"}}),
            "other_host": (0, secure | {"basic_auth": login, "tls_config": {"ca_file": listener.ca, "server_name": "drift.example"}}),
            "in_clear": (0, {"basic_auth": login})}
    server = bed.add(prometheus(bed.folder / "prometheus", listener.daemon.port, {name: keys for name, (_, keys) in jobs.items()}))
    states(server, {name: up for name, (up, _) in jobs.items()})
    # What was refused is counted, by status and without a route.
    refused = 'max(driftd_http_requests_total{job="by_login",route="",code="401"})'
    harness.wait_for("refused requests are counted", lambda: (server.value(refused) or 0) >= 3)
    return f"{sum(up for up, _ in jobs.values())} jobs up, {sum(not up for up, _ in jobs.values())} down, as they should be"


def prometheus_scrapes_with_a_client_certificate(prometheus, bed):
    listener = SecureListener(bed, cases.on_mock(bed, cases.TOPICS), clients=True)
    own = {"cert_file": listener.file("driftd.crt"), "key_file": listener.file("driftd.key")}
    stranger = {"cert_file": listener.file("stranger.crt"), "key_file": listener.file("stranger.key")}
    listener.start("--cert", own["cert_file"], "--key", own["key_file"])
    tls = {"ca_file": listener.ca, "server_name": "localhost"}
    jobs = {name: {"scheme": "https", "tls_config": tls | files} for name, files in (("known", own), ("stranger", stranger), ("nobody", {}))}
    server = bed.add(prometheus(bed.folder / "prometheus", listener.daemon.port, jobs))
    states(server, {"known": 1, "stranger": 0, "nobody": 0})


# ---- curl ----


def curl_gets_what_it_may(bed):
    listener = SecureListener(bed, cases.on_mock(bed, cases.TOPICS)).start()
    ca, login, bearer = ["--cacert", listener.ca], ["-u", f"{USER}:{PASSWORD}"], ["-H", f"Authorization: Bearer {TOKEN}"]
    post = ["-X", "POST", "-d", "x"]
    untrusted, old = 60, 35  # exit codes of curl
    rows = {"health needs no login": ("/-/healthy", ca, (0, 200)),
            "login": ("/metrics", [*ca, *login], (0, 200)),
            "token": ("/metrics", [*ca, *bearer], (0, 200)),
            "TLS 1.2": ("/metrics", [*ca, *login, "--tls-max", "1.2"], (0, 200)),
            "HTTP/2 offered": ("/metrics", [*ca, *login, "--http2"], (0, 200)),
            "no login": ("/metrics", ca, (0, 401)),
            "wrong password": ("/metrics", [*ca, "-u", f"{USER}:x"], (0, 401)),
            "unknown user": ("/metrics", [*ca, "-u", f"x:{PASSWORD}"], (0, 401)),
            "wrong token": ("/metrics", [*ca, "-H", f"Authorization: Bearer {TOKEN}x"], (0, 401)),
            "the page": ("/", ca, (0, 401)),
            "write without a token": ("/-/reload", [*ca, *post], (0, 401)),
            "write with a login": ("/-/reload", [*ca, *post, *login], (0, 401)),
            "write with a wrong token": ("/-/reload", [*ca, *post, "-H", "Authorization: Bearer x"], (0, 401)),
            "an authority that is not trusted": ("/metrics", login, (untrusted, 0)),
            "another authority": ("/metrics", ["--cacert", listener.other_ca, *login], (untrusted, 0)),
            "TLS 1.1": ("/metrics", [*ca, *login, "--tls-max", "1.1"], (old, 0))}
    for what, (path, words, want) in rows.items():
        code, status, _ = listener.curl(path, *words)
        cases.expect(what, (code, status), want)
    cases.expect("another host", listener.curl("/metrics", *ca, *login, host="127.0.0.1")[0], untrusted)
    _, _, body = listener.curl("/api/v1/monitors", *ca)
    cases.expect("an error of the API", json.loads(body), {"status": "error", "errorType": "unauthorized", "error": "unauthorized"})
    clear = subprocess.run(["curl", "-sS", f"http://localhost:{listener.daemon.port}/metrics"], capture_output=True, text=True, timeout=60, check=False)
    cases.expect("a request in clear", clear.stdout, "this listener speaks TLS: ask with https://\n")
    _, _, stream = listener.curl("/api/v1/events", *ca, *login, "--max-time", "2")
    cases.has("the stream of events", stream, ["retry: "])
    log = listener.daemon.log.read_text()
    cases.has("the log", log, ["event=login_refused", "event=token_refused"])
    for secret in (TOKEN, PASSWORD, HASH, "x:" + PASSWORD):
        cases.expect(f"{secret} in the log", secret in log, False)
    masked = listener.curl("/api/v1/status/config", *ca, *login)[2]
    cases.expect("secrets in the configuration shown", [secret for secret in (TOKEN, PASSWORD, HASH) if secret in masked], [])
    cases.expect("exit code", listener.daemon.terminate()[0], 0)
    return f"{len(rows)} requests"


def cpu_seconds(daemon):
    fields = pathlib.Path(f"/proc/{daemon.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def a_known_login_costs_no_hash(bed):
    """CPU of the first check of a password, of 50 scrapes with it, and of 50 wrong guesses."""
    listener = SecureListener(bed, cases.on_mock(bed, cases.TOPICS)).start()
    login = ["--cacert", listener.ca, "-u", f"{USER}:{PASSWORD}"]

    def cpu(action):
        before = cpu_seconds(listener.daemon)
        action()
        return cpu_seconds(listener.daemon) - before

    def scrapes():
        for _ in range(50):
            cases.expect("a scrape", listener.curl("/metrics", *login)[1], 200)

    first = cpu(lambda: listener.curl("/metrics", *login))
    known = cpu(scrapes)
    start = time.monotonic()
    answers = [listener.curl("/metrics", "--cacert", listener.ca, "-u", f"{USER}:guess {number}")[1] for number in range(20)]
    took = time.monotonic() - start
    again = cpu(lambda: [listener.curl("/metrics", "--cacert", listener.ca, "-u", f"{USER}:guess {number}") for number in range(20)])
    cases.expect("guesses", set(answers) <= {401, 503}, True)
    if known > 25 * max(first, 0.04):
        raise harness.Failure(f"50 scrapes take {known:.2f} s of CPU, the check of one password {first:.2f} s")
    return f"CPU: first login {first * 1000:.0f} ms, 50 scrapes {known * 1000:.0f} ms; 20 guesses in {took:.1f} s, the same again {again * 1000:.0f} ms of CPU"


def half_open_handshakes(bed):
    """500 clients that stop in the middle of a TLS handshake; what /metrics takes beside them and without them."""
    listener = SecureListener(bed, cases.on_mock(bed, cases.TOPICS)).start()
    listener.curl("/metrics", "--cacert", listener.ca, "-u", f"{USER}:{PASSWORD}")
    context = ssl.create_default_context(cafile=listener.ca)
    request = (f"GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n").encode()

    def scrape():
        with socket.create_connection(("127.0.0.1", listener.daemon.port), timeout=30) as raw, \
                context.wrap_socket(raw, server_hostname="localhost") as client:
            client.sendall(request)
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        cases.expect("/metrics", answer[:12], b"HTTP/1.1 200")

    opening = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
    return "p99 of a TLS connection and /metrics " + cases.beside_half_open(listener.daemon.port, opening, scrape, 100)


# ---- What is refused at the start and by check ----


def a_listener_that_cannot_serve_is_refused(bed):
    listener = SecureListener(bed, cases.on_mock(bed, cases.TOPICS))
    files, listen = listener.keys["tls"], f"127.0.0.1:{listener.daemon.port}"
    short = bed.folder / "short"
    short.write_text("too-short\n")
    rows = {"expired": ({"tls": {"cert_file": listener.file("expired.crt"), "key_file": listener.file("expired.key")}},
                        f"http.tls.cert_file: the certificate in {listener.file('expired.crt')} expired at 2020-02-01T00:00:00Z; renew it"),
            "key of another": ({"tls": files | {"key_file": listener.file("driftd.key")}},
                               f"http.tls.key_file: the key in {listener.file('driftd.key')} is not that of the first certificate in "
                               f"{files['cert_file']}; take the pair that was made together"),
            "no such file": ({"tls": files | {"cert_file": "/nowhere/c.pem"}}, "http.tls.cert_file: cannot read /nowhere/c.pem: No such file or directory"),
            "short token": ({"token_file": str(short)}, f"http.token_file: the token in {short} has 9 bytes, and 32 is the least"),
            "no hash": ({"basic_auth_file": str(short)}, f"http.basic_auth_file: {short}: line 1: expected user:hash"),
            "open to all": ({"listen": "0.0.0.0:0"}, "http.listen: other machines reach 0.0.0.0:0: set http.tls.cert_file and key_file, and "
                            "http.basic_auth_file or http.tls.client_ca_file; or set http.allow_insecure to true")}
    for what, (keys, message) in rows.items():
        listener.use({key: value for key, value in keys.items() if key != "listen"})
        if "listen" in keys:
            listener.daemon.config.write_text(listener.plain.replace(listen, keys["listen"]))
        for verb in (["check", "--offline"], ["run"]):
            done = subprocess.run([harness.DRIFTD, *verb, "-c", str(listener.daemon.config)], capture_output=True, text=True, timeout=60, check=False)
            cases.expect(f"exit code of {verb[0]}, {what}", done.returncode, 78)
            cases.has(f"{verb[0]}, {what}", done.stdout + done.stderr, [message])
    listener.use({})
    done = subprocess.run([harness.DRIFTD, "run", "-c", str(listener.daemon.config), "--listen", "[::]:0"], capture_output=True, text=True,
                          timeout=60, check=False)
    cases.expect("exit code of run --listen", done.returncode, 78)
    cases.has("run --listen", done.stderr, ["--listen: other machines reach [::]:0"])
    listener.use(listener.keys)
    done = subprocess.run([harness.DRIFTD, "check", "--offline", "-c", str(listener.daemon.config)], capture_output=True, text=True, timeout=60, check=False)
    cases.expect("exit code of a good one", done.returncode, 0)
    cases.has("what check says", done.stdout, [f"listener https://{listen}: who has a login may read, who has the token may change things"])
    cases.has("the warning of its end", done.stderr, ["the certificate in " + files["cert_file"] + " expires at "])  # it is of two days
    return f"{len(rows)} cases, by check and by run"


WITH_PROMETHEUS = [prometheus_scrapes_with_tls_and_a_login, prometheus_scrapes_with_a_client_certificate]
ALL = [curl_gets_what_it_may, a_known_login_costs_no_hash, half_open_handshakes, a_listener_that_cannot_serve_is_refused]
