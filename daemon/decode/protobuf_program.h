// A Protobuf message and the fields that are read, compiled to tables by field number: a record's bytes are walked once, what is read is
// noted, and when all of it was seen (of a field that comes twice the last counts, and absent may mean a default) it goes to its columns.
// Doubles that are read as numbers and nothing else, outside of oneofs, go there at once: whatever comes later just takes their place.
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
  std::uint16_t prefix = 0;                      // of a number: the bytes of its tag, the first the lowest
  std::uint8_t prefix_bytes = 0;                 // how many; 0: more than two
  const Field* number = nullptr;                 // of the plan: what goes to its column at once
};

struct WireNode {
  std::vector<WireField> fields;      // by tag
  std::vector<std::uint32_t> zeroed;  // columns of numbers that are 0 where they are absent
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
