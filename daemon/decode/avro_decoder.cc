#include "daemon/decode/avro_decoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <map>

#include "daemon/decode/avro_program.h"
#include "daemon/decode/byte_cursor.h"
#include "daemon/decode/json_value.h"
#include "daemon/runtime/utf8.h"
#include "daemon/source/schema_frame.h"

namespace driftd {
namespace {

static_assert(std::endian::native == std::endian::little);  // as Avro's floats are

constexpr unsigned kDeepest = 500;  // records and blocks inside one another
constexpr std::size_t kMostPrograms = 1000;
constexpr std::uint64_t kExactIntegers = std::uint64_t{1} << 53;
constexpr std::uint32_t kExactPowers = 22;  // of ten, as a double
constexpr std::size_t kLongestDecimal = 16;

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

// unscaled / 10^scale, correctly rounded.
double decimal(Int128 unscaled, std::uint32_t scale) {
  const bool negative = unscaled < 0;
  Uint128 digits = negative ? Uint128{0} - static_cast<Uint128>(unscaled) : static_cast<Uint128>(unscaled);
  double value = 0;
  if (digits <= kExactIntegers && scale <= kExactPowers) {
    value = static_cast<double>(digits) / std::pow(10.0, scale);
  } else {
    std::array<char, 64> text{};
    char* const exponent = text.data() + 40;
    char* at = exponent;
    for (; digits > 0; digits /= 10) *--at = static_cast<char>('0' + static_cast<int>(digits % 10));
    if (at == exponent) return 0;
    *exponent = 'e';
    exponent[1] = '-';
    const char* const end = std::to_chars(exponent + 2, text.data() + text.size(), scale).ptr;
    if (std::from_chars(at, end, value).ec != std::errc{}) value = 0;  // too small for a double
  }
  return negative ? -value : value;
}

// The bytes of one datum, from the front.
class Bytes : public ByteCursor<BeyondSixtyFourBits::kRefused> {
 public:
  using ByteCursor::ByteCursor;

  template <class T>
  bool raw(T& value) {
    return copy(&value, sizeof value);
  }
  bool signed_number(std::int64_t& value) {
    std::uint64_t bits = 0;
    if (!varint(bits)) return false;
    value = static_cast<std::int64_t>(bits >> 1 ^ (std::uint64_t{0} - (bits & 1)));
    return true;
  }
  bool small_number(std::int64_t& value) { return signed_number(value) && value >= INT32_MIN && value <= INT32_MAX; }
  bool blob(std::string_view& bytes) {
    std::int64_t size = 0;
    return signed_number(size) && size >= 0 && view(static_cast<std::uint64_t>(size), bytes);
  }
  bool text(std::string_view& bytes) { return blob(bytes) && utf8_prefix(bytes) == bytes.size(); }
};

// Runs a program over one datum.
class Reading {
 public:
  Reading(const AvroProgram& program, Bytes& bytes, JsonRow& row) : program_(program), bytes_(bytes), row_(row) {}

  bool run(std::uint32_t from, std::uint32_t end, unsigned depth) {
    if (depth > kDeepest) return false;
    for (std::uint32_t at = from; at != end;) {
      const AvroOp& op = program_.ops[at++];
      switch (op.step) {
        case AvroStep::kReturn: return true;
        case AvroStep::kJump: at = op.a; break;
        case AvroStep::kNumber:
          if (!numbers(at)) return false;
          break;
        case AvroStep::kUnion:
          if (!branch(op, at)) return false;
          break;
        case AvroStep::kBlocks:
          if (!blocks(op, at, depth)) return false;
          at = op.a;
          break;
        case AvroStep::kCall:
          if (!run(program_.routines[op.a], UINT32_MAX, depth + 1)) return false;
          break;
        default:
          if (!(op.field == nullptr ? step_over(op) : read(op))) return false;
      }
    }
    return true;
  }

