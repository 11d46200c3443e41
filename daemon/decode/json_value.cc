#include "daemon/decode/json_value.h"

#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

void answer(AnswerReader& answer, const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::kString: return answer.set_text(value.text);
    case JsonKind::kBoolean: return answer.set_text(value.boolean ? "true" : "false");
    case JsonKind::kInteger: return answer.set(value.integer);
    case JsonKind::kUnsigned: return answer.set(value.whole);
    case JsonKind::kDouble: return answer.set(value.number);
    case JsonKind::kNull:
    case JsonKind::kContainer: return;  // answers nothing
  }
}

}  // namespace

void JsonRow::take(const Field& field, const JsonValue& value) {
  if (field.numeric != kNoColumn) take_number(field.numeric, value);
  if (field.category != kNoColumn) take_category(field.category, value);
  if (field.event_time) take_event_time(value);
  if (field.prediction) answer(row_.prediction(), value);
  if (field.label) answer(row_.label(), value);
  if (field.event_id) answer(row_.event_id(), value);
}

void JsonRow::take_rare_double(const Field& field, double value) {
  if (std::isfinite(value)) return take(field, {.kind = JsonKind::kDouble, .number = value});
  const ValueClass why = std::isnan(value) ? ValueClass::kNan : value > 0 ? ValueClass::kPositiveInfinity : ValueClass::kNegativeInfinity;
  if (field.numeric != kNoColumn) row_.no_number(field.numeric, why);
  if (field.category != kNoColumn) row_.no_category(field.category, ValueClass::kWrongType);
  if (field.event_time) row_.no_event_time(Reject::kBadTime);
}

void JsonRow::take_time(const Field& field, std::int64_t value, TimeUnit unit) {
  take(field, {.kind = JsonKind::kInteger, .integer = value, .number = static_cast<double>(value)});
  if (!field.event_time) return;
  const auto time = event_time_of(value, unit);
  time ? row_.event_time(*time) : row_.no_event_time(Reject::kBadTime);
}

void JsonRow::take_days(const Field& field, std::int64_t days) {
  take(field, {.kind = JsonKind::kInteger, .integer = days, .number = static_cast<double>(days)});
  if (!field.event_time) return;
  constexpr std::int64_t kDaySeconds = 86'400;
  const auto time = event_time_of(days * kDaySeconds, TimeUnit::kSeconds);  // days of 32 bits: no overflow
  time ? row_.event_time(*time) : row_.no_event_time(Reject::kBadTime);
}

void JsonRow::take_timestamp(const Field& field, std::int64_t seconds, std::int32_t nanos) {
  take(field, {.kind = JsonKind::kContainer});
  if (!field.event_time) return;
  const auto whole = nanos >= 0 && nanos < 1'000'000'000 ? event_time_of(seconds, TimeUnit::kSeconds) : std::nullopt;
  whole ? row_.event_time(*whole + nanos / 1000) : row_.no_event_time(Reject::kBadTime);
}

void JsonRow::take_number(std::uint32_t column, const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::kInteger:
    case JsonKind::kUnsigned:
    case JsonKind::kDouble: return row_.number(column, value.number);
    case JsonKind::kNull: return row_.no_number(column, ValueClass::kNull);
    default: return row_.no_number(column, ValueClass::kWrongType);
  }
}

void JsonRow::take_category(std::uint32_t column, const JsonValue& value) {
  CategoryBuffer buffer;
  switch (value.kind) {
    case JsonKind::kString: return row_.category(column, value.text);
    case JsonKind::kBoolean: return row_.category(column, value.boolean ? "true" : "false");
    case JsonKind::kInteger: return row_.category(column, category_text(value.integer, buffer));
    case JsonKind::kUnsigned: return row_.category(column, category_text(value.whole, buffer));
    case JsonKind::kDouble: return row_.category(column, category_text(value.number, buffer));
    case JsonKind::kNull: return row_.no_category(column, ValueClass::kNull);
    case JsonKind::kContainer: return row_.no_category(column, ValueClass::kWrongType);
  }
}

void JsonRow::take_event_time(const JsonValue& value) {
  std::optional<std::int64_t> time;
  if (value.kind == JsonKind::kNull) return;  // as absent
  if (value.kind == JsonKind::kString) time = parse_rfc3339(value.text);
  if (value.kind == JsonKind::kInteger) time = event_time_of(value.integer, unit_);
  time ? row_.event_time(*time) : row_.no_event_time(Reject::kBadTime);
}

}  // namespace driftd
