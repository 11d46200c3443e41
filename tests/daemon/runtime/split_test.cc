#include "daemon/runtime/split.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("parts between separators, none behind the last one") {
  using Parts = std::vector<std::string_view>;
  CHECK(split("", ',').empty());
  CHECK(split("a", ',') == Parts{"a"});
  CHECK(split("a,b", ',') == Parts{"a", "b"});
  CHECK(split("a,b,", ',') == Parts{"a", "b"});
  CHECK(split(",a,,b", ',') == Parts{"", "a", "", "b"});
  CHECK(split("\n\n", '\n') == Parts{"", ""});
}
