#include "daemon/reference/cell_value.h"

#include <doctest/doctest.h>

#include "tests/daemon/table/csv_cell.h"

namespace driftd {
namespace {

Cell csv(std::string_view text) { return csv_cell(text); }
Cell string(std::string_view text) { return {.column = 0, .kind = ValueKind::kString, .number = 0, .integer = 0, .text = text}; }
Cell integer(std::int64_t value) {
  return {.column = 0, .kind = ValueKind::kInteger, .number = static_cast<double>(value), .integer = value, .text = {}};
}
Cell unsigned_integer(std::uint64_t value) {
  return {.column = 0,
          .kind = ValueKind::kUnsigned,
          .number = static_cast<double>(value),
          .integer = static_cast<std::int64_t>(value),
          .text = {}};
}
Cell real(double value) { return {.column = 0, .kind = ValueKind::kDouble, .number = value, .integer = 0, .text = {}}; }
Cell boolean(bool value) { return {.column = 0, .kind = ValueKind::kBoolean, .number = 0, .integer = 0, .text = value ? "true" : "false"}; }
Cell container() { return {.column = 0, .kind = ValueKind::kContainer, .number = 0, .integer = 0, .text = {}}; }

}  // namespace

TEST_CASE("a cell as a number and as a category") {
  const struct {
    const char* name;
    Cell cell;
    ValueClass number_class;
    double number;
    ValueClass category_class;
    std::string_view category;
  } rows[] = {
      {"CSV number", csv("1.50"), ValueClass::kValid, 1.5, ValueClass::kValid, "1.50"},
      {"CSV text", csv("red"), ValueClass::kWrongType, 0, ValueClass::kValid, "red"},
      {"CSV nan", csv("NaN"), ValueClass::kNan, 0, ValueClass::kValid, "NaN"},
      {"CSV infinity", csv("-inf"), ValueClass::kNegativeInfinity, 0, ValueClass::kValid, "-inf"},
      {"empty", csv(""), ValueClass::kNull, 0, ValueClass::kNull, ""},
      {"JSON string of digits", string("1"), ValueClass::kWrongType, 0, ValueClass::kValid, "1"},
      {"integer", integer(-7), ValueClass::kValid, -7, ValueClass::kValid, "-7"},
      {"large integer", unsigned_integer(18446744073709551615U), ValueClass::kValid, 18446744073709551616.0, ValueClass::kValid,
       "18446744073709551615"},
      {"whole double", real(2.0), ValueClass::kValid, 2, ValueClass::kValid, "2"},
      {"double", real(0.1), ValueClass::kValid, 0.1, ValueClass::kValid, "0.1"},
      {"boolean", boolean(true), ValueClass::kWrongType, 0, ValueClass::kValid, "true"},
      {"array", container(), ValueClass::kWrongType, 0, ValueClass::kWrongType, ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CategoryBuffer buffer;
    const auto number = numeric_value(row.cell);
    CHECK(number.value_class == row.number_class);
    CHECK(number.value == row.number);
    const auto category = category_value(row.cell, buffer);
    CHECK(category.value_class == row.category_class);
    CHECK(category.text == row.category);
  }
}

TEST_CASE("prediction and label differ by value, else by text") {
  const struct {
    const char* name;
    std::optional<Cell> prediction, label;
    std::optional<double> want;
  } rows[] = {
      {"equal numbers, other text", csv("1.0"), csv("1"), 0.0},
      {"other numbers", csv("1"), csv("0"), 1.0},
      {"texts", csv("yes"), csv("yes"), 0.0},
      {"text and number", csv("yes"), csv("1"), 1.0},
      {"integer and double", integer(1), real(1.0), 0.0},
      {"integer and string", integer(1), string("1"), 0.0},
      {"booleans", boolean(true), boolean(false), 1.0},
      {"neighbours beyond 2^53", integer(9007199254740993), integer(9007199254740992), 1.0},
      {"null label", csv("1"), csv(""), std::nullopt},
      {"absent label", csv("1"), std::nullopt, std::nullopt},
      {"array", container(), csv("1"), std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const Answer prediction = answer_of(row.prediction ? &*row.prediction : nullptr), label = answer_of(row.label ? &*row.label : nullptr);
    CHECK(AnswerScale({Task::kMulticlass, 0.5, false}).loss(prediction, label) == row.want);
  }
}

TEST_CASE("times are RFC 3339 texts or integers of the unit") {
  CHECK(time_value(csv("1970-01-01T00:00:01Z"), TimeUnit::kSeconds) == 1'000'000);
  CHECK(time_value(csv("2"), TimeUnit::kSeconds) == 2'000'000);
  CHECK(time_value(integer(3), TimeUnit::kMilliseconds) == 3'000);
  CHECK(!time_value(string("3"), TimeUnit::kMilliseconds));
  CHECK(!time_value(real(3.5), TimeUnit::kMilliseconds));
  CHECK(!time_value(csv(""), TimeUnit::kMilliseconds));
}

}  // namespace driftd
