#include "daemon/decode/json_decoder.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "daemon/decode/field_tree.h"
#include "daemon/decode/row_writer.h"
#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

using simdjson::internal::tape_type;

constexpr std::size_t kFirstCapacity = 16 << 10;

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
};

class JsonDecoder final : public Decoder {
 public:
  explicit JsonDecoder(const DecodePlan& plan)
      : max_payload_bytes_(plan.max_payload_bytes), unit_(plan.fields.event_time_unit), fields_(plan), row_(plan) {
    grow(kFirstCapacity);
  }

  std::size_t decode(std::span<const Message> messages, std::size_t from, RecordBatch& batch) override {
    return fill_batch(messages, from, max_payload_bytes_, batch, [&](const Message& message) { return decode_record(message, batch); });
  }

 private:
  std::optional<Reject> decode_record(const Message& message, RecordBatch& batch) {
    if (!parse(message.payload)) return Reject::kMalformed;
    tape_ = {document_.tape.get(), document_.string_buf.get()};
    if (tape_.type(1) != tape_type::START_OBJECT) return Reject::kNotObject;
    fields_.begin_record();
    row_.start(batch);
    walk(1, fields_.root());
    return row_.finish(message);
  }

  // The payload has no padding of its own, and what lies behind it must not reach the parser.
  bool parse(std::string_view payload) {
    if (payload.size() > capacity_ && !grow(std::max(2 * capacity_, payload.size()))) return false;
    payload.copy(padded_.data(), payload.size());
    std::memset(padded_.data() + payload.size(), 0, simdjson::SIMDJSON_PADDING);
    return parser_.parse_into_document(document_, padded_.data(), payload.size(), false).error() == simdjson::SUCCESS;
  }

  bool grow(std::size_t capacity) {
    padded_.resize(capacity + simdjson::SIMDJSON_PADDING);
    const bool grown = parser_.allocate(capacity) == simdjson::SUCCESS && document_.allocate(capacity) == simdjson::SUCCESS;
    capacity_ = grown ? capacity : 0;
    return grown;
  }

  void walk(std::size_t object, Field& parent) {
    const std::size_t end = tape_.behind_container(object) - 1;
    Followers* after = &parent.first;
    for (std::size_t key = object + 1; key < end;) {
      const std::size_t value = key + 1;
      Field& field = fields_.find(parent, *after, tape_.string(key));
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
    if (field.numeric != kNoColumn) take_number(field.numeric, at);
    if (field.category != kNoColumn) take_category(field.category, at);
    if (field.event_time) take_event_time(at);
    if (field.prediction) take_answer(row_.prediction(), at);
    if (field.label) take_answer(row_.label(), at);
    if (field.event_id) take_answer(row_.event_id(), at);
    if (field.has_children && tape_.type(at) == tape_type::START_OBJECT) walk(at, field);
  }

  void take_number(std::uint32_t column, std::size_t at) {
    const tape_type type = tape_.type(at);
    if (tape_.is_number(at)) return row_.number(column, tape_.number(at));
    if (type == tape_type::UINT64) return row_.number(column, static_cast<double>(tape_.words[at + 1]));
    row_.no_number(column, type == tape_type::NULL_VALUE ? ValueClass::kNull : ValueClass::kWrongType);
  }

  void take_category(std::uint32_t column, std::size_t at) {
    CategoryBuffer buffer;
    switch (tape_.type(at)) {
      case tape_type::STRING: return row_.category(column, tape_.text(at));
      case tape_type::TRUE_VALUE: return row_.category(column, "true");
      case tape_type::FALSE_VALUE: return row_.category(column, "false");
      case tape_type::INT64: return row_.category(column, category_text(static_cast<std::int64_t>(tape_.words[at + 1]), buffer));
      case tape_type::UINT64: return row_.category(column, category_text(tape_.words[at + 1], buffer));
      case tape_type::DOUBLE: return row_.category(column, category_text(tape_.number(at), buffer));
      case tape_type::NULL_VALUE: return row_.no_category(column, ValueClass::kNull);
      default: return row_.no_category(column, ValueClass::kWrongType);
    }
  }

  void take_event_time(std::size_t at) {
    std::optional<std::int64_t> time;
    if (tape_.type(at) == tape_type::NULL_VALUE) return;  // as absent
    if (tape_.type(at) == tape_type::STRING) time = parse_rfc3339(tape_.text(at));
    if (tape_.type(at) == tape_type::INT64) time = event_time_of(static_cast<std::int64_t>(tape_.words[at + 1]), unit_);
    time ? row_.event_time(*time) : row_.no_event_time(Reject::kBadTime);
  }

  void take_answer(AnswerReader& answer, std::size_t at) {
    switch (tape_.type(at)) {
      case tape_type::STRING: return answer.set_text(tape_.text(at));
      case tape_type::TRUE_VALUE: return answer.set_text("true");
      case tape_type::FALSE_VALUE: return answer.set_text("false");
      case tape_type::INT64: return answer.set(static_cast<std::int64_t>(tape_.words[at + 1]));
      case tape_type::UINT64: return answer.set(tape_.words[at + 1]);
      case tape_type::DOUBLE: return answer.set(tape_.number(at));
      default:  // null, an array or an object answers nothing
        return;
    }
  }

  std::uint64_t max_payload_bytes_;
  TimeUnit unit_;
  FieldTree fields_;
  RowWriter row_;
  simdjson::dom::parser parser_;
  simdjson::dom::document document_;
  std::vector<char> padded_;
  std::size_t capacity_ = 0;
  Tape tape_{};
};

}  // namespace

std::unique_ptr<Decoder> make_json_decoder(const DecodePlan& plan) { return std::make_unique<JsonDecoder>(plan); }

}  // namespace driftd
