#include "daemon/decode/field_path.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("a path is split at its dots, escaped ones left out") {
  struct Row {
    std::string input;
    std::vector<std::string> want;
    std::string flat;
  };
  const Row rows[] = {
      {"a", {"a"}, "a"},
      {"a.b.c", {"a", "b", "c"}, "a.b.c"},
      {R"(a\.b)", {"a.b"}, "a.b"},
      {R"(a\.b.c)", {"a.b", "c"}, "a.b.c"},
      {R"(a\\.b)", {"a\\", "b"}, R"(a\.b)"},
      {R"(a\b)", {R"(a\b)"}, R"(a\b)"},
      {R"(a\)", {R"(a\)"}, R"(a\)"},
      {"", {""}, ""},
      {"a..b", {"a", "", "b"}, "a..b"},
      {".a", {"", "a"}, ".a"},
      {"\xc3\xa9.\xc3\xa8", {"\xc3\xa9", "\xc3\xa8"}, "\xc3\xa9.\xc3\xa8"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.input);
    CHECK(split_path(row.input) == row.want);
    CHECK(flat_name(row.input) == row.flat);
  }
}

}  // namespace driftd
