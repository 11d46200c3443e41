#include "daemon/http/authorization.h"

#include <doctest/doctest.h>

#include "daemon/runtime/base64.h"

using namespace driftd;

TEST_CASE("a basic login is read") {
  CHECK(parse_basic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==") == BasicLogin{"Aladdin", "open sesame"});
  CHECK(parse_basic("bASIC  " + base64("u:p:q")) == BasicLogin{"u", "p:q"});
  CHECK(parse_basic("Basic " + base64(":")) == BasicLogin{"", ""});
}

TEST_CASE("what is no basic login") {
  for (const std::string& header : {std::string(), std::string("Basic"), std::string("Basic "), "Basic" + base64("u:p"),
                                    std::string("Basic u:p"), "Basic " + base64("no colon"), "Basic " + base64({"u:p\0q", 5}),
                                    "Bearer " + base64("u:p"), "Basic " + base64("u:p") + " x", "Basic\t" + base64("u:p")}) {
    CAPTURE(header);
    CHECK_FALSE(parse_basic(header).has_value());
  }
}

TEST_CASE("a bearer token is what stands behind the scheme") {
  CHECK(parse_bearer("Bearer abc") == "abc");
  CHECK(parse_bearer("bearer  a b") == "a b");
  for (const char* header : {"", "Bearer", "Bearer ", "Bearerabc", "Basic abc", "abc"}) CHECK_FALSE(parse_bearer(header).has_value());
}
