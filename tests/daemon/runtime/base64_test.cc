#include "daemon/runtime/base64.h"

#include <doctest/doctest.h>

TEST_CASE("base64 as RFC 4648 shows it") {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : rows) CHECK(driftd::base64(bytes) == text);
  CHECK(driftd::base64("\xFF\xFE\x00") == "//4=");
  CHECK(driftd::base64({"\xFB\x00\xFF", 3}) == "+wD/");
}
