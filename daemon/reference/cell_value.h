// What a cell of a table means to a feature: its value class, and its number or its category. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/config.h"
#include "daemon/table/table_reader.h"
#include "detectors/performance/answer.h"
#include "detectors/reference/category_text.h"
#include "detectors/reference/value_class.h"

namespace driftd {

struct NumericValue {
  ValueClass value_class;
  double value;  // kValid: finite, never -0.0
};
NumericValue numeric_value(const Cell& cell);

// A category's bytes: texts as they are, numbers by category_text, booleans `true` and `false`.
struct CategoryValue {
  ValueClass value_class;
  std::string_view text;  // into the cell or the buffer
};
CategoryValue category_value(const Cell& cell, CategoryBuffer& buffer);

// RFC 3339 text, or an integer of the unit.
std::optional<std::int64_t> time_value(const Cell& cell, TimeUnit unit);

// What a cell says as a prediction or a label; nullptr, null, arrays and objects say nothing.
Answer answer_of(const Cell* cell);

}  // namespace driftd
