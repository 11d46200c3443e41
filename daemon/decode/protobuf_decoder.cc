#include "daemon/decode/protobuf_decoder.h"

#include <algorithm>
#include <bit>
#include <map>
#include <utility>

#include "daemon/decode/byte_cursor.h"
#include "daemon/decode/json_value.h"
#include "daemon/decode/protobuf_program.h"
#include "daemon/runtime/event_time.h"
#include "daemon/runtime/utf8.h"
#include "daemon/source/schema_frame.h"

namespace driftd {
namespace {

static_assert(std::endian::native == std::endian::little);  // as fixed fields are

constexpr unsigned kDeepest = 100;  // messages and groups inside one another, as Google's parsers have it
constexpr std::size_t kMostPrograms = 1000;
constexpr std::size_t kLongestPath = 32;  // of a message inside messages

// The bytes of one message, from the front. Bits of a varint beyond 64 are dropped, as all parsers do.
class Bytes : public ByteCursor<BeyondSixtyFourBits::kDropped> {
 public:
  using ByteCursor::ByteCursor;

  bool fixed(std::uint64_t& bits, std::size_t size) {
    bits = 0;
    return copy(&bits, size);
  }
  bool tag(std::uint32_t& tag) {
    std::uint64_t value = 0;
    if (!varint(value) || value > UINT32_MAX || value >> 3 == 0) return false;
    tag = static_cast<std::uint32_t>(value);
    return true;
  }
  bool blob(std::string_view& bytes) {
    std::uint64_t size = 0;
    return varint(size) && view(size, bytes);
  }
};

bool step_over(Bytes& bytes, std::uint32_t tag, unsigned depth) {
  std::uint64_t value = 0;
  std::string_view blob;
  switch (static_cast<WireType>(tag & 7)) {
    case WireType::kVarint: return bytes.varint(value);
    case WireType::kFixed64: return bytes.skip(8);
    case WireType::kFixed32: return bytes.skip(4);
    case WireType::kBytes: return bytes.blob(blob);
    case WireType::kGroup:
      if (depth >= kDeepest) return false;
      for (std::uint32_t inner = 0; bytes.tag(inner);) {
        if (static_cast<WireType>(inner & 7) == WireType::kGroupEnd) return inner >> 3 == tag >> 3;
        if (!step_over(bytes, inner, depth + 1)) return false;
      }
      return false;
    default: return false;
  }
}

std::int64_t unzigzag(std::uint64_t bits) { return static_cast<std::int64_t>(bits >> 1 ^ (std::uint64_t{0} - (bits & 1))); }

// Walks one message and hands on what it noted. One object a program.
class Reading {
 public:
  explicit Reading(WireProgram program) : program_(std::move(program)) {
    values_.resize(program_.leaves.size());
    nodes_.resize(program_.nodes.size());
    last_.resize(program_.oneofs.size());
  }

  bool read(std::string_view message, JsonRow& row) {
    ++record_;
    return walk(0, message, 0, row) && hand_on(row);
  }

 private:
  struct Value {
    std::uint64_t seen = 0;  // in which record
    std::uint64_t bits = 0;
    std::string_view text;
  };
  struct Last {
    std::uint64_t seen = 0;
    std::uint32_t number = 0;
  };

  bool walk(std::uint32_t index, std::string_view message, unsigned depth, JsonRow& row) {
    if (depth > kDeepest) return false;
    begin(index, row);
    const std::vector<WireField>& fields = program_.nodes[index].fields;
    const WireField* const begin = fields.data();
    const WireField* const end = begin + fields.size();
    const WireField* next = begin;  // writers keep the order of numbers
    for (Bytes bytes(message);;) {
      next = numbers(next, end, bytes, row);
      if (bytes.left() == 0) return true;
      std::uint32_t tag = 0;
      if (!bytes.tag(tag)) return false;
      if (next == end || next->tag != tag) {
        next = std::lower_bound(begin, end, tag, [](const WireField& field, std::uint32_t wanted) { return field.tag < wanted; });
        if (next == end || next->tag != tag) {
          if (!step_over(bytes, tag, depth)) return false;
          continue;
        }
      }
      if (!take(*next++, bytes, depth, row)) return false;
    }
  }

  void begin(std::uint32_t index, JsonRow& row) {
    if (std::exchange(nodes_[index], record_) == record_) return;
    for (const std::uint32_t column : program_.nodes[index].zeroed) row.number(column, 0);
  }

  // Numbers stand in rows, and are mostly there and finite: those are read with the cursor in registers. To the first that is not.
  static const WireField* numbers(const WireField* next, const WireField* end, Bytes& bytes, JsonRow& row) {
    Bytes cursor = bytes;
    double value = 0;
    for (; next != end && next->prefix_bytes != 0 && cursor.number_after(next->prefix, next->prefix_bytes, value); ++next) {
      row.number(next->number->numeric, value);
    }
    bytes = cursor;
    return next;
  }

