"""A schema registry (Confluent's REST API, as far as consumers use it) that can be told to misbehave, and records as its clients write them.

Rows of the usual workload become Avro or Protobuf; the encoders here are checked against the real libraries by tests/conformance/formats.
"""

import http.server
import json
import struct
import threading
import time

KIND = json.dumps({"type": "record", "name": "Kind", "namespace": "shared", "fields": [{"name": "note", "type": ["null", "string"]}]})
AVRO_OLD = json.dumps({"type": "record", "name": "Row", "fields": [{"name": "x", "type": "double"}, {"name": "country", "type": "string"}]})
AVRO_NEW = json.dumps({"type": "record", "name": "Row", "fields": [
    {"name": "kind", "type": "shared.Kind"}, {"name": "tags", "type": {"type": "array", "items": "string"}},
    {"name": "country", "type": ["null", {"type": "enum", "name": "Country", "symbols": ["US", "FR", "DE"]}]}, {"name": "x", "type": ["double", "null"]}]})
PROTO_KIND = 'syntax = "proto3"; package shared; message Kind { string note = 1; }'
PROTO_OLD = 'syntax = "proto3"; message Row { double x = 1; string country = 2; }'
PROTO_NEW = ('syntax = "proto3"; import "kind.proto"; message Other {} message Row { shared.Kind kind = 1; repeated string tags = 2;'
             ' double x = 7; enum Country { US = 0; FR = 1; DE = 2; } Country country = 300; }')
SCHEMAS = {  # by id: (type, text, references)
    1: ("AVRO", AVRO_OLD, []), 2: ("AVRO", AVRO_NEW, [("shared.Kind", "kind/avro", 1)]),
    3: ("PROTOBUF", PROTO_OLD, []), 4: ("PROTOBUF", PROTO_NEW, [("kind.proto", "kind-proto", 1)])}
SUBJECTS = {("kind%2Favro", "1"): ("AVRO", KIND), ("kind-proto", "1"): ("PROTOBUF", PROTO_KIND)}
UNKNOWN_ID = 99


class Registry:
    """Answers by `mode`: ok, 500, garbage, hang, 401, refuse (the port is closed)."""

    def __init__(self):
        self.mode, self.asked, self.login = "ok", [], None
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                registry.asked.append(self.path)
                status, body = registry.answer(self.path, self.headers.get("Authorization"))
                if status is None:
                    return
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.handler = Handler
        self.server, self.port = None, 0
        self.open()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def open(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def set(self, mode):
        if mode == "refuse":
            self.close()
        elif self.server is None:
            self.open()
        self.mode = mode

    def answer(self, path, login):
        if self.mode == "hang":
            deadline = time.monotonic() + 60
            while self.mode == "hang" and time.monotonic() < deadline:
                time.sleep(0.05)
            return None, b""
        if self.mode == "500":
            return 500, b'{"error_code":50001,"message":"Error in the backend data store"}'
        if self.mode == "garbage":
            return 200, b"<html>welcome</html>"
        if self.mode == "401" or (self.login and login != self.login):
            return 401, b'{"error_code":401,"message":"Unauthorized"}'
        return self.lookup(path.split("?")[0].strip("/").split("/"))

    @staticmethod
    def lookup(parts):
        def found(kind, text, references=()):
            body = {"schema": text, **({} if kind == "AVRO" else {"schemaType": kind})}
            if references:
                body["references"] = [dict(zip(("name", "subject", "version"), each)) for each in references]
            return 200, json.dumps(body).encode()

        if parts == ["schemas", "types"]:
            return 200, b'["AVRO","PROTOBUF","JSON"]'
        if parts[:2] == ["schemas", "ids"] and parts[2].isdigit() and int(parts[2]) in SCHEMAS:
            return found(*SCHEMAS[int(parts[2])])
        if parts[:2] == ["schemas", "ids"]:
            return 404, b'{"error_code":40403,"message":"Schema not found"}'
        if parts[0] == "subjects" and (parts[1], parts[3]) in SUBJECTS:
            return found(*SUBJECTS[parts[1], parts[3]])
        return 404, b'{"error_code":404,"message":"HTTP 404 Not Found"}'


# ---- Records ----


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def zigzag(value):
    return varint(value << 1 ^ value >> 63)


def text(value):
    return zigzag(len(value.encode())) + value.encode()


def blob(number, value):
    return varint(number << 3 | 2) + varint(len(value)) + value


def frame(schema_id):
    return b"\0" + struct.pack(">i", schema_id)


def as_avro(row, value):
    """Every third row by the newer schema."""
    x = struct.pack("<d", value["x"])
    if row % 3:
        return frame(1) + x + text(value["country"])
    country = zigzag(["US", "FR", "DE"].index(value["country"]))
    tags = zigzag(2) + text("a") + text("b") + zigzag(0) if row % 2 else zigzag(0)
    return frame(2) + zigzag(1) + text("note") + tags + zigzag(1) + country + zigzag(0) + x


def as_protobuf(row, value):
    x = struct.pack("<d", value["x"])
    if row % 3:
        return frame(3) + b"\0" + varint(1 << 3 | 1) + x + blob(2, value["country"].encode())
    country = ["US", "FR", "DE"].index(value["country"])
    number = varint(300 << 3) + varint(country) if country else b""  # the first is what absent means
    return frame(4) + zigzag(1) + zigzag(1) + blob(1, blob(1, b"note")) + blob(2, b"tag") + varint(7 << 3 | 1) + x + number


ENCODERS = {"avro": as_avro, "protobuf": as_protobuf}


def escaped(payload):
    return "".join(f"\\x{byte:02x}" for byte in payload)


def lines_of(kind, first, lines):
    """`MS<tab>JSON` lines, of rows from `first` on, for kafka_tool produce-bytes."""
    out = []
    for row, line in enumerate(lines, first):
        time_ms, value = line.rstrip("\n").split("\t")
        out.append(f"{time_ms}\t{escaped(ENCODERS[kind](row, json.loads(value)))}\n")
    return out
