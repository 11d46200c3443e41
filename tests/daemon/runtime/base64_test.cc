#include "daemon/runtime/base64.h"

#include <doctest/doctest.h>

TEST_CASE("base64 as RFC 4648 shows it") {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : rows) CHECK(driftd::base64(bytes) == text);
  CHECK(driftd::base64("\xFF\xFE\x00") == "//4=");
  CHECK(driftd::base64({"\xFB\x00\xFF", 3}) == "+wD/");
}

TEST_CASE("what base64 wrote is read, and nothing else") {
  const std::string_view rows[] = {"", "f", "fo", "foo", "foob", {"\xFB\x00\xFF", 3}, "\xFF\xFE"};
  for (const std::string_view bytes : rows) CHECK(driftd::from_base64(driftd::base64(bytes)) == bytes);
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zg==Zg==", "Z===", "====", "=", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "Zm-_", "Zm9v="}) {
    CAPTURE(text);
    CHECK_FALSE(driftd::from_base64(text).has_value());
  }
}
