#include "daemon/reference/cell_value.h"

#include <cmath>

#include "daemon/decode/csv_number.h"
#include "daemon/runtime/event_time.h"
#include "detectors/reference/cells.h"

namespace driftd {
namespace {

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53: beyond it different integers may be one double

bool is_answer(const Cell* cell) { return cell != nullptr && cell->kind != ValueKind::kNull && cell->kind != ValueKind::kContainer; }

// A number that decides equality by its value; others do by their text.
std::optional<double> exact_number(const Cell& cell) {
  if (cell.kind == ValueKind::kString || cell.kind == ValueKind::kBoolean) return std::nullopt;
  const auto number = numeric_value(cell);
  if (number.value_class != ValueClass::kValid) return std::nullopt;
  if (cell.kind != ValueKind::kDouble && std::abs(number.value) >= kExactIntegers) return std::nullopt;
  return number.value;
}

}  // namespace

NumericValue numeric_value(const Cell& cell) {
  switch (cell.kind) {
    case ValueKind::kNull: return {ValueClass::kNull, 0};
    case ValueKind::kCsvText: {
      const auto number = parse_csv_field(cell.text);
      return {number.value_class, number.value};
    }
    case ValueKind::kInteger:
    case ValueKind::kUnsigned:
    case ValueKind::kDouble: return {ValueClass::kValid, cell.number + 0.0};
    case ValueKind::kString:
    case ValueKind::kBoolean:
    case ValueKind::kContainer: break;
  }
  return {ValueClass::kWrongType, 0};
}

CategoryValue category_value(const Cell& cell, CategoryBuffer& buffer) {
  switch (cell.kind) {
    case ValueKind::kNull: return {ValueClass::kNull, {}};
    case ValueKind::kCsvText:
    case ValueKind::kString:
    case ValueKind::kBoolean: return {ValueClass::kValid, cell.text};
    case ValueKind::kInteger: return {ValueClass::kValid, category_text(cell.integer, buffer)};
    case ValueKind::kUnsigned: return {ValueClass::kValid, category_text(static_cast<std::uint64_t>(cell.integer), buffer)};
    case ValueKind::kDouble: return {ValueClass::kValid, category_text(cell.number, buffer)};
    case ValueKind::kContainer: break;
  }
  return {ValueClass::kWrongType, {}};
}

std::optional<std::int64_t> time_value(const Cell& cell, TimeUnit unit) {
  if (cell.kind == ValueKind::kCsvText) return parse_event_time(cell.text, unit);
  if (cell.kind == ValueKind::kString) return parse_rfc3339(cell.text);
  if (cell.kind == ValueKind::kInteger) return event_time_of(cell.integer, unit);
  return std::nullopt;
}

Answer answer_of(const Cell* cell) {
  if (!is_answer(cell)) return {};
  if (const auto number = exact_number(*cell)) return {Answer::Kind::kNumber, *number, 0};
  CategoryBuffer buffer;
  return {Answer::Kind::kText, 0, hash_category(category_value(*cell, buffer).text)};
}

}  // namespace driftd
