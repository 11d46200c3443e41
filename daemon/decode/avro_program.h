// An Avro schema and the fields that are read, compiled to a flat list of steps that run straight over the bytes of a record: what is
// read goes to its columns, the rest is stepped over. A writer's schema is all there is, so nothing is resolved.
// Reading stops at what a column can hold: an array, a map, bytes and a fixed are present, but have no value (wrong_type).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "daemon/decode/avro_schema.h"
#include "daemon/decode/planned_fields.h"

namespace driftd {

enum class AvroStep : std::uint8_t {
  kSkipBytes,  // a: how many
  kSkipInt,
  kSkipLong,
  kSkipBoolean,
  kSkipText,  // checked to be UTF-8
  kSkipBlob,  // a length, then bytes
  kSkipEnum,  // a: symbols
  kBoolean,   // from here on for `field`
  kInt,
  kLong,
  kFloat,
  kDouble,
  kText,
  kEnum,          // a: index into AvroProgram::symbols
  kTime,          // a: TimeUnit
  kDate,          // days
  kDecimalBlob,   // b: scale
  kDecimalFixed,  // a: bytes, b: scale
  kNull,          // takes no bytes
  kPresent,       // likewise: something that is no value
  kNumber,        // a double that is read as a number and nothing else; b: 0, or 1 for one of a union with null, whose branch byte is a
  kUnion,         // a: first entry in targets, b: branches
  kJump,          // a: to
  kBlocks,        // of an array or map: the steps up to a are an item; b: 0, or 1 for items that take no bytes
  kCall,          // a: type whose steps over it are in routines
  kReturn,
};

struct AvroOp {
  AvroStep step = AvroStep::kNull;
  std::uint32_t a = 0, b = 0;
  const Field* field = nullptr;  // of the plan
};

struct AvroProgram {
  std::vector<AvroOp> ops;              // the record's, ended by kReturn; then those of routines
  std::vector<std::uint32_t> targets;   // of unions
  std::vector<std::uint32_t> routines;  // by type: where the steps over one begin
  std::vector<std::vector<std::string>> symbols;
};

// `fields` must outlive the program. The error is one line for the operator. Cost: the size of the schema, once an id.
std::expected<AvroProgram, std::string> compile_avro(const AvroSchema& schema, const PlannedField& fields);

}  // namespace driftd
