#!/usr/bin/env python3
"""Makes protobuf.jsonl: random .proto files, messages of them as Google's Python library writes them, and what a message's fields are.

    python3 -m venv V && V/bin/pip install protobuf==4.25.5 && V/bin/python tests/conformance/formats/protobuf.py >tests/conformance/formats/protobuf.jsonl

Needs protoc (3.21.12). A line is as in avro.py, with the kind absent too; every other payload is two messages one behind the other, which is
one message, merged. The fields are what the library reads back from the payload.
"""
import json
import math
import pathlib
import random
import subprocess
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor as Field

SCALARS = ["double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string",
           "bytes"]
WRAPPERS = ["DoubleValue", "FloatValue", "Int64Value", "UInt64Value", "Int32Value", "UInt32Value", "BoolValue", "StringValue"]
TEXTS = ["", "a", "web", "Zürich", "日本", "🙂", "x" * 70]


class Proto:
    """The text of a file whose first message is Root."""

    def __init__(self, generator):
        self.random = generator
        self.syntax = generator.choice(["proto3", "proto3", "proto2"])
        body = self.message("Root", 2)
        imports = ["google/protobuf/timestamp.proto", "google/protobuf/wrappers.proto"]
        self.text = f'syntax = "{self.syntax}";\npackage t.p;\n' + "".join(f'import "{i}";\n' for i in imports) + 'option java_package = "x";\n' + body

    def message(self, name, depth):
        lines, number = [], 0
        inner = [f"M{depth}_{i}" for i in range(self.random.randrange(1, 3))] if depth > 0 else []
        enum = f"E{depth}"
        zero = 0 if self.syntax == "proto3" or self.random.random() < 0.5 else 5
        lines.append(f"enum {enum} {{ option allow_alias = true; {enum}_A = {zero}; {enum}_B = 1; {enum}_C = 1; {enum}_D = -7; }}")
        lines += [self.message(each, depth - 1) for each in inner]
        types = SCALARS + [enum, name] + inner * 4 + ["google.protobuf.Timestamp"] * 2 + [f"google.protobuf.{w}" for w in self.random.sample(WRAPPERS, 3)]

        def field(of, label=""):
            nonlocal number
            number += self.random.choice([1, 1, 1, 1, 20, 3000])
            return f"{label}{of} f{number} = {number};"

        for _ in range(self.random.randrange(2, 8)):
            of = self.random.choice(types)
            roll = self.random.random()
            if roll < 0.15:
                lines.append(field(of, "repeated "))
            elif roll < 0.25:
                lines.append(field(f"map<{self.random.choice(['string', 'int32'])}, {self.random.choice(SCALARS)}>"))
            elif roll < 0.4:
                lines.append(f"oneof o{number} {{ " + " ".join(field(self.random.choice(types)) for _ in range(3)) + " }")
            else:
                label = "optional " if self.syntax == "proto2" or self.random.random() < 0.3 else ""
                lines.append(field(of, label))
        return f"message {name} {{\n" + "\n".join(lines) + "\n}"


def load(text, number):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"p{number}.proto"
        path.write_text(text)
        subprocess.run(["protoc", f"-I{folder}", "--include_imports", f"--descriptor_set_out={folder}/out", str(path)], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString((pathlib.Path(folder) / "out").read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("t.p.Root"))


class Values:
    def __init__(self, generator):
        self.random = generator

    def scalar(self, field):
        kind, pick = field.cpp_type, self.random.choice
        if kind in (Field.CPPTYPE_INT32, Field.CPPTYPE_INT64):
            bits = 32 if kind == Field.CPPTYPE_INT32 else 64
            return pick([0, 1, -1, 127, 128, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)), self.random.randrange(-(2 ** 31), 2 ** 31)])
        if kind in (Field.CPPTYPE_UINT32, Field.CPPTYPE_UINT64):
            return pick([0, 1, 127, 128, 2 ** (32 if kind == Field.CPPTYPE_UINT32 else 64) - 1])
        if kind in (Field.CPPTYPE_DOUBLE, Field.CPPTYPE_FLOAT):
            return pick([0.0, -0.0, 1.5, math.nan, math.inf, -math.inf, self.random.gauss(0, 1e6)])
        if kind == Field.CPPTYPE_BOOL:
            return pick([True, False])
        if kind == Field.CPPTYPE_ENUM:
            known = [value.number for value in field.enum_type.values]
            return pick(known if field.enum_type.is_closed else [*known, 99])
        return self.random.randbytes(pick([0, 3, 200])) if field.type == Field.TYPE_BYTES else pick(TEXTS)

    def fill(self, message, depth):
        for field in message.DESCRIPTOR.fields:
            if self.random.random() < 0.4:
                continue
            if field.message_type and field.message_type.GetOptions().map_entry:
                key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
                getattr(message, field.name)[self.scalar(key)] = self.scalar(value)
            elif field.label == Field.LABEL_REPEATED:
                for _ in range(self.random.choice([1, 3])):
                    if field.message_type:
                        self.fill(getattr(message, field.name).add(), depth + 1) if depth < 4 else None
                    else:
                        getattr(message, field.name).append(self.scalar(field))
            elif field.message_type:
                getattr(message, field.name).SetInParent()
                if depth < 4:
                    self.fill(getattr(message, field.name), depth + 1)
            else:
                setattr(message, field.name, self.scalar(field))


def plain(path, field, value):
    if field.cpp_type == Field.CPPTYPE_ENUM:
        name = field.enum_type.values_by_number.get(value)
        first = next((v.name for v in field.enum_type.values if v.number == value), None)
        return [path, "text", first] if name else [path, "int", value]
    if field.type == Field.TYPE_BYTES:
        return [path, "none", None]
    if isinstance(value, bool):
        return [path, "bool", value]
    if isinstance(value, float):
        return [path, "double", value if math.isfinite(value) else str(value)]
    return [path, "int" if isinstance(value, int) else "text", value]


def flatten(message, descriptor, path, depth):
    """message None: it is not there, and so nothing in it is."""
    out = []
    for field in descriptor.fields:
        at = f"{path}.{field.name}" if path else field.name
        value = None if message is None else getattr(message, field.name)
        if field.label == Field.LABEL_REPEATED:
            out.append([at, "none" if value else "absent", None])
        elif field.message_type:
            there = message is not None and message.HasField(field.name)
            if field.message_type.full_name.startswith("google.protobuf.") and field.message_type.name in WRAPPERS:
                out.append(plain(at, field.message_type.fields_by_name["value"], value.value) if there else [at, "absent", None])
                continue
            out.append([at, "none" if there else "absent", None])
            if depth < 3:
                out += flatten(value if there else None, field.message_type, at, depth + 1)
        elif message is None or (field.has_presence and not message.HasField(field.name)):
            out.append([at, "absent", None])
        else:
            out.append(plain(at, field, value))
    return out


def main():
    for seed in range(120):
        generator = random.Random(seed)
        text = Proto(generator).text
        kind = load(text, seed)
        values = Values(generator)
        for pair in range(2):
            payload = b""
            for _ in range(1 + pair):
                message = kind()
                values.fill(message, 0)
                payload += message.SerializeToString()
            fields = flatten(kind.FromString(payload), kind.DESCRIPTOR, "", 0)
            if len(payload) < 3000 and 0 < len(fields) < 120:
                print(json.dumps({"schema": text, "payload": payload.hex(), "fields": fields}, ensure_ascii=False))


if __name__ == "__main__":
    main()
