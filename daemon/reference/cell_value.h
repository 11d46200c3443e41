// What a cell of a table means to a feature: its value class, and its number or its category. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/config.h"
#include "daemon/table/table_reader.h"
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

// 1: a prediction and a label differ, 0: they are equal (numbers by value, else by their text); nullopt: one is missing.
std::optional<double> error_value(const Cell* prediction, const Cell* label);

}  // namespace driftd
