#include "config/yaml_reader.h"

#include <doctest/doctest.h>

#include <string>

using namespace driftd;

namespace {

std::string problems_of(const std::string& text) {
  Report report;
  read_yaml("f", text, report);
  return render(report.problems());
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("a tree keeps kinds, texts and places") {
  Report report;
  const YamlNode root = read_yaml("f", "a: 1\nb:\n  - x\n  - \"y z\"\nc: {d: [e]}\n", report);
  CHECK(report.clean());
  REQUIRE(root.kind == YamlNode::Kind::kMap);
  REQUIRE(root.keys.size() == 3);
  CHECK(root.keys[1].name == "b");
  CHECK(root.keys[1].at == Mark{0, 2, 1, 1});
  REQUIRE(root.find("b") != nullptr);
  const YamlNode& list = *root.find("b");
  REQUIRE(list.kind == YamlNode::Kind::kList);
  CHECK(list.items[1].text == "y z");
  CHECK(list.items[1].at == Mark{0, 4, 5, 5});
  CHECK(root.find("c")->find("d")->items[0].text == "e");
  CHECK(root.find("nope") == nullptr);
}

TEST_CASE("quoted text is text, whatever it looks like") {
  Report report;
  const YamlNode root = read_yaml("f", "a: \"0123\"\nb: '.inf'\nc: \"1_000\"\nd: |\n  0123\n", report);
  CHECK(report.clean());
  CHECK(root.find("a")->text == "0123");
  CHECK(root.find("d")->text == "0123\n");
}

TEST_CASE("plain numbers, words and CRLF are accepted") {
  CHECK(problems_of("a: 0\nb: 0.5\nc: -1e-3\nd: 10\ne: yes\nf: 2025-01-31T00:00:00Z\ng: 0x1F\n").empty());
  CHECK(problems_of("a: 1\r\nb: 2\r\n").empty());
  CHECK(problems_of("\xEF\xBB\xBF"
                    "a: 1\n")
            .empty());
  CHECK(problems_of("%YAML 1.2\n---\na: 1\n...\n").empty());
  CHECK(problems_of("").empty());
}

TEST_CASE("bytes that a configuration may not have") {
  struct Row {
    const char* name;
    std::string text, want;
  };
  const Row rows[] = {
      {"tab to indent", "a:\n\tb: 1\n", "f:2:1: a tab; indent and separate with spaces\n    2 | →b: 1\n      | ^\n"},
      {"tab behind a value", "a: 1\t# one\n", "f:1:5: a tab; indent and separate with spaces\n    1 | a: 1→# one\n      |     ^\n"},
      {"a tab in two lines", "a: \t1\nb: \t2\n",
       "f:1:4: a tab; indent and separate with spaces\n    1 | a: →1\n      |    ^\n"
       "f:2:4: a tab; indent and separate with spaces\n    2 | b: →2\n      |    ^\n"},
      {"NUL", std::string("a: \0b", 5), "f:1:4: a control character\n    1 | a: ?b\n      |    ^\n"},
      {"escape", "a: \x1B[31m\n", "f:1:4: a control character\n    1 | a: ?[31m\n      |    ^\n"},
      {"lone carriage return", "a: 1\rb: 2\n", "f:1:5: a carriage return without a line feed\n    1 | a: 1?b: 2\n      |     ^\n"},
      {"Latin-1", "a: \xE9t\xE9\n", "f:1:4: not UTF-8\n    1 | a: ?t?\n      |    ^\n"},
      {"overlong", "\xC0\xAF: 1\n", "f:1:1: not UTF-8\n    1 | ??: 1\n      | ^\n"},
      {"surrogate", "\xED\xA0\x80: 1\n", "f:1:1: not UTF-8\n    1 | ???: 1\n      | ^\n"},
      {"truncated at the end", "a: \xF0\x9F\x98", "f:1:4: not UTF-8\n    1 | a: ???\n      |    ^\n"},
      {"beyond U+10FFFF", "\xF4\x90\x80\x80: 1\n", "f:1:1: not UTF-8\n    1 | ????: 1\n      | ^\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(problems_of(row.text) == row.want);
  }
}

TEST_CASE("limits: a byte, a level and a value too many") {
  const std::string pad = "# " + std::string(YamlLimits::kBytes - 3, 'x') + "\n";
  CHECK(pad.size() == YamlLimits::kBytes);
  CHECK(problems_of(pad).empty());
  CHECK(problems_of(pad + "x") == "f: larger than 1MiB\n");

  const auto nested = [](std::size_t lists) { return "a: " + repeated("[", lists) + "x" + repeated("]", lists) + "\n"; };
  CHECK(problems_of(nested(YamlLimits::kDepth - 1)).empty());
  CHECK(problems_of(nested(YamlLimits::kDepth)).starts_with("f:1:35: nested deeper than 32\n"));
  CHECK(problems_of(nested(100'000)).starts_with("f:1:35: nested deeper than 32\n"));

  const auto values = [](std::size_t count) { return "a: [" + repeated("1,", count) + "]\n"; };
  CHECK(problems_of(values(YamlLimits::kNodes - 2)).empty());
  CHECK(problems_of(values(YamlLimits::kNodes - 1)).find(": more than 100000 values\n") != std::string::npos);
}

TEST_CASE("an alias bomb is refused where it stands, nothing is expanded") {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    bomb += std::string(1, c) + ": &" + c + " [" + repeated("*" + before + ",", 9) + "]\n";
  }
  const std::string problems = problems_of(bomb);
  CHECK(problems.starts_with("f:1:4: anchors are refused; write the value out\n"));
  CHECK(problems.find("f:2:8: aliases are refused; write the value out\n") != std::string::npos);
}

TEST_CASE("a key that is no text ends the reading: every key has its value") {
  for (const char* text : {"? [x]\n: y\n", "{{a: b}: c}\n", "a: {[x]}\n", "a: {{b: c}, d: e}\n", "? {a: 1}\n", "[a]: b\n"}) {
    CAPTURE(text);
    CHECK(problems_of(text).find(": a key must be plain text\n") != std::string::npos);
  }
  CHECK(problems_of("a: {~: 1, b: 2}\n") == "f:1:5: a key must be plain text\n    1 | a: {~: 1, b: 2}\n      |     ^\n");
}
