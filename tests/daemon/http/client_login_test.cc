#include "daemon/http/client_login.h"

#include <doctest/doctest.h>

#include "tests/temp_folder.h"

using namespace driftd;

TEST_CASE("a login is the line of its file") {
  const TempFolder folder;
  CHECK(bearer_login("k", folder.write("token", "abc\n")).value() == "Bearer abc");
  CHECK(basic_login("k", folder.write("login", "Aladdin:open sesame\n")).value() == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");  // RFC 7617
}

TEST_CASE("a login that could be two headers, or is none, is refused by its key and never shown") {
  const TempFolder folder;
  const struct {
    const char *content, *want;
  } rows[] = {{"hunter2\r\nX: y", " holds more than one line"},
              {"hunter2\n\n", " holds more than one line"},
              {"", " is empty"},
              {"\n", " is empty"}};
  for (const auto& row : rows) {
    CAPTURE(row.content);
    const std::string file = folder.write("f", row.content);
    CHECK(bearer_login("key", file).error() == "key: " + file + row.want);
    CHECK(basic_login("key", file).error() == "key: " + file + row.want);
  }
  const std::string nameless = folder.write("f", "hunter2");
  CHECK(basic_login("key", nameless).error() == "key: expected user:password in " + nameless);
  CHECK(bearer_login("key", folder.path("gone")).error().starts_with("key: cannot read "));
}
