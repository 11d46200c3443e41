#include "daemon/runtime/utf8.h"

#include <doctest/doctest.h>

#include <string>

using driftd::utf8_length;

TEST_CASE("the length of a sequence, or 0 where it is not well formed") {
  struct Row {
    const char* name;
    std::string input;
    std::size_t want;
  };
  const Row rows[] = {
      {"ASCII", "a", 1},
      {"NUL", std::string(1, '\0'), 1},
      {"two bytes", "\xc3\xa9", 2},
      {"three bytes", "\xe2\x82\xac", 3},
      {"four bytes", "\xf0\x9f\x98\x80", 4},
      {"the last code point", "\xf4\x8f\xbf\xbf", 4},
      {"beyond the last code point", "\xf4\x90\x80\x80", 0},
      {"a continuation byte alone", "\x80", 0},
      {"an overlong slash", "\xc0\xaf", 0},
      {"an overlong three-byte form", "\xe0\x80\xaf", 0},
      {"an overlong four-byte form", "\xf0\x80\x80\xaf", 0},
      {"a surrogate", "\xed\xa0\x80", 0},
      {"cut after one", "\xc3", 0},
      {"cut after three", "\xf0\x9f\x98", 0},
      {"a lead byte in place of a continuation", "\xe2\x82\xc3", 0},
      {"a byte that is none of UTF-8", "\xff", 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(utf8_length(row.input, 0) == row.want);
    CHECK(utf8_length("x" + row.input, 1) == row.want);
  }
}
