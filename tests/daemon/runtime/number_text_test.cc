#include "daemon/runtime/number_text.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

namespace driftd {

TEST_CASE("a number in text is valid, a class of its own, or the wrong type") {
  struct Row {
    std::string input;
    ValueClass want;
    double value = 0;
  };
  const Row rows[] = {
      {"", ValueClass::kNull},
      {"0", ValueClass::kValid, 0},
      {"-0", ValueClass::kValid, 0},
      {"12", ValueClass::kValid, 12},
      {"-1.5e3", ValueClass::kValid, -1500},
      {"1E5", ValueClass::kValid, 1e5},
      {".5", ValueClass::kValid, 0.5},
      {"-.5", ValueClass::kValid, -0.5},
      {"5.", ValueClass::kValid, 5},
      {"007", ValueClass::kValid, 7},
      {"0.1", ValueClass::kValid, 0.1},
      {"5e-324", ValueClass::kValid, 5e-324},
      {"123456789012345678901234567890", ValueClass::kValid, 123456789012345678901234567890.0},
      {"nan", ValueClass::kNan},
      {"NaN", ValueClass::kNan},
      {"-nan", ValueClass::kNan},
      {"inf", ValueClass::kPositiveInfinity},
      {"Infinity", ValueClass::kPositiveInfinity},
      {"-INF", ValueClass::kNegativeInfinity},
      {"nan(12)", ValueClass::kWrongType},
      {"+1", ValueClass::kWrongType},
      {" 1", ValueClass::kWrongType},
      {"1 ", ValueClass::kWrongType},
      {"-", ValueClass::kWrongType},
      {".", ValueClass::kWrongType},
      {"--1", ValueClass::kWrongType},
      {"1e", ValueClass::kWrongType},
      {"0x10", ValueClass::kWrongType},
      {"1,5", ValueClass::kWrongType},
      {"1e400", ValueClass::kWrongType},
      {"1e-400", ValueClass::kWrongType},
      {"NA", ValueClass::kWrongType},
      {"infinit", ValueClass::kWrongType},
      {"true", ValueClass::kWrongType},
  };
  for (const Row& row : rows) {
    CAPTURE(row.input);
    const NumberText got = classify_number(row.input);
    CHECK(got.value_class == row.want);
    CHECK(got.value == row.value);
    CHECK_FALSE(std::signbit(got.value) != std::signbit(row.value));
  }
}

}  // namespace driftd