 private:
  // Numbers stand in rows, and are mostly there and finite: those are read with the cursor in registers. at: behind the first of them;
  // then behind the first that was something else, or behind all.
  bool numbers(std::uint32_t& at) const {
    const AvroOp* const first = program_.ops.data();
    const AvroOp* op = first + at - 1;
    Bytes bytes = bytes_;
    for (double value = 0; op->step == AvroStep::kNumber && bytes.number_after(static_cast<std::uint16_t>(op->a), op->b, value); ++op) {
      row_.number(op->field->numeric, value);
    }
    bytes_ = bytes;
    at = static_cast<std::uint32_t>(op - first);
    if (op->step != AvroStep::kNumber) return true;
    ++at;
    std::uint64_t branch = op->a;
    double value = 0;
    if (op->b == 1 && (!bytes_.varint(branch) || branch > 2 || branch == 1)) return false;
    if (branch != op->a) {
      row_.take(*op->field, {});
      return true;
    }
    if (!bytes_.raw(value)) return false;
    row_.take_double(*op->field, value);
    return true;
  }

  bool branch(const AvroOp& op, std::uint32_t& at) const {
    std::int64_t index = 0;
    if (!bytes_.signed_number(index) || index < 0 || index >= op.b) return false;
    at = program_.targets[op.a + static_cast<std::uint32_t>(index)];
    return true;
  }

  // A block is a count and its items; a negative count is followed by the size of the block, which spares the look at the items.
  bool blocks(const AvroOp& op, std::uint32_t body, unsigned depth) {
    for (;;) {
      std::int64_t count = 0, size = 0;
      if (!bytes_.signed_number(count)) return false;
      if (count == 0) return true;
      if (count < 0) {
        if (!bytes_.signed_number(size) || size < 0 || !bytes_.skip(static_cast<std::uint64_t>(size))) return false;
        continue;
      }
      if (op.b == 1) continue;
      for (; count > 0; --count) {
        if (!run(body, op.a, depth + 1)) return false;
      }
    }
  }

  bool step_over(const AvroOp& op) const {
    std::int64_t number = 0;
    std::string_view bytes;
    std::uint8_t byte = 0;
    switch (op.step) {
      case AvroStep::kSkipBytes: return bytes_.skip(op.a);
      case AvroStep::kSkipInt: return bytes_.small_number(number);
      case AvroStep::kSkipLong: return bytes_.signed_number(number);
      case AvroStep::kSkipBoolean: return bytes_.raw(byte) && byte <= 1;
      case AvroStep::kSkipText: return bytes_.text(bytes);
      case AvroStep::kSkipBlob: return bytes_.blob(bytes);
      case AvroStep::kSkipEnum: return bytes_.small_number(number) && number >= 0 && number < op.a;
      default: return false;
    }
  }

  bool read(const AvroOp& op) const {
    const Field& field = *op.field;
    switch (op.step) {
      case AvroStep::kDouble: {
        double value = 0;
        if (!bytes_.raw(value)) return false;
        row_.take_double(field, value);
        return true;
      }
      case AvroStep::kFloat: {
        float value = 0;
        if (!bytes_.raw(value)) return false;
        row_.take_double(field, static_cast<double>(value));
        return true;
      }
      case AvroStep::kInt:
      case AvroStep::kLong: return read_integer(op);
      case AvroStep::kText: {
        std::string_view text;
        if (!bytes_.text(text)) return false;
        row_.take(field, {.kind = JsonKind::kString, .text = text});
        return true;
      }
      case AvroStep::kNull: row_.take(field, {}); return true;
      case AvroStep::kPresent: row_.take(field, {.kind = JsonKind::kContainer}); return true;
      default: return read_rare(op);
    }
  }

  bool read_integer(const AvroOp& op) const {
    std::int64_t value = 0;
    if (!(op.step == AvroStep::kInt ? bytes_.small_number(value) : bytes_.signed_number(value))) return false;
    const auto number = static_cast<double>(value);
    if (op.field->reads == Reads::kNumber) {
      row_.number(op.field->numeric, number);
    } else {
      row_.take(*op.field, {.kind = JsonKind::kInteger, .integer = value, .number = number});
    }
    return true;
  }

