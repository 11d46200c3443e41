#include "daemon/decode/json_tree.h"

#include <doctest/doctest.h>

#include <cmath>

namespace driftd {
namespace {

std::string written(const JsonTree& tree) {
  JsonWriter json;
  write_json(json, tree);
  return json.take();
}

}  // namespace

TEST_CASE("a JSON text reads back as itself: order, whole numbers and strings stay") {
  const char* texts[] = {
      R"({"b":1,"a":[true,false,null,"x"]})",
      R"({"n":9223372036854775807,"u":18446744073709551615,"m":-1})",
      R"({"x":0.1,"e":1e+300})",
      R"("a \" quote\n")",
      R"([])",
      R"({"o":{"p":{}}})",
  };
  for (const char* text : texts) {
    CAPTURE(text);
    const auto tree = parse_json(text);
    REQUIRE(tree.has_value());
    CHECK(written(*tree) == text);
  }
}

TEST_CASE("what is not one whole JSON value is refused") {
  for (const char* text : {"", "{", "{\"a\":1}{", "nul", "[1,]", "{'a':1}", "\"\xff\""}) {
    CAPTURE(text);
    const auto tree = parse_json(text);
    REQUIRE_FALSE(tree.has_value());
    CHECK(tree.error().starts_with("not JSON: "));
  }
}

TEST_CASE("values are found by dotted path; of duplicate keys the first counts") {
  const auto tree = parse_json(R"({"a":{"b":1.5,"c.d":"x"},"k":1,"k":2,"n":null})");
  REQUIRE(tree.has_value());
  CHECK(tree->find("a.b")->number() == 1.5);
  CHECK(*tree->find("a.c\\.d")->text() == "x");
  CHECK(tree->find("k")->number() == 1);
  CHECK(tree->find("n")->is_null());
  CHECK(std::isnan(tree->find("n")->number()));
  CHECK(tree->find("a.b.c") == nullptr);
  CHECK(tree->find("z") == nullptr);
}

TEST_CASE("a value is put where its path says, over what was there and into objects that were not") {
  auto tree = parse_json(R"({"a":1})");
  REQUIRE(tree.has_value());
  CHECK(tree->set("a", {std::string("x")}));
  CHECK(tree->set("b.c", {2.5}));
  CHECK_FALSE(tree->set("a.d", {true}));
  CHECK(written(*tree) == R"({"a":"x","b":{"c":2.5}})");
}

}  // namespace driftd
