#include "daemon/http/target.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace driftd;

TEST_CASE("a target is split before it is decoded") {
  struct Row {
    const char* name;
    const char* input;
    std::vector<std::string> path;
    std::map<std::string, std::string, std::less<>> query;
  };
  const Row rows[] = {
      {"root", "/", {}, {}},
      {"root with a query", "/?a=1", {}, {{"a", "1"}}},
      {"segments", "/api/v1", {"api", "v1"}, {}},
      {"a trailing slash is an empty name", "/api/", {"api", ""}, {}},
      {"an empty segment stays", "//a", {"", "a"}, {}},
      {"an escaped slash stays inside a name", "/a%2Fb/c", {"a/b", "c"}, {}},
      {"plus is a plus in a path, a space in a query", "/a+b?c=d+e%2B", {"a+b"}, {{"c", "d e+"}}},
      {"the first of a repeated key", "/?k=1&k=2&&flag", {}, {{"k", "1"}, {"flag", ""}}},
      {"dots are names", "/../%2e%2e/etc", {"..", "..", "etc"}, {}},
      {"bytes of UTF-8", "/%C3%A9", {"\xc3\xa9"}, {}},
      {"a question mark in a query", "/?a=b?c", {}, {{"a", "b?c"}}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto target = parse_target(row.input);
    REQUIRE(target.has_value());
    CHECK(target->path == row.path);
    CHECK(target->query == row.query);
  }
}

TEST_CASE("a target that is not a path is refused") {
  for (const char* input : {"", "*", "http://localhost/", "localhost:80", "/%", "/%4", "/%zz", "/a%00b", "/?a=%00", "/?%0=1"}) {
    CAPTURE(input);
    CHECK_FALSE(parse_target(input).has_value());
  }
}

TEST_CASE("encoding and decoding are inverse for every byte but NUL") {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  const auto target = parse_target("/" + percent_encode(all) + "?k=" + percent_encode(all));
  REQUIRE(target.has_value());
  CHECK(target->path == std::vector<std::string>{all});
  CHECK(target->query.at("k") == all);
  CHECK(percent_encode("a b/\xc3\xa9~") == "a%20b%2F%C3%A9~");
}
