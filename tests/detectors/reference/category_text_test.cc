#include "detectors/reference/category_text.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

namespace driftd {

TEST_CASE("a number has one text, however it was written") {
  struct Row {
    double input;
    std::string want;
  };
  const Row rows[] = {
      {1.0, "1"},
      {-0.0, "0"},
      {100000.0, "100000"},
      {-12.5, "-12.5"},
      {0.1, "0.1"},
      {1e-7, "1e-07"},
      {9007199254740993.0, "9007199254740992"},
      {-9223372036854775808.0, "-9223372036854775808"},
      {9223372036854775808.0, "9223372036854775808"},
      {18446744073709549568.0, "18446744073709549568"},
      {18446744073709551616.0, "18446744073709551616"},
      {1e300, "1e+300"},
      {-2.2250738585072014e-308, "-2.2250738585072014e-308"},
      {5e-324, "5e-324"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.want);
    CategoryBuffer buffer;
    CHECK(category_text(row.input, buffer) == row.want);
  }
}

TEST_CASE("integers are plain to the last digit") {
  CategoryBuffer buffer;
  CHECK(category_text(std::numeric_limits<std::int64_t>::min(), buffer) == "-9223372036854775808");
  CHECK(category_text(std::numeric_limits<std::uint64_t>::max(), buffer) == "18446744073709551615");
  CHECK(category_text(std::int64_t{9007199254740993}, buffer) == "9007199254740993");
}

}  // namespace driftd
