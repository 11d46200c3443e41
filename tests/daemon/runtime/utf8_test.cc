#include "daemon/runtime/utf8.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("the first byte that is not UTF-8") {
  const struct {
    const char* name;
    std::string_view input;
    std::size_t want;
  } rows[] = {
      {"empty", "", 0},
      {"ASCII over eight bytes", "abcdefghij", 10},
      {"all lengths", "aü€😀z", 11},
      {"limits", "\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", 21},
      {"Latin-1 behind ASCII", "abcdefghgr\xFCn", 10},
      {"lone continuation", "a\x80", 1},
      {"cut", "abc\xE2\x82", 3},
      {"overlong two", "\xC1\xBF", 0},
      {"overlong three", "\xE0\x9F\xBF", 0},
      {"overlong four", "\xF0\x8F\xBF\xBF", 0},
      {"surrogate", "\xED\xA0\x80", 0},
      {"over U+10FFFF", "\xF4\x90\x80\x80", 0},
      {"UTF-16 mark", "\xFF\xFE", 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(utf8_prefix(row.input) == row.want);
  }
}

}  // namespace driftd
