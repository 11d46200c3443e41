#include "daemon/cli/test_file.h"

#include <doctest/doctest.h>

using namespace driftd;

namespace {

const std::string kStart = "config: c.yaml\ntests:\n  - name: n\n    monitor: m\n";

std::expected<TestFile, Problems> read(const std::string& text) { return read_test_file(text, "t.yaml", {{{"ROWS", "r.csv"}}, "/base"}); }

}  // namespace

TEST_CASE("a test file is read whole") {
  const auto file =
      read(kStart +
           "    start: 2026-03-01T00:00:00Z\n    every: 2s\n    rows:\n"
           "      - {draw: 10, seed: 3, of: '${env:ROWS}', shift: {x: -1.5}, replace: {c: XX}}\n"
           "      - lines: |\n          {\"a\": \"$$x\"}\n"
           "    expect:\n      alerts:\n        - {feature: x, state: resolved, at: 10m}\n        - {from: 1m, to: 2026-03-01T01:00:00Z}\n"
           "      scores:\n        - {feature: x, method: psi, effect: 2, p_value: {max: 0.1}, statistic: {value: 1, within: 0.5}}\n"
           "      windows: 0\n      rejected: {bad_json: 2}\n      late: 1\n");
  REQUIRE_MESSAGE(file.has_value(), (file ? "" : render(file.error())));
  CHECK(file->config == "/base/c.yaml");
  REQUIRE(file->tests.size() == 1);
  const DriftTest& test = file->tests[0];
  constexpr std::int64_t start = 1'772'323'200'000'000;
  CHECK(test.place == "t.yaml:3:5");
  CHECK(test.start_us == start);
  CHECK(test.every_us == 2'000'000);
  REQUIRE(test.rows.size() == 2);
  CHECK(test.rows[0].draw == 10);
  CHECK(test.rows[0].seed == 3);
  CHECK(test.rows[0].of == "/base/r.csv");
  CHECK(test.rows[0].shift.at("x") == -1.5);
  CHECK(test.rows[0].replace.at("c") == "XX");
  CHECK(test.rows[1].lines == "{\"a\": \"$$x\"}\n");
  REQUIRE(test.expect.alerts->size() == 2);
  CHECK(test.expect.alerts->at(0).state == AlertWord::kResolved);
  CHECK(test.expect.alerts->at(0).at_us == start + 600'000'000);
  CHECK(test.expect.alerts->at(1).state == AlertWord::kFiring);
  CHECK(test.expect.alerts->at(1).to_us == start + 3'600'000'000);
  const ExpectedScore& score = test.expect.scores.at(0);
  CHECK(score.segment == "all");
  CHECK(score.values.at("effect").max - 2 < 1e-8);
  CHECK(score.values.at("p_value").max == 0.1);
  CHECK(score.values.at("statistic").min == 0.5);
  CHECK(test.expect.windows == 0);
  CHECK(test.expect.rejected.at("bad_json") == 2);
  CHECK(test.expect.late == 1);
}

TEST_CASE("every slip has its place and its way out") {
  struct Row {
    const char* name;
    std::string text, want;
  };
  const std::string rows = "    rows: [{draw: 1}]\n";
  const Row table[] = {
      {"unknown at the top", "confg: x\nconfig: c\ntests: []\n",
       "t.yaml:1:1: unknown key 'confg' at the top level; did you mean 'config'?"},
      {"nothing", "", "t.yaml: missing key 'config'"},
      {"unknown in a test", kStart + rows + "    exprct: {}\n    expect: {silence: true}\n",
       "t.yaml:6:5: unknown key 'exprct' in tests[0]; did you mean 'expect'?"},
      {"no expectation", kStart + rows, "t.yaml:3:5: tests[0]: missing key 'expect'"},
      {"expects nothing", kStart + rows + "    expect: {}\n", "t.yaml:6:13: tests[0].expect: nothing is expected"},
      {"two sources", kStart + "    rows: [{draw: 1, file: f}]\n    expect: {late: 0}\n",
       "t.yaml:5:12: tests[0].rows[0]: give one of lines, file and draw"},
      {"seed without draw", kStart + "    rows: [{file: f, seed: 2}]\n    expect: {late: 0}\n",
       "t.yaml:5:28: tests[0].rows[0].seed: only with draw"},
      {"draw of none", kStart + "    rows: [{draw: 0}]\n    expect: {late: 0}\n",
       "t.yaml:5:19: tests[0].rows[0].draw: expected a whole number from 1 to 100000000; got \"0\""},
      {"shift by a word", kStart + "    rows: [{draw: 1, shift: {x: much}}]\n    expect: {late: 0}\n",
       "t.yaml:5:33: tests[0].rows[0].shift.x: expected a number"},
      {"silence and alerts", kStart + rows + "    expect: {silence: true, alerts: [{feature: x}]}\n",
       "t.yaml:6:37: tests[0].expect.alerts: `silence: true` expects none"},
      {"a state", kStart + rows + "    expect: {alerts: [{state: fired}]}\n",
       "t.yaml:6:31: tests[0].expect.alerts[0].state: expected one of pending, firing, updated, resolved; got \"fired\""},
      {"a time", kStart + rows + "    expect: {alerts: [{at: noon}]}\n",
       "t.yaml:6:28: tests[0].expect.alerts[0].at: expected a duration after `start`, such as 20m, or an RFC 3339 time; got \"noon\""},
      {"a time beyond all", kStart + rows + "    expect: {alerts: [{at: 900000w}]}\n",
       "t.yaml:6:28: tests[0].expect.alerts[0].at: expected a duration"},
      {"at and from", kStart + rows + "    expect: {alerts: [{at: 1m, from: 1m}]}\n",
       "tests[0].expect.alerts[0].at: give either at, or from and to"},
      {"a reason", kStart + rows + "    expect: {rejected: {bad_jsn: 1}}\n",
       "t.yaml:6:25: unknown key 'bad_jsn' in tests[0].expect.rejected; did you mean 'bad_json'?"},
      {"a score of nothing", kStart + rows + "    expect: {scores: [{feature: x, method: psi}]}\n",
       "t.yaml:6:23: tests[0].expect.scores[0]: give a value or a status to expect"},
      {"bounds of two kinds", kStart + rows + "    expect: {scores: [{feature: x, method: psi, effect: {min: 1, value: 2, within: 1}}]}\n",
       "t.yaml:6:57: tests[0].expect.scores[0].effect: give a number, or min and max, or value and within"},
      {"two names", kStart + rows + "    expect: {late: 0}\n  - name: n\n    monitor: m\n" + rows + "    expect: {late: 0}\n",
       "t.yaml:7:11: tests[1].name: two tests have this name"},
      {"a list that is none", "config: c\ntests: {}\n", "t.yaml:2:8: tests: expected a list; got a map"},
      {"an anchor", "config: &a c\ntests: []\n", "t.yaml:1:9: anchors are refused"},
  };
  for (const Row& row : table) {
    CAPTURE(row.name);
    const auto file = read(row.text);
    REQUIRE_FALSE(file.has_value());
    const std::string said = render(file.error());
    CAPTURE(said);
    CHECK(said.contains(row.want));
  }
}
