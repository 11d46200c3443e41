"""A receiver of webhooks that misbehaves as it is told: keeps every request, answers by script. Standard library only."""

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """answer(n, request) of the n-th request (from 0) gives (status, headers, body), or seconds to be silent for."""

    def __init__(self, answer=lambda n, request: (200, {}, b""), port=0, certificate=None):
        self.requests = []
        self.lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                request = {"path": self.path, "headers": dict(self.headers.items()), "body": body, "at": time.monotonic()}
                with receiver.lock:
                    number = len(receiver.requests)
                    receiver.requests.append(request)
                reply = answer(number, request)
                if isinstance(reply, (int, float)):
                    time.sleep(reply)
                    return
                request["status"] = reply[0]
                self.send_response(reply[0])
                for name, value in {"Content-Length": str(len(reply[2])), **reply[1]}.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(reply[2])
                except OSError:
                    pass  # the client has read enough

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that breaks off, or that no TLS comes from, is what tests are about
        self.scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path="/hook", host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    def all(self):
        with self.lock:
            return list(self.requests)

    def taken(self):
        """Requests that were answered with 2xx, by Idempotency-Key."""
        by_key = {}
        for request in self.all():
            if 200 <= request.get("status", 0) < 300:
                by_key.setdefault(request["headers"]["Idempotency-Key"], []).append(request)
        return by_key

    def events(self):
        """The CloudEvents that were taken, by id."""
        return {key: json.loads(requests[0]["body"]) for key, requests in self.taken().items()}

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def signature(secret, request):
    """What Standard Webhooks want in webhook-signature, computed by Python."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{request['headers']['webhook-id']}.{request['headers']['webhook-timestamp']}.".encode() + request["body"]
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