  bool take(const WireField& field, Bytes& bytes, unsigned depth, JsonRow& row) {
    if (field.oneof != kNoOneof) choose(field);
    std::uint64_t bits = 0;
    std::string_view text;
    switch (static_cast<WireType>(field.tag & 7)) {
      case WireType::kVarint:
        if (!bytes.varint(bits)) return false;
        break;
      case WireType::kFixed64:
        if (!bytes.fixed(bits, 8)) return false;
        break;
      case WireType::kFixed32:
        if (!bytes.fixed(bits, 4)) return false;
        break;
      case WireType::kBytes:
        if (!bytes.blob(text)) return false;
        break;
      default:
        if (!step_over(bytes, field.tag, depth)) return false;
    }
    if (field.leaf != kNoNode) {
      Value& value = values_[field.leaf];
      value.seen = record_;
      value.bits = bits;
      value.text = text;
    }
    if (field.number != nullptr) row.take_double(*field.number, std::bit_cast<double>(bits));
    return field.node == kNoNode || walk(field.node, text, depth + 1, row);
  }

  // A member of a oneof came: the others are gone.
  void choose(const WireField& field) {
    Last& last = last_[field.oneof];
    const std::uint32_t number = field.tag >> 3;
    if (last.seen == record_ && last.number == number) return;
    last = {record_, number};
    for (const WireOneof::Member& member : program_.oneofs[field.oneof].members) {
      if (member.number == number) continue;
      for (std::uint32_t leaf = member.first_leaf; leaf < member.end_leaf; ++leaf) values_[leaf].seen = 0;
      for (std::uint32_t node = member.first_node; node < member.end_node; ++node) nodes_[node] = 0;
    }
  }

  bool hand_on(JsonRow& row) {
    for (std::size_t i = 0; i < program_.leaves.size(); ++i) {
      const WireLeaf& leaf = program_.leaves[i];
      if (leaf.field == nullptr) continue;
      if (leaf.meaning == WireLeaf::Meaning::kTimestamp) {
        if (nodes_[leaf.node] == record_) take_timestamp(i, row);
        continue;
      }
      Value value = values_[i];
      if (value.seen != record_) {
        if (leaf.has_presence || nodes_[leaf.node] != record_) continue;
        value = {};
      }
      if (leaf.meaning == WireLeaf::Meaning::kPresent) {
        row.take(*leaf.field, {.kind = JsonKind::kContainer});
      } else if (!hand_on(leaf, value, row)) {
        return false;
      }
    }
    return true;
  }

  bool hand_on(const WireLeaf& leaf, const Value& value, JsonRow& row) const {
    using enum ProtobufKind;
    const Field& field = *leaf.field;
    switch (leaf.kind) {
      case kDouble: row.take_double(field, std::bit_cast<double>(value.bits)); return true;
      case kFloat: row.take_double(field, static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(value.bits)))); return true;
      case kInt64:
      case kSfixed64: integer(field, static_cast<std::int64_t>(value.bits), row); return true;
      case kInt32:
      case kSfixed32: integer(field, static_cast<std::int32_t>(value.bits), row); return true;
      case kSint32: integer(field, static_cast<std::int32_t>(unzigzag(value.bits & UINT32_MAX)), row); return true;
      case kSint64: integer(field, unzigzag(value.bits), row); return true;
      case kUint32:
      case kFixed32: integer(field, static_cast<std::uint32_t>(value.bits), row); return true;
      case kUint64:
      case kFixed64: whole(field, value.bits, row); return true;
      case kBool: row.take(field, {.kind = JsonKind::kBoolean, .boolean = value.bits != 0}); return true;
      case kEnum: enumeration(leaf, static_cast<std::int32_t>(value.bits), row); return true;
      case kString:
        if (utf8_prefix(value.text) != value.text.size()) return false;
        row.take(field, {.kind = JsonKind::kString, .text = value.text});
        return true;
      default: return false;  // has no leaf of kValue
    }
  }

  static void integer(const Field& field, std::int64_t value, JsonRow& row) {
    const auto number = static_cast<double>(value);
    if (field.reads == Reads::kNumber) return row.number(field.numeric, number);
    row.take(field, {.kind = JsonKind::kInteger, .integer = value, .number = number});
  }

  static void whole(const Field& field, std::uint64_t value, JsonRow& row) {
    if (value <= static_cast<std::uint64_t>(INT64_MAX)) return integer(field, static_cast<std::int64_t>(value), row);
    row.take(field, {.kind = JsonKind::kUnsigned, .whole = value, .number = static_cast<double>(value)});
  }

