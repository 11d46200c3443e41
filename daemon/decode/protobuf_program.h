// A Protobuf message and the fields that are read, compiled to tables by field number: a record's bytes are walked once, what is read is
// noted, and when all of it was seen (of a field that comes twice the last counts, and absent may mean a default) it goes to its columns.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/decode/planned_fields.h"
#include "daemon/decode/protobuf_schema.h"

namespace driftd {

enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kGroup = 3, kGroupEnd = 4, kFixed32 = 5 };

inline constexpr std::uint32_t kNoNode = UINT32_MAX;

// A value that is noted, and where it goes.
struct WireLeaf {
  enum class Meaning : std::uint8_t { kValue, kPresent, kTimestamp };
  ProtobufKind kind = ProtobufKind::kDouble;
  Meaning meaning = Meaning::kValue;  // kPresent: there is no value a column can hold; kTimestamp: of node `node`, seconds and nanos
  bool has_presence = true;           // false: absent, where its message is there, means 0, false or ""
  std::uint32_t node = 0;             // message that holds it
  std::uint32_t enumeration = 0;
  const Field* field = nullptr;  // of the plan; null: noted for kTimestamp
};

struct WireField {
  std::uint32_t tag = 0;                         // number and wire type, as in the bytes
  std::uint32_t leaf = kNoNode, node = kNoNode;  // what is noted; the message to walk into; both may be
  std::uint32_t oneof = kNoOneof;                // index into WireProgram::oneofs
};

struct WireNode {
  std::vector<WireField> fields;  // by tag
};

// What a oneof's members hold: when another member comes, it is forgotten.
struct WireOneof {
  struct Member {
    std::uint32_t number, first_leaf, end_leaf, first_node, end_node;
  };
  std::vector<Member> members;
};

struct WireProgram {
  std::vector<WireNode> nodes;  // the first is the record
  std::vector<WireLeaf> leaves;
  std::vector<WireOneof> oneofs;
  std::vector<std::map<std::int32_t, std::string>> enums;
};

// `fields` must outlive the program.
WireProgram compile_protobuf(ProtobufSchema schema, const PlannedField& fields);

}  // namespace driftd
