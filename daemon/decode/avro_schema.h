// An Avro schema as a graph of types: https://avro.apache.org/docs/1.11.1/specification/ "Schema Declaration" and "Logical Types".
// Only what the bytes of a record need is kept; defaults, aliases and documentation are for readers with a schema of their own. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "daemon/source/writer_schema.h"

namespace driftd {

enum class AvroKind : std::uint8_t {
  kNull,
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kBytes,
  kString,
  kFixed,
  kEnum,
  kRecord,
  kArray,
  kMap,
  kUnion,
};

// A logical type that does not fit its type, or that is not known, is none: so the specification wants it.
enum class AvroLogical : std::uint8_t { kNone, kDecimal, kDate, kMillis, kMicros, kNanos };

using AvroTypeId = std::uint32_t;  // index into AvroSchema::types

struct AvroField {
  std::string name;
  AvroTypeId type = 0;
};

struct AvroType {
  AvroKind kind = AvroKind::kNull;
  AvroLogical logical = AvroLogical::kNone;
  std::uint32_t scale = 0;           // kDecimal
  std::uint64_t bytes = 0;           // kFixed
  std::vector<std::string> symbols;  // kEnum
  std::vector<AvroField> fields;     // kRecord
  std::vector<AvroTypeId> parts;     // kUnion: branches; kArray, kMap: what is in it
};

struct AvroSchema {
  std::vector<AvroType> types;  // a type that holds itself points at itself
  AvroTypeId root = 0;
};

// References first, so that the schema may name their types. The error is one line for the operator.
std::expected<AvroSchema, std::string> parse_avro_schema(const WriterSchema& schema);

}  // namespace driftd
