#include "daemon/decode/protobuf_program.h"

#include <algorithm>
#include <utility>

namespace driftd {
namespace {

WireType wire_type(ProtobufKind kind) {
  using enum ProtobufKind;
  switch (kind) {
    case kDouble:
    case kFixed64:
    case kSfixed64: return WireType::kFixed64;
    case kFloat:
    case kFixed32:
    case kSfixed32: return WireType::kFixed32;
    case kString:
    case kBytes:
    case kMessage: return WireType::kBytes;
    case kGroup: return WireType::kGroup;
    default: return WireType::kVarint;
  }
}

std::uint32_t tag_of(std::uint32_t number, WireType type) { return number << 3 | static_cast<std::uint32_t>(type); }

class Compiler {
 public:
  Compiler(const ProtobufSchema& schema, WireProgram& program) : schema_(schema), program_(program) {}

  // A node for the message, with all that is read of it.
  std::uint32_t node(std::uint32_t message, const PlannedField& planned) {
    const auto index = static_cast<std::uint32_t>(program_.nodes.size());
    program_.nodes.emplace_back();
    std::map<std::uint32_t, std::uint32_t> oneofs;  // of the message -> of the program
    for (const ProtobufField& field : schema_.messages[message].fields) {
      const PlannedField* child = planned.child(field.name);
      if (child != nullptr && child->read() && field.oneof != kNoOneof) oneofs.emplace(field.oneof, kNoOneof);
    }
    for (auto& [own, at] : oneofs) {
      at = static_cast<std::uint32_t>(program_.oneofs.size());
      program_.oneofs.emplace_back();
    }
    for (const ProtobufField& field : schema_.messages[message].fields) {
      const PlannedField* child = planned.child(field.name);
      const bool read = child != nullptr && child->read();
      const auto oneof = oneofs.find(field.oneof);
      if (!read && oneof == oneofs.end()) continue;
      const Size before = size();
      WireField wire;
      oneofs_around_ += oneof != oneofs.end();
      if (read) wire = read_field(index, field, *child);
      oneofs_around_ -= oneof != oneofs.end();
      wire.tag = tag_of(field.number, wire_type(field.kind));
      if (oneof != oneofs.end()) {
        wire.oneof = oneof->second;
        program_.oneofs[oneof->second].members.push_back({field.number, before.leaves, size().leaves, before.nodes, size().nodes});
      }
      add(index, field, wire);
    }
    std::ranges::sort(program_.nodes[index].fields, {}, &WireField::tag);
    return index;
  }

 private:
  struct Size {
    std::uint32_t leaves, nodes;
  };
  Size size() const { return {static_cast<std::uint32_t>(program_.leaves.size()), static_cast<std::uint32_t>(program_.nodes.size())}; }

  static bool holds_value(const Field& field) {
    return field.numeric != kNoColumn || field.category != kNoColumn || field.event_time || field.prediction || field.label ||
           field.event_id;
  }

  std::uint32_t leaf(WireLeaf leaf) {
    program_.leaves.push_back(leaf);
    return size().leaves - 1;
  }

  // Repeated fields may come packed or not, whatever the schema says.
  void add(std::uint32_t index, const ProtobufField& field, WireField wire) {
    program_.nodes[index].fields.push_back(wire);
    const std::uint32_t packed = tag_of(field.number, WireType::kBytes);
    if (!field.repeated || wire.tag == packed) return;
    wire.tag = packed;
    program_.nodes[index].fields.push_back(wire);
  }

  WireField read_field(std::uint32_t node_index, const ProtobufField& field, const PlannedField& planned) {
    using enum WireLeaf::Meaning;
    WireField wire;
    const bool value = holds_value(planned.field);
    const bool opaque = field.repeated || field.kind == ProtobufKind::kBytes || field.kind == ProtobufKind::kGroup;
    if (opaque) {
      const bool has_presence = field.repeated || field.has_presence;
      if (value) wire.leaf = leaf({field.kind, kPresent, has_presence, node_index, 0, &planned.field});
      return wire;
    }
    if (field.kind == ProtobufKind::kDouble && planned.field.reads == Reads::kNumber && oneofs_around_ == 0) {
      return number(node_index, field, planned.field);
    }
    if (field.kind != ProtobufKind::kMessage) {
      if (value) wire.leaf = leaf({field.kind, kValue, field.has_presence, node_index, field.of, &planned.field});
      return wire;
    }
    const ProtobufMessage& message = schema_.messages[field.of];
    if (message.well_known == WellKnown::kWrapper && value) {
      wire.node = empty_node();
      const ProtobufField& inner = message.fields.front();
      WireField inside;
      inside.leaf = leaf({inner.kind, kValue, false, wire.node, 0, &planned.field});
      inside.tag = tag_of(inner.number, wire_type(inner.kind));
      program_.nodes[wire.node].fields.push_back(inside);
      return wire;
    }
    if (message.well_known == WellKnown::kTimestamp && planned.field.event_time) {
      wire.node = timestamp_node();
      leaf({ProtobufKind::kMessage, kTimestamp, true, wire.node, 0, &planned.field});
      return wire;
    }
    if (value) wire.leaf = leaf({field.kind, kPresent, true, node_index, 0, &planned.field});
    if (planned.field.has_children) wire.node = node(field.of, planned);
    return wire;
  }

  WireField number(std::uint32_t node_index, const ProtobufField& field, const Field& planned) {
    WireField wire;
    wire.number = &planned;
    const std::uint32_t tag = tag_of(field.number, WireType::kFixed64);
    if (tag < 1U << 14) {
      wire.prefix_bytes = tag < 1U << 7 ? 1 : 2;
      wire.prefix = static_cast<std::uint16_t>(tag < 1U << 7 ? tag : (tag & 0x7F) | 0x80 | tag >> 7 << 8);
    }
    if (!field.has_presence) program_.nodes[node_index].zeroed.push_back(planned.numeric);
    return wire;
  }

  std::uint32_t empty_node() {
    program_.nodes.emplace_back();
    return size().nodes - 1;
  }

  // seconds and nanos; the leaf behind them finds them before it.
  std::uint32_t timestamp_node() {
    const std::uint32_t index = empty_node();
    for (const auto& [number, kind] : {std::pair{1U, ProtobufKind::kInt64}, {2U, ProtobufKind::kInt32}}) {
      WireField field;
      field.tag = tag_of(number, WireType::kVarint);
      field.leaf = leaf({kind, WireLeaf::Meaning::kValue, false, index, 0, nullptr});
      program_.nodes[index].fields.push_back(field);
    }
    return index;
  }

  const ProtobufSchema& schema_;
  WireProgram& program_;
  std::size_t oneofs_around_ = 0;  // what is compiled now may be taken back by another member of so many
};

}  // namespace

WireProgram compile_protobuf(ProtobufSchema schema, const PlannedField& fields) {
  WireProgram program;
  Compiler(schema, program).node(0, fields);
  program.enums = std::move(schema.enums);
  return program;
}

}  // namespace driftd
