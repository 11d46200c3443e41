#include "daemon/runtime/glob.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("globs match whole names") {
  const struct {
    const char* glob;
    const char* name;
    bool want;
  } rows[] = {{"*", "amount", true},      {"amount", "amount", true}, {"amo", "amount", false},    {"amo*", "amount", true},
              {"a?ount", "amount", true}, {"[a-c]*", "amount", true}, {"[b-c]*", "amount", false}, {"x.*", "x.y.z", true}};
  for (const auto& row : rows) {
    CAPTURE(row.glob);
    CHECK(matches(row.glob, row.name) == row.want);
  }
  CHECK(matches_any({"b*", "a*"}, "amount"));
  CHECK_FALSE(matches_any({}, "amount"));
}

}  // namespace driftd
