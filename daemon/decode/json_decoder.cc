#include "daemon/decode/json_decoder.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "daemon/decode/json_speculative.h"
#include "daemon/decode/json_value.h"
#include "daemon/source/schema_frame.h"

namespace driftd {
namespace {

using simdjson::internal::tape_type;

constexpr std::size_t kFirstCapacity = 16 << 10;
constexpr std::size_t kPadding = std::max(simdjson::SIMDJSON_PADDING, kScanBytes);
constexpr std::uint32_t kMostUntried = 63;

// simdjson's tape: one word per key, per scalar and per end of a container: its type in the top byte, a payload below. A number has
// its bits in the next word; a string's payload is where its length and bytes are; an object's is the index behind its end.
struct Tape {
  const std::uint64_t* words;
  const std::uint8_t* strings;

  tape_type type(std::size_t at) const { return static_cast<tape_type>(words[at] >> 56); }
  const std::uint8_t* string(std::size_t at) const { return strings + (words[at] & simdjson::internal::JSON_VALUE_MASK); }
  std::string_view text(std::size_t at) const {
    std::uint32_t bytes = 0;
    std::memcpy(&bytes, string(at), sizeof bytes);
    return {reinterpret_cast<const char*>(string(at)) + sizeof bytes, bytes};
  }
  std::size_t behind_container(std::size_t at) const { return static_cast<std::uint32_t>(words[at]); }
  std::size_t behind(std::size_t at) const {
    switch (type(at)) {
      case tape_type::INT64:
      case tape_type::UINT64:
      case tape_type::DOUBLE: return at + 2;
      case tape_type::START_OBJECT:
      case tape_type::START_ARRAY: return behind_container(at);
      default: return at + 1;
    }
  }
  bool is_number(std::size_t at) const { return (type(at) == tape_type::DOUBLE) | (type(at) == tape_type::INT64); }
  // Both readings are made and one is selected: producers mix 1 and 1.5 at random, and a
  // mispredicted branch would cost more than the value.
  double number(std::size_t at) const {
    const std::uint64_t bits = words[at + 1];
    const auto of_integer = std::bit_cast<std::uint64_t>(static_cast<double>(static_cast<std::int64_t>(bits)));
    const std::uint64_t take_double = std::uint64_t{0} - std::uint64_t{type(at) == tape_type::DOUBLE};
    return std::bit_cast<double>((bits & take_double) | (of_integer & ~take_double));
  }
  JsonValue value(std::size_t at) const {
    switch (type(at)) {
      case tape_type::STRING: return {.kind = JsonKind::kString, .text = text(at)};
      case tape_type::TRUE_VALUE: return {.kind = JsonKind::kBoolean, .boolean = true};
      case tape_type::FALSE_VALUE: return {.kind = JsonKind::kBoolean};
      case tape_type::INT64: return {.kind = JsonKind::kInteger, .integer = static_cast<std::int64_t>(words[at + 1]), .number = number(at)};
      case tape_type::UINT64: return {.kind = JsonKind::kUnsigned, .whole = words[at + 1], .number = static_cast<double>(words[at + 1])};
      case tape_type::DOUBLE: return {.kind = JsonKind::kDouble, .number = number(at)};
      case tape_type::NULL_VALUE: return {};
      default: return {.kind = JsonKind::kContainer};
    }
  }
};

class JsonDecoder final : public Decoder {
 public:
  JsonDecoder(const DecodePlan& plan, JsonReading reading)
      : max_payload_bytes_(plan.max_payload_bytes),
        framed_(plan.format == Format::kJsonSchema),
        reading_(reading),
        fields_(plan),
        row_(plan),
        speculation_(fields_, row_) {
    grow(kFirstCapacity);
  }

  std::size_t decode(std::span<const Message> messages, std::size_t from, RecordBatch& batch) override {
    return fill_batch(messages, from, max_payload_bytes_, batch, [&](const Message& message) { return decode_record(message, batch); });
  }

