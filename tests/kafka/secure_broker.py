"""A real broker with every login that driftd knows, and what it needs: certificates, tokens, users, permissions.

Certificates and keys are made here by openssl for each run; nothing of them is kept. The plain listener's user may do
everything (it is the super user); every other user may do what grant() says.
"""

import base64
import concurrent.futures
import http.server
import json
import subprocess
import threading
import time

from harness import Failure, RealBroker, tool

PLAIN_USERS = {name: f"{name}-canary" for name in ("alice", "no-topic", "no-read", "no-group", "no-alerts", "without-rights")}
SCRAM_USERS = {"bob": "bob-canary"}
CLIENT_ID, CLIENT_SECRET = "driftd-service", "client-secret-canary"
AUDIENCE = "kafka"
KEY_ID = "test-key"


def openssl(folder, *args, text=None):
    done = subprocess.run(["openssl", *args], cwd=folder, input=text, capture_output=True, check=False)
    if done.returncode != 0:
        raise Failure(f"openssl {args[0]}: {done.stderr.decode().strip()}")
    return done.stdout


class Certificates:
    """In `folder`: two authorities (ca, other-ca), and what they signed."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        for authority in ("ca", "other-ca"):
            openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN=test-{authority}", "-keyout",
                    f"{authority}.key", "-out", f"{authority}.pem")
        self.sign("broker", "localhost", "ca", names="DNS:localhost")
        self.sign("driftd", "driftd", "ca")
        self.sign("stranger", "driftd", "other-ca")
        # `openssl ca` is the one subcommand of every version that signs with dates of the past.
        self.sign("expired", "localhost", "ca", names="DNS:localhost", dates=("20200101000000Z", "20200201000000Z"))

    def path(self, name):
        return str(self.folder / name)

    def sign(self, name, subject, authority, names=None, dates=None):
        openssl(self.folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={subject}", "-keyout", f"{name}.key", "-out",
                f"{name}.csr")
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\n" if names else "basicConstraints=CA:FALSE\n")
        if dates:
            (self.folder / "index.txt").write_text("")
            (self.folder / "ca.cnf").write_text("[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\nnew_certs_dir=.\ndefault_md=sha256\n"
                                                "rand_serial=yes\npolicy=any\n[any]\ncommonName=supplied\n")
            openssl(self.folder, "ca", "-batch", "-config", "ca.cnf", "-cert", f"{authority}.pem", "-keyfile", f"{authority}.key", "-in",
                    f"{name}.csr", "-out", f"{name}.crt", "-notext", "-startdate", dates[0], "-enddate", dates[1], "-extfile",
                    extensions.name)
        else:
            openssl(self.folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
                    "-CAcreateserial", "-days", "2", "-out", f"{name}.crt", "-extfile", extensions.name)
        parts = [f"{name}.key", f"{name}.crt", f"{authority}.pem"]
        (self.folder / f"{name}.pem").write_text("".join((self.folder / part).read_text() for part in parts))


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class TokenEndpoint:
    """An OIDC token endpoint on loopback: client credentials in, a token signed by its key out."""

    def __init__(self, folder):
        self.folder = folder
        openssl(folder, "genrsa", "-out", "token.key", "2048")
        modulus = openssl(folder, "rsa", "-in", "token.key", "-noout", "-modulus").decode().strip().removeprefix("Modulus=")
        self.keys = folder / "jwks.json"
        key = {"kty": "RSA", "kid": KEY_ID, "use": "sig", "alg": "RS256", "n": url64(bytes.fromhex(modulus)), "e": "AQAB"}
        self.keys.write_text(json.dumps({"keys": [key]}))
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                want = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
                known = self.headers.get("Authorization") == want
                body = json.dumps({"access_token": endpoint.token(self.path), "token_type": "Bearer", "expires_in": 300} if known else
                                  {"error": "invalid_client", "error_description": "the client is not known"}).encode()
                self.send_response(200 if known else 401)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/{AUDIENCE}"  # the path is the audience
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, path):
        now = int(time.time())
        head = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
        claims = {"sub": CLIENT_ID, "aud": path.strip("/"), "iss": "driftd-test", "iat": now, "exp": now + 300, "scope": "kafka"}
        signed = url64(json.dumps(head).encode()) + "." + url64(json.dumps(claims).encode())
        return signed + "." + url64(openssl(self.folder, "dgst", "-sha256", "-sign", "token.key", text=signed.encode()))

    def close(self):
        self.server.shutdown()
        self.server.server_close()


# Listeners beside PLAINTEXT (+0) and CONTROLLER (+1): name, security protocol, port's distance, own settings.
SASL = "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER"
LISTENERS = (("SASLP", "SASL_PLAINTEXT", 2), ("SASLS", "SASL_SSL", 3), ("TLS", "SSL", 4), ("MTLS", "SSL", 5), ("EXPIRED", "SSL", 6))
PORTS = 2 + len(LISTENERS)


def sasl_settings(listener, keys):
    module = "org.apache.kafka.common.security"
    users = " ".join(f'user_{name}="{password}"' for name, password in PLAIN_USERS.items())
    at = f"listener.name.{listener}"
    return [f"{at}.plain.sasl.jaas.config={module}.plain.PlainLoginModule required {users};",
            f"{at}.scram-sha-256.sasl.jaas.config={module}.scram.ScramLoginModule required;",
            f"{at}.scram-sha-512.sasl.jaas.config={module}.scram.ScramLoginModule required;",
            f"{at}.oauthbearer.sasl.jaas.config={module}.oauthbearer.OAuthBearerLoginModule required;",
            f"{at}.oauthbearer.sasl.server.callback.handler.class={module}.oauthbearer.OAuthBearerValidatorCallbackHandler",
            f"{at}.oauthbearer.sasl.oauthbearer.jwks.endpoint.url=file://{keys}",
            f"{at}.oauthbearer.sasl.oauthbearer.expected.audience={AUDIENCE}"]


def properties(port, certificates, keys):
    own = ",".join(f"{name}://localhost:{port + distance}" for name, _, distance in LISTENERS)
    protocols = ",".join(f"{name}:{protocol}" for name, protocol, _ in LISTENERS)
    return "\n".join([
        f"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1}," + own.replace("localhost", "127.0.0.1"),
        f"advertised.listeners=PLAINTEXT://127.0.0.1:{port},{own}",
        f"listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,{protocols}",
        "inter.broker.listener.name=PLAINTEXT",
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users=User:ANONYMOUS",
        SASL,
        f"sasl.oauthbearer.jwks.endpoint.url=file://{keys}",
        f"sasl.oauthbearer.expected.audience={AUDIENCE}",
        *sasl_settings("saslp", keys), *sasl_settings("sasls", keys),
        "ssl.keystore.type=PEM", f"ssl.keystore.location={certificates.path('broker.pem')}",
        "ssl.truststore.type=PEM", f"ssl.truststore.location={certificates.path('ca.pem')}",
        "listener.name.mtls.ssl.client.auth=required",
        "listener.name.expired.ssl.keystore.type=PEM",
        f"listener.name.expired.ssl.keystore.location={certificates.path('expired.pem')}"]) + "\n"


class SecureBroker:
    """One broker for all the login cases. `at(listener)` is its address there, by a name that its certificate holds."""

    def __init__(self, folder):
        self.certificates = Certificates(folder / "certificates")
        self.tokens = TokenEndpoint(folder / "certificates")
        keys = self.tokens.keys
        self.broker = RealBroker(folder / "kafka", {}, ports=PORTS, jvm=f"-XX:TieredStopAtLevel=1 "
                                 f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=file://{keys}",
                                 properties=lambda port: properties(port, self.certificates, keys))
        self.address = self.broker.address
        for user, password in SCRAM_USERS.items():
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
                self.add_user(user, password, mechanism)

    def at(self, listener, host="localhost"):
        distance = {name: distance for name, _, distance in LISTENERS}[listener]
        return f"{host}:{self.broker.port + distance}"

    def add_user(self, user, password, mechanism):
        tool("add-scram-user", self.address, user, mechanism, password)

    def grant(self, user, kind, name, operation):
        """kind: topic or group; operation: Read, Write or Describe."""
        tool("grant", self.address, user, kind, name, operation)

    def grant_all(self, grants):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda grant: self.grant(*grant), grants))

    def close(self):
        self.broker.close()
        self.tokens.close()
