#include "config/problem.h"

#include <doctest/doctest.h>

#include <string>

using namespace driftd;

namespace {

std::string shown(const std::string& text, const Mark& at) {
  Report report;
  report.add_source("f", text);
  report.problem(at, "wrong");
  return render(report.problems());
}

}  // namespace

TEST_CASE("names of secrets, and of paths to them") {
  for (const char* name : {"password", "sasl.password", "ssl.key.pem", "api_key", "client_secret", "Token", "sasl.jaas.config",
                           "ssl.keystore.password", "\"password\""}) {
    CAPTURE(name);
    CHECK(looks_secret(name));
  }
  for (const char* name : {"password_file", "ssl.key.location", "token_url", "name", "brokers", "key", "compress", ""}) {
    CAPTURE(name);
    CHECK_FALSE(looks_secret(name));
  }
}

TEST_CASE("problems are sorted by place and rendered with a caret") {
  Report report;
  report.add_source("f", "ab: cd\né: x\n");
  CHECK(report.clean());
  report.problem({0, 2, 5, 1}, "second");
  report.problem({0, 1, 5, 2}, "first");
  report.problem({0, 0, 0, 0}, "whole");
  CHECK_FALSE(report.clean());
  CHECK(render(report.problems()) ==
        "f: whole\n"
        "f:1:5: first\n    1 | ab: cd\n      |     ^^\n"
        "f:2:4: second\n    2 | é: x\n      |    ^\n");
  CHECK(render_json(report.problems(), {}) ==
        "{\"problems\":[{\"source\":\"f\",\"line\":0,\"column\":0,\"message\":\"whole\"},"
        "{\"source\":\"f\",\"line\":1,\"column\":5,\"message\":\"first\"},"
        "{\"source\":\"f\",\"line\":2,\"column\":4,\"message\":\"second\"}],\"warnings\":[]}\n");
  CHECK(report.place({0, 2, 5, 1}) == "f:2:4");
  CHECK(report.place({0, 0, 0, 0}) == "f");
}

TEST_CASE("a line that holds a secret is masked from its value on") {
  struct Row {
    const char* name;
    std::string text;
    Mark at;
    const char* want;
  };
  const Row rows[] = {
      {"block", "password: hunter2\n", {0, 1, 1, 8}, "f:1:1: wrong\n    1 | password: <secret>\n      | ^^^^^^^^\n"},
      {"flow, place before",
       "a: {b: 1, password: hunter2}\n",
       {0, 1, 5, 1},
       "f:1:5: wrong\n    1 | a: {b: 1, password: <secret>\n      |     ^\n"},
      {"flow, place behind",
       "{password: hunter2, b: 1}\n",
       {0, 1, 21, 1},
       "f:1:21: wrong\n    1 | {password: <secret>\n      |                    ^\n"},
      {"quoted key", "\"sasl.password\": hunter2\n", {0, 1, 1, 5}, "f:1:1: wrong\n    1 | \"sasl.password\": <secret>\n      | ^^^^^\n"},
      {"key of a path",
       "password_file: /etc/x\n",
       {0, 1, 16, 6},
       "f:1:16: wrong\n    1 | password_file: /etc/x\n      |                ^^^^^^\n"},
      {"below the key", "ssl.key.pem: |\n  hunter2\n  more\nnext: 1\n", {0, 3, 3, 1}, "f:3:3: wrong\n    3 |   <secret>\n      |   ^\n"},
      {"behind the block", "ssl.key.pem: |\n  hunter2\nnext: 1\n", {0, 3, 1, 1}, "f:3:1: wrong\n    3 | next: 1\n      | ^\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(shown(row.text, row.at) == std::string(row.want));
  }
}

TEST_CASE("a message is one line, whatever a key was called") {
  Report report;
  report.add_source("f", "a: 1\n");
  report.problem({0, 1, 1, 1},
                 "key 'a\nb\x1b"
                 "1\xff' has no value");
  report.warning({0, 1, 1, 1}, "key 'é\n' is old");
  CHECK(report.problems()[0].message == "key 'a?b?1?' has no value");
  CHECK(report.warnings()[0].message == "key 'é?' is old");
}

TEST_CASE("a place outside of the text has no line to show") {
  CHECK(shown("a: 1\n", {0, 9, 3, 1}) == "f:9:3: wrong\n");
  CHECK(shown("a: 1\n", {0, 1, 99, 5}) == "f:1:5: wrong\n    1 | a: 1\n      |     ^\n");
}

TEST_CASE("a file of mistakes has a list that ends") {
  Report report;
  report.add_source("f", "a\n");
  for (int i = 0; i < 1000; ++i) report.problem({0, 1, 1, 1}, "wrong");
  CHECK(report.problems().size() == 200);
}