 private:
  std::optional<Reject> decode_record(const Message& message, RecordBatch& batch) {
    if (framed_ && !framed_schema_id(message.payload)) return Reject::kBadFrame;
    const std::string_view json = message.payload.substr(framed_ ? kFrameBytes : 0);
    if (!copy(json)) return Reject::kMalformed;
    const std::size_t bytes = json.size();
    if (speculates() && read_speculatively(bytes, batch)) return row_.finish(message);
    if (parser_.parse_into_document(document_, text(), bytes, false).error() != simdjson::SUCCESS) return Reject::kMalformed;
    tape_ = {document_.tape.get(), document_.string_buf.get()};
    if (tape_.type(1) != tape_type::START_OBJECT) return Reject::kNotObject;
    begin(batch);
    walk(1, fields_.root());
    return row_.finish(message);
  }

  void begin(RecordBatch& batch) {
    fields_.begin_record();
    row_.start(batch);
  }

  // Where records are not usual again and again, fewer of them are tried.
  bool speculates() {
    if (reading_ == JsonReading::kDomOnly) return false;
    if (untried_ == 0) return true;
    --untried_;
    return false;
  }

  bool read_speculatively(std::size_t bytes, RecordBatch& batch) {
    begin(batch);
    if (speculation_.read(text(), bytes)) {
      failures_ = 0;
      return true;
    }
    row_.discard();
    untried_ = failures_;
    failures_ = std::min(2 * failures_ + 1, kMostUntried);
    return false;
  }

  // The payload has no padding of its own, and what lies behind it must not reach the parser.
  bool copy(std::string_view payload) {
    if (payload.size() > capacity_ && !grow(std::max(2 * capacity_, payload.size()))) return false;
    payload.copy(text(), payload.size());
    std::memset(text() + payload.size(), 0, kPadding);
    return true;
  }

  char* text() { return padded_.data() + kPadding; }

  bool grow(std::size_t capacity) {
    padded_.resize(kPadding + capacity + kPadding);
    const bool grown = parser_.allocate(capacity) == simdjson::SUCCESS && document_.allocate(capacity) == simdjson::SUCCESS;
    capacity_ = grown ? capacity : 0;
    return grown;
  }

  void walk(std::size_t object, Field& parent) {
    const std::size_t end = tape_.behind_container(object) - 1;
    Followers* after = &parent.first;
    for (std::size_t key = object + 1; key < end;) {
      const std::size_t value = key + 1;
      Field& field = fields_.find(parent, *after, tape_.text(key));
      const bool first_time = fields_.first_time(field);
      after = &field.next;
      if (first_time && field.reads == Reads::kNumber && tape_.is_number(value)) {
        row_.number(field.numeric, tape_.number(value));
        key = value + 2;
      } else {
        if (first_time && field.reads != Reads::kNothing) take(field, value);
        key = tape_.behind(value);
      }
    }
  }

  void take(Field& field, std::size_t at) {
    row_.take(field, tape_.value(at));
    if (field.has_children && tape_.type(at) == tape_type::START_OBJECT) walk(at, field);
  }

  std::uint64_t max_payload_bytes_;
  bool framed_;  // format json_schema: the schema adds nothing, so no registry is asked
  JsonReading reading_;
  FieldTree fields_;
  JsonRow row_;
  JsonSpeculation speculation_;
  std::uint32_t failures_ = 0, untried_ = 0;  // how many records to leave out after the next failure; and from now on
  simdjson::dom::parser parser_;
  simdjson::dom::document document_;
  std::vector<char> padded_;
  std::size_t capacity_ = 0;
  Tape tape_{};
};

}  // namespace

std::unique_ptr<Decoder> make_json_decoder(const DecodePlan& plan, JsonReading reading) {
  return std::make_unique<JsonDecoder>(plan, reading);
}

}  // namespace driftd
