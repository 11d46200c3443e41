#!/usr/bin/env python3
"""Makes avro.jsonl: random schemas, values of them as fastavro writes them, and what a record's fields are.

    python3 -m venv V && V/bin/pip install fastavro==1.9.7 && V/bin/python tests/conformance/formats/avro.py >tests/conformance/formats/avro.jsonl

A line: {"schema": text, "payload": hex, "fields": [[path, kind, value]...]}, by path; kind is null, bool, int, double, text or none (present,
but no value a column can hold). Doubles that are not finite are the texts nan, inf and -inf. What fastavro reads back must be what was written.
"""
import datetime
import decimal
import io
import json
import random
import struct

import fastavro

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
TEXTS = ["", "a", "web", "Zürich", "日本", "🙂", "x" * 70, "tab\there", "\"quoted\""]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = 0

    def name(self, kind):
        self.names += 1
        return f"{kind}{self.names}"

    # A schema and, at once, how a value of it is made: a function to (value for fastavro, fields below `path`).
    def any_type(self, depth):
        kinds = ["null", "boolean", "int", "long", "float", "double", "bytes", "string", "enum", "fixed", "decimal", "timestamp", "date", "uuid"] * 2
        if depth > 0:
            kinds += ["array", "map", "record", "record", "nullable", "nullable", "union", "union", "list"]
        return getattr(self, self.random.choice(kinds))(depth)

    def null(self, _depth):
        return "null", lambda path: (None, [[path, "null", None]])

    def boolean(self, _depth):
        def make(path):
            value = self.random.random() < 0.5
            return value, [[path, "bool", value]]
        return "boolean", make

    def whole(self, bits):
        edge = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, 2 ** (bits - 1) - 1, -(2 ** (bits - 1))]
        return self.random.choice(edge) if self.random.random() < 0.5 else self.random.randrange(-(2 ** (bits - 1)), 2 ** (bits - 1))

    def integer(self, schema, bits):
        def make(path):
            value = self.whole(bits)
            return value, [[path, "int", value]]
        return schema, make

    def int(self, _depth):
        return self.integer("int", 32)

    def long(self, _depth):
        return self.integer(self.random.choice(["long", {"type": "long"}, {"type": "long", "logicalType": "of-another-world"}]), 62)

    def floating(self, schema, pack):
        def make(path):
            value = self.random.choice([0.0, -0.0, 1.5, 1e-310, 1e300, float("nan"), float("inf"), float("-inf"), self.random.gauss(0, 1e6)])
            try:
                value = struct.unpack(pack, struct.pack(pack, value))[0]
            except OverflowError:
                value = 3.0
            return value, [[path, "double", value]]
        return schema, make

    def float(self, _depth):
        return self.floating("float", "<f")

    def double(self, _depth):
        return self.floating("double", "<d")

    def bytes(self, _depth):
        return "bytes", lambda path: (self.random.randbytes(self.random.choice([0, 1, 5, 200])), [[path, "none", None]])

    def string(self, _depth):
        def make(path):
            value = self.random.choice(TEXTS)
            return value, [[path, "text", value]]
        return self.random.choice(["string", {"type": "string", "avro.java.string": "String"}]), make

    def uuid(self, _depth):
        def make(path):
            value = f"{self.random.getrandbits(32):08x}-0000-4000-8000-{self.random.getrandbits(48):012x}"
            return value, [[path, "text", value]]
        return {"type": "string"}, make

    def enum(self, _depth):
        symbols = [f"S{i}" for i in range(self.random.choice([1, 3, 80]))]

        def make(path):
            value = self.random.choice(symbols)
            return value, [[path, "text", value]]
        return {"type": "enum", "name": self.name("Enum"), "symbols": symbols}, make

    def fixed(self, _depth):
        size = self.random.choice([0, 1, 16])
        return {"type": "fixed", "name": self.name("Fixed"), "size": size}, lambda path: (self.random.randbytes(size), [[path, "none", None]])

    def decimal(self, _depth):
        precision, scale = self.random.choice([(4, 2), (9, 0), (18, 6), (38, 10), (38, 38)])
        schema = {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}
        if self.random.random() < 0.5:
            schema |= {"type": "fixed", "name": self.name("Money"), "size": 16}

        def make(path):
            digits = self.random.choice([1, precision])
            unscaled = self.random.randrange(-(10 ** digits) + 1, 10 ** digits)
            value = decimal.Decimal(unscaled).scaleb(-scale, decimal.Context(prec=60))
            return value, [[path, "double", float(value)]]
        return schema, make

    def timestamp(self, _depth):
        unit, factor = self.random.choice([("millis", 1000), ("micros", 1)])

        def make(path):
            us = self.random.randrange(0, 2 ** 50) // factor * factor
            return EPOCH + datetime.timedelta(microseconds=us), [[path, "int", us // factor]]
        return {"type": "long", "logicalType": f"timestamp-{unit}"}, make

    def date(self, _depth):
        def make(path):
            days = self.random.randrange(0, 40000)
            return datetime.date(1970, 1, 1) + datetime.timedelta(days=days), [[path, "int", days]]
        return {"type": "int", "logicalType": "date"}, make

    def array(self, depth):
        schema, item = self.any_type(depth - 1)
        return {"type": "array", "items": schema}, lambda path: ([item("")[0] for _ in range(self.random.choice([0, 1, 3, 70]))], [[path, "none", None]])

    def map(self, depth):
        schema, item = self.any_type(depth - 1)

        def make(path):
            return {f"{self.random.choice(TEXTS)}{i}": item("")[0] for i in range(self.random.choice([0, 1, 3]))}, [[path, "none", None]]
        return {"type": "map", "values": schema}, make

    # A list of records that holds itself.
    def list(self, _depth):
        name = self.name("List")
        schema = {"type": "record", "name": name, "fields": [{"name": "head", "type": "long"}, {"name": "tail", "type": ["null", name]}]}

        def make(path):
            value = None
            fields = []
            for level in reversed(range(self.random.choice([1, 2, 5]))):
                value = {"head": self.whole(62), "tail": value}
            node, at = value, path
            while node is not None:
                fields += [[at, "none", None], [at + ".head", "int", node["head"]]]
                if node["tail"] is None:
                    fields.append([at + ".tail", "null", None])
                node, at = node["tail"], at + ".tail"
            return value, fields
        return schema, make

    def record(self, depth):
        name = self.name("Record")
        members = [(f"f{i}", *self.any_type(depth - 1)) for i in range(self.random.randrange(0 if depth < 3 else 1, 6))]
        schema = {"type": "record", "name": name, "fields": [{"name": n, "type": s} for n, s, _ in members]}
        if self.random.random() < 0.3:
            schema["namespace"] = "some.where"

        def make(path):
            value, fields = {}, [[path, "none", None]]
            for member, _, of in members:
                value[member], below = of(f"{path}.{member}" if path else member)
                fields += below
            return value, fields
        return schema, make

    def nullable(self, depth):
        schema, of = self.any_type(depth - 1)
        while isinstance(schema, list) or schema == "null":
            schema, of = self.any_type(depth - 1)
        order = self.random.random() < 0.5

        def make(path):
            return (None, [[path, "null", None]]) if self.random.random() < 0.4 else of(path)
        return (["null", schema] if order else [schema, "null"]), make

    # Branches that fastavro tells apart by the value.
    def union(self, depth):
        branches = [self.boolean(depth), self.long(depth), self.double(depth), self.string(depth), self.record(max(depth - 1, 0))]
        branches = [(s, m) for s, m in branches if not isinstance(s, dict) or s["type"] == "record"]
        self.random.shuffle(branches)
        wholes = [i for i, (s, _) in enumerate(branches) if s == "long"]
        doubles = [i for i, (s, _) in enumerate(branches) if s == "double"]
        if wholes and doubles and doubles[0] < wholes[0]:  # a double takes integers too
            branches[doubles[0]], branches[wholes[0]] = branches[wholes[0]], branches[doubles[0]]

        def make(path):
            return self.random.choice(branches)[1](path)
        return [s for s, _ in branches], make


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def plain(field):
    path, kind, value = field
    finite = not isinstance(value, float) or value - value == 0
    return [path, kind, value if finite else str(value)]


def main():
    for seed in range(250):
        generator = Generator(seed)
        schema, make = generator.record(3)
        parsed = fastavro.parse_schema(schema)
        for _ in range(2):
            value, fields = make("")
            out = io.BytesIO()
            fastavro.schemaless_writer(out, parsed, value)
            if len(out.getvalue()) > 4000:
                continue
            back = fastavro.schemaless_reader(io.BytesIO(out.getvalue()), parsed, None)
            assert same(value, back), (schema, value, back)
            fields = [plain(field) for field in fields if field[0]]
            print(json.dumps({"schema": json.dumps(schema), "payload": out.getvalue().hex(), "fields": fields}, ensure_ascii=False))


if __name__ == "__main__":
    main()
