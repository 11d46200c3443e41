#include "daemon/decode/json_flatten.h"

#include <doctest/doctest.h>

#include <vector>

namespace driftd {
namespace {

std::string shown(const JsonField& field) {
  switch (field.kind) {
    case JsonKind::kNull: return "null";
    case JsonKind::kBoolean: return field.boolean ? "true" : "false";
    case JsonKind::kInteger: return "int " + std::to_string(field.integer);
    case JsonKind::kUnsigned: return "unsigned " + std::to_string(field.whole);
    case JsonKind::kDouble: return "double " + std::to_string(field.number);
    case JsonKind::kString: return "'" + std::string(field.text) + "'";
    case JsonKind::kContainer: return "container";
  }
  return "";
}

std::vector<std::string> flat(std::string_view json) {
  JsonFlattener flattener;
  if (const auto problem = flattener.flatten(json)) return {problem->what};
  std::vector<std::string> fields;
  for (const auto& field : flattener.fields()) fields.push_back(std::string(field.path) + " " + shown(field));
  return fields;
}

}  // namespace

TEST_CASE("an object becomes its fields by path") {
  const struct {
    const char* name;
    std::string_view input;
    std::vector<std::string> want;
  } rows[] = {
      {"empty", "{}", {}},
      {"scalars", R"({"a":1,"b":-2.5,"c":"x","d":true,"e":null})", {"a int 1", "b double -2.500000", "c 'x'", "d true", "e null"}},
      {"nested", R"({"a":{"b":{"c":1},"d":2},"e":3})", {"a.b.c int 1", "a.d int 2", "e int 3"}},
      {"siblings of a nested object", R"({"a":{"b":{},"c":1},"d":2})", {"a.c int 1", "d int 2"}},
      {"escapes of keys", R"({"a.b":{"c\\d":1}})", {R"(a\.b.c\\d int 1)"}},
      {"arrays are not walked", R"({"a":[1,{"b":2}],"c":[]})", {"a container", "c container"}},
      {"duplicate: the first counts", R"({"a":1,"b":3,"a":2})", {"a int 1", "b int 3"}},
      {"duplicate inside", R"({"p":{"a":1,"a":2},"q":{"a":3}})", {"p.a int 1", "q.a int 3"}},
      {"a duplicate object is left out whole", R"({"p":{"a":1},"p":{"a":2,"b":3},"c":4})", {"p.a int 1", "c int 4"}},
      {"so is one behind an empty object", R"({"p":{},"p":{"a":2}})", {}},
      {"and behind a value", R"({"p":null,"p":{"a":2}})", {"p null"}},
      {"escaped twice is a duplicate", R"({"x":1,"\u0078":4})", {"x int 1"}},
      {"a dot in a key is another path", R"({"a.b":1,"a":{"b":2}})", {R"(a\.b int 1)", "a.b int 2"}},
      {"large numbers",
       R"({"a":18446744073709551615,"b":9223372036854775807})",
       {"a unsigned 18446744073709551615", "b int 9223372036854775807"}},
      {"minus zero", R"({"a":-0.0})", {"a double 0.000000"}},
      {"escapes of text", R"({"a":"\u00fc\n"})", {"a 'ü\n'"}},
      {"empty key", R"({"":1,"a":{"":2}})", {" int 1", "a. int 2"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(flat(row.input) == row.want);
  }
}

TEST_CASE("what is not one valid object is refused, with a place near the fault") {
  const struct {
    const char* name;
    std::string_view input;
    std::size_t low, high;  // bounds of the offset
  } rows[] = {
      {"empty", "", 0, 0},
      {"array", "[1]", 0, 0},
      {"number", "1", 0, 0},
      {"cut", R"({"a":1)", 0, 6},
      {"two objects", R"({"a":1}{"a":2})", 0, 8},
      {"bare word", R"({"good":1,"a":nul})", 14, 17},
      {"missing comma", R"({"good":1 "a":2})", 9, 11},
      {"NaN", R"({"good":1,"a":NaN})", 14, 17},
      {"bad escape", R"({"good":1,"a":"\x"})", 14, 18},
      {"leading zero", R"({"good":1,"a":01})", 14, 16},
      {"not UTF-8", "{\"a\":\"\xFC\"}", 0, 8},
  };
  JsonFlattener flattener;
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto problem = flattener.flatten(row.input);
    REQUIRE(problem);
    CAPTURE(problem->offset);
    CAPTURE(problem->what);
    CHECK(problem->offset >= row.low);
    CHECK(problem->offset <= row.high);
  }
  CHECK(!flattener.flatten(R"({"a":1})"));
  CHECK(flattener.fields().size() == 1);
}

TEST_CASE("a thousand keys are told apart, in the next record too") {
  std::string once, twice;
  for (int key = 0; key < 1000; ++key) {
    const std::string field = "\"" + std::to_string(key) + "\":" + std::to_string(key);
    once += (once.empty() ? "" : ",") + field;
    twice += "," + field;
  }
  JsonFlattener flattener;
  for (const std::string& text : {"{" + once + "}", "{" + once + twice + "}", "{" + once + ",\"o\":{" + once + "}}"}) {
    CHECK_FALSE(flattener.flatten(text));
    CHECK(flattener.fields().size() == (text.ends_with("}}") ? 2000 : 1000));
  }
}

TEST_CASE("what lies behind the text is not read") {
  const std::string_view both = R"({"a":1}{"b":2})";
  JsonFlattener flattener;
  CHECK(!flattener.flatten(both.substr(0, 7)));
  CHECK(flattener.fields().size() == 1);
}

}  // namespace driftd
