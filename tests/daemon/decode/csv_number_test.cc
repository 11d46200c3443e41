#include "daemon/decode/csv_number.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "daemon/decode/csv_record.h"

namespace driftd {

TEST_CASE("the text of a cell as a number") {
  const struct {
    std::string_view input;
    ValueClass want;
    double value;
  } rows[] = {
      {"", ValueClass::kNull, 0},
      {"1", ValueClass::kValid, 1},
      {"-1.5", ValueClass::kValid, -1.5},
      {"+2", ValueClass::kValid, 2},
      {".5", ValueClass::kValid, 0.5},
      {"5.", ValueClass::kValid, 5},
      {"1e3", ValueClass::kValid, 1000},
      {"007", ValueClass::kValid, 7},
      {"-0.0", ValueClass::kValid, 0},
      {"1e-400", ValueClass::kValid, 0},
      {"5e-324", ValueClass::kValid, 5e-324},
      {"nan", ValueClass::kNan, 0},
      {"NaN", ValueClass::kNan, 0},
      {"-nan", ValueClass::kNan, 0},
      {"inf", ValueClass::kPositiveInfinity, 0},
      {"+Infinity", ValueClass::kPositiveInfinity, 0},
      {"-INF", ValueClass::kNegativeInfinity, 0},
      {"1e400", ValueClass::kPositiveInfinity, 0},
      {"-1e400", ValueClass::kNegativeInfinity, 0},
      {"nan(1)", ValueClass::kWrongType, 0},
      {" 1", ValueClass::kWrongType, 0},
      {"1 ", ValueClass::kWrongType, 0},
      {"1,5", ValueClass::kWrongType, 0},
      {"0x10", ValueClass::kWrongType, 0},
      {"+-1", ValueClass::kWrongType, 0},
      {"+", ValueClass::kWrongType, 0},
      {"-", ValueClass::kWrongType, 0},
      {".", ValueClass::kWrongType, 0},
      {"NA", ValueClass::kWrongType, 0},
      {"true", ValueClass::kWrongType, 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.input);
    const auto number = parse_csv_number(row.input);
    CHECK(number.value_class == row.want);
    CHECK(number.value == row.value);
    CHECK(std::signbit(number.value) == (row.value < 0));
    const std::string record = std::string(kFieldRoom, '5') + std::string(row.input) + std::string(kFieldRoom, '\0');
    const auto field = parse_csv_field(std::string_view(record).substr(kFieldRoom, row.input.size()));
    CHECK(field.value_class == row.want);
    CHECK(field.value == row.value);
    CHECK(std::signbit(field.value) == (row.value < 0));
  }
}

}  // namespace driftd