  void enumeration(const WireLeaf& leaf, std::int32_t number, JsonRow& row) const {
    const auto& names = program_.enums[leaf.enumeration];
    const auto name = names.find(number);
    if (name == names.end()) return integer(*leaf.field, number, row);
    row.take(*leaf.field, {.kind = JsonKind::kString, .text = name->second});
  }

  void take_timestamp(std::size_t leaf, JsonRow& row) const {
    const auto of = [&](std::size_t at) { return values_[at].seen == record_ ? values_[at].bits : 0; };
    const auto seconds = static_cast<std::int64_t>(of(leaf - 2));
    const auto nanos = static_cast<std::int32_t>(of(leaf - 1));
    row.take_timestamp(*program_.leaves[leaf].field, seconds, nanos);
  }

  WireProgram program_;
  std::uint64_t record_ = 0;
  std::vector<Value> values_;         // by leaf
  std::vector<std::uint64_t> nodes_;  // by node: the last record that had it
  std::vector<Last> last_;            // by oneof
};

// Which message of the file: a count and as many indexes, zigzag; a bare 0 is the first message.
struct MessageIndex {
  std::vector<std::uint32_t> path{0};
  std::size_t bytes = 1;
};

std::optional<MessageIndex> read_index(std::string_view payload) {
  Bytes bytes(payload);
  std::uint64_t bits = 0;
  if (!bytes.varint(bits)) return std::nullopt;
  const std::int64_t count = unzigzag(bits);
  if (count == 0) return MessageIndex{};
  if (count < 0 || count > static_cast<std::int64_t>(kLongestPath)) return std::nullopt;
  MessageIndex index{{}, 0};
  for (std::int64_t i = 0; i < count; ++i) {
    if (!bytes.varint(bits)) return std::nullopt;
    const std::int64_t at = unzigzag(bits);
    if (at < 0 || at > INT32_MAX) return std::nullopt;
    index.path.push_back(static_cast<std::uint32_t>(at));
  }
  index.bytes = payload.size() - bytes.left();
  return index;
}

class ProtobufDecoder final : public Decoder {
 public:
  explicit ProtobufDecoder(const DecodePlan& plan) : max_payload_bytes_(plan.max_payload_bytes), fields_(plan_fields(plan)), row_(plan) {}

  std::size_t decode(std::span<const Message> messages, std::size_t from, RecordBatch& batch) override {
    return fill_batch(messages, from, max_payload_bytes_, batch, [&](const Message& message) { return decode_record(message, batch); });
  }

 private:
  // The first message of the file, as nearly every record's is.
  static bool is_first(std::string_view body) { return !body.empty() && body[0] == 0; }

  std::optional<Reject> decode_record(const Message& message, RecordBatch& batch) {
    if (message.schema == nullptr || !framed_schema_id(message.payload)) return Reject::kBadFrame;
    if (message.schema == &kUnknownSchema) return Reject::kBadSchema;
    std::string_view body = message.payload.substr(kFrameBytes);
    Reading* reading = last_;
    if (!is_first(body) || message.schema->id != last_id_) {
      const auto index = read_index(body);
      if (!index) return Reject::kBadFrame;
      reading = find(*message.schema, *index);
      body.remove_prefix(index->bytes);
    } else {
      body.remove_prefix(1);
    }
    if (reading == nullptr) return Reject::kBadSchema;
    row_.start(batch);
    if (!reading->read(body, row_)) return row_.discard(Reject::kBadProtobuf);
    return row_.finish(message);
  }

  Reading* find(const WriterSchema& schema, const MessageIndex& index) {
    const auto key = std::pair(schema.id, index.path);
    auto at = known_.find(key);
    if (at == known_.end()) {
      if (known_.size() == kMostPrograms) {
        known_.clear();
        last_id_ = 0;
      }
      at = known_.emplace(key, compile(schema, index.path)).first;
    }
    Reading* const reading = at->second ? &*at->second : nullptr;
    if (index.path == std::vector<std::uint32_t>{0}) last_id_ = schema.id, last_ = reading;
    return reading;
  }

  std::optional<Reading> compile(const WriterSchema& schema, const std::vector<std::uint32_t>& path) const {
    auto parsed = parse_protobuf_schema(schema, path);
    if (!parsed) return std::nullopt;
    return Reading(compile_protobuf(std::move(*parsed), fields_));
  }

  std::uint64_t max_payload_bytes_;
  PlannedField fields_;
  JsonRow row_;
  std::map<std::pair<std::int32_t, std::vector<std::uint32_t>>, std::optional<Reading>> known_;  // none: the schema cannot be used
  std::int32_t last_id_ = 0;  // of a record that was the first message of its file
  Reading* last_ = nullptr;
};

}  // namespace

std::unique_ptr<Decoder> make_protobuf_decoder(const DecodePlan& plan) { return std::make_unique<ProtobufDecoder>(plan); }

}  // namespace driftd
