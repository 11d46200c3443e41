// A Protobuf schema as plain values: the .proto text of a registry, parsed and linked by Google's library, which no record ever meets.
// Imports come from the schema's references, the library's own well-known files and confluent/type/decimal.proto. Options of extensions
// are left out (they change no byte), and so is an import that is not found, unless one of its types is used.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "daemon/source/writer_schema.h"

namespace driftd {

enum class ProtobufKind : std::uint8_t {
  kDouble,
  kFloat,
  kInt32,
  kInt64,
  kUint32,
  kUint64,
  kSint32,
  kSint64,
  kFixed32,
  kFixed64,
  kSfixed32,
  kSfixed64,
  kBool,
  kEnum,
  kString,
  kBytes,
  kMessage,
  kGroup,
};

enum class WellKnown : std::uint8_t { kNone, kTimestamp, kWrapper };  // google.protobuf.Timestamp; DoubleValue and its like

inline constexpr std::uint32_t kNoOneof = UINT32_MAX;

struct ProtobufField {
  std::string name;  // as in the .proto
  std::uint32_t number = 0;
  ProtobufKind kind = ProtobufKind::kDouble;
  bool repeated = false;
  bool has_presence = false;       // absent is not the same as its default
  std::uint32_t oneof = kNoOneof;  // of its message
  std::uint32_t of = 0;            // kMessage: index into messages; kEnum: into enums
};

struct ProtobufMessage {
  WellKnown well_known = WellKnown::kNone;
  std::vector<ProtobufField> fields;
};

struct ProtobufSchema {
  std::vector<ProtobufMessage> messages;  // the first is the record's; one that holds itself points at itself
  std::vector<std::map<std::int32_t, std::string>> enums;
};

// path: which message of the file, inside which (its indexes, from the outermost). The error is one line for the operator.
std::expected<ProtobufSchema, std::string> parse_protobuf_schema(const WriterSchema& schema, std::span<const std::uint32_t> path);

}  // namespace driftd
