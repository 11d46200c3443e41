#include "daemon/runtime/json_writer.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace driftd {
namespace {

std::string number(double value) {
  std::string out;
  append_json_number(out, value);
  return out;
}

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace

TEST_CASE("numbers are the shortest text that reads back") {
  const struct {
    const char* name;
    double input;
    const char* want;
  } rows[] = {
      {"zero", 0.0, "0"},
      {"minus zero", -0.0, "0"},
      {"whole", 200000.0, "200000"},
      {"large whole", 1e15, "1000000000000000"},
      {"2^53", 9007199254740992.0, "9007199254740992"},
      {"beyond 2^53", 1e22, "1e+22"},
      {"negative", -3.0, "-3"},
      {"fraction", 0.1, "0.1"},
      {"tiny", 5e-324, "5e-324"},
      {"largest", std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
      {"17 digits", 0.45454545454545453, "0.45454545454545453"},
      {"nan", std::nan(""), "null"},
      {"infinity", std::numeric_limits<double>::infinity(), "null"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(number(row.input) == row.want);
  }
}

TEST_CASE("strings are escaped, and what is not UTF-8 is replaced") {
  const struct {
    const char* name;
    std::string_view input;
    std::string_view want;
  } rows[] = {
      {"empty", "", R"("")"},
      {"plain", "age", R"("age")"},
      {"quote and backslash", R"(a"b\c)", R"("a\"b\\c")"},
      {"control", std::string_view("\n\r\t\b\f\x01\x1f\0", 8), R"("\n\r\t\b\f\u0001\u001f\u0000")"},
      {"two, three, four bytes", "ü€😀", "\"ü€😀\""},
      {"lone continuation", "a\x80z", "\"a\xEF\xBF\xBDz\""},
      {"cut at the end", "a\xC3", "\"a\xEF\xBF\xBD\""},
      {"overlong slash", "\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"surrogate", "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"over U+10FFFF", "\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(quoted(row.input) == row.want);
  }
}

TEST_CASE("a document on one line") {
  JsonWriter json;
  json.begin_object().field("name", "x").field("n", 3u).field("m", -4).field("p", 0.25).field("ok", true);
  json.key("list").begin_array().number(1.0).null().string("s").begin_object().end_object().end_array();
  json.key("inner").raw(R"({"a":1})").end_object();
  CHECK(json.text() == R"({"name":"x","n":3,"m":-4,"p":0.25,"ok":true,"list":[1,null,"s",{}],"inner":{"a":1}})");
}

TEST_CASE("a document with indentation, and a writer used twice") {
  JsonWriter json(2);
  json.begin_object().key("a").begin_array().number(1.0).number(2.0).end_array().key("b").begin_array().end_array().end_object();
  CHECK(json.take() == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": []\n}");
  CHECK(json.begin_array().number(std::uint64_t{18446744073709551615U}).end_array().text() == "[\n  18446744073709551615\n]");
}

}  // namespace driftd