  bool read_rare(const AvroOp& op) const {
    std::int64_t number = 0;
    std::string_view bytes;
    std::uint8_t byte = 0;
    switch (op.step) {
      case AvroStep::kBoolean:
        if (!bytes_.raw(byte) || byte > 1) return false;
        row_.take(*op.field, {.kind = JsonKind::kBoolean, .boolean = byte == 1});
        return true;
      case AvroStep::kEnum: {
        const auto& symbols = program_.symbols[op.a];
        if (!bytes_.small_number(number) || number < 0 || static_cast<std::uint64_t>(number) >= symbols.size()) return false;
        row_.take(*op.field, {.kind = JsonKind::kString, .text = symbols[static_cast<std::size_t>(number)]});
        return true;
      }
      case AvroStep::kTime:
        if (!bytes_.signed_number(number)) return false;
        row_.take_time(*op.field, number, static_cast<TimeUnit>(op.a));
        return true;
      case AvroStep::kDate:
        if (!bytes_.small_number(number)) return false;
        row_.take_days(*op.field, number);
        return true;
      case AvroStep::kDecimalBlob: return bytes_.blob(bytes) && take_decimal(op, bytes);
      case AvroStep::kDecimalFixed: return bytes_.view(op.a, bytes) && take_decimal(op, bytes);
      default: return false;
    }
  }

  // Two's complement, most significant byte first.
  bool take_decimal(const AvroOp& op, std::string_view bytes) const {
    if (bytes.empty() || bytes.size() > kLongestDecimal) {
      row_.take(*op.field, {.kind = JsonKind::kContainer});
      return true;
    }
    Uint128 bits = static_cast<signed char>(bytes[0]) < 0 ? ~Uint128{0} : Uint128{0};
    for (const char byte : bytes) bits = bits << 8 | static_cast<unsigned char>(byte);
    row_.take_double(*op.field, decimal(static_cast<Int128>(bits), op.b));
    return true;
  }

  const AvroProgram& program_;
  Bytes& bytes_;
  JsonRow& row_;
};

class AvroDecoder final : public Decoder {
 public:
  explicit AvroDecoder(const DecodePlan& plan) : max_payload_bytes_(plan.max_payload_bytes), fields_(plan_fields(plan)), row_(plan) {}

  std::size_t decode(std::span<const Message> messages, std::size_t from, RecordBatch& batch) override {
    return fill_batch(messages, from, max_payload_bytes_, batch, [&](const Message& message) { return decode_record(message, batch); });
  }

 private:
  // What is known of a schema; no program: it cannot be used.
  struct Known {
    std::optional<AvroProgram> program;
    bool record = false;
  };

  std::optional<Reject> decode_record(const Message& message, RecordBatch& batch) {
    if (message.schema == nullptr || !framed_schema_id(message.payload)) return Reject::kBadFrame;
    if (message.schema == &kUnknownSchema) return Reject::kBadSchema;
    const Known& known = message.schema->id == last_id_ ? *last_ : find(*message.schema);
    if (!known.program) return Reject::kBadSchema;
    row_.start(batch);
    Bytes bytes(message.payload.substr(kFrameBytes));
    const bool read = Reading(*known.program, bytes, row_).run(0, UINT32_MAX, 0);
    if (!read || bytes.left() > 0) return row_.discard(Reject::kBadAvro);
    if (!known.record) return row_.discard(Reject::kNotObject);
    return row_.finish(message);
  }

  const Known& find(const WriterSchema& schema) {
    auto at = known_.find(schema.id);
    if (at == known_.end()) {
      if (known_.size() == kMostPrograms) known_.clear();
      at = known_.emplace(schema.id, compile(schema)).first;
    }
    last_id_ = schema.id;
    last_ = &at->second;
    return at->second;
  }

  Known compile(const WriterSchema& schema) const {
    const auto parsed = parse_avro_schema(schema);
    if (!parsed) return {};
    auto program = compile_avro(*parsed, fields_);
    if (!program) return {};
    return {std::move(*program), may_be_record(*parsed)};
  }

  static bool may_be_record(const AvroSchema& schema) {
    const AvroType& root = schema.types[schema.root];
    const auto record = [&](AvroTypeId id) { return schema.types[id].kind == AvroKind::kRecord; };
    return root.kind == AvroKind::kRecord || (root.kind == AvroKind::kUnion && std::ranges::any_of(root.parts, record));
  }

  std::uint64_t max_payload_bytes_;
  PlannedField fields_;
  JsonRow row_;
  std::map<std::int32_t, Known> known_;  // by the registry's id, which means one schema for ever
  std::int32_t last_id_ = 0;
  const Known* last_ = nullptr;
};

}  // namespace

std::unique_ptr<Decoder> make_avro_decoder(const DecodePlan& plan) { return std::make_unique<AvroDecoder>(plan); }

}  // namespace driftd
