#include "daemon/cli/test_expect.h"

#include <doctest/doctest.h>

#include <limits>

using namespace driftd;

namespace {

constexpr std::int64_t kMinute = 60'000'000;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Two windows; amount fires in the second.
TestOutcome outcome() {
  TestOutcome outcome;
  outcome.windows = outcome.judged = 2;
  outcome.alerts = {{"drift", "amount", "all", "warning", "amount: moved", AlertWord::kFiring, 2 * kMinute},
                    {"quality", "amount", "all", "critical", "amount: 20% missing", AlertWord::kFiring, 2 * kMinute}};
  outcome.scores = {{"amount", "all", "psi", "ok", kMinute, 0.02, 0.01, 0.5, 0.1},
                    {"amount", "all", "psi", "ok", 2 * kMinute, 0.4, 0.35, 1e-9, 2},
                    {"amount", "all", "ks", "insufficient", kMinute, kNan, kNan, kNan, kNan}};
  return outcome;
}

using Lines = std::vector<std::string>;

Lines compare(const Expectations& expect, const TestOutcome& got) {
  DriftTest test;
  test.expect = expect;
  return differences(test, got);
}

ExpectedScore psi(std::optional<std::int64_t> at, std::map<std::string, Bounds> values) {
  ExpectedScore score;
  score.feature = "amount";
  score.method = "psi";
  score.at_us = at;
  score.values = std::move(values);
  return score;
}

}  // namespace

TEST_CASE("alerts are exactly those expected, whatever is not said of them") {
  Expectations expect;
  expect.alerts = {ExpectedAlert{}, ExpectedAlert{}};
  CHECK(compare(expect, outcome()).empty());
  // The first could be either; the second only the drift: the pairing finds it.
  expect.alerts->at(1).kind = "drift";
  CHECK(compare(expect, outcome()).empty());
  expect.alerts->pop_back();
  CHECK(compare(expect, outcome()).size() == 1);
}

TEST_CASE("each thing said of an alert counts") {
  struct Row {
    const char* name;
    void (*say)(ExpectedAlert&);
    bool fits;
  };
  const Row rows[] = {
      {"kind", [](ExpectedAlert& a) { a.kind = "drift"; }, true},
      {"another kind", [](ExpectedAlert& a) { a.kind = "prediction"; }, false},
      {"feature", [](ExpectedAlert& a) { a.feature = "amount"; }, true},
      {"another feature", [](ExpectedAlert& a) { a.feature = "country"; }, false},
      {"another segment", [](ExpectedAlert& a) { a.segment = "country=DE"; }, false},
      {"another severity", [](ExpectedAlert& a) { a.severity = "critical"; }, false},
      {"another state", [](ExpectedAlert& a) { a.state = AlertWord::kResolved; }, false},
      {"at", [](ExpectedAlert& a) { a.at_us = 2 * kMinute; }, true},
      {"at another time", [](ExpectedAlert& a) { a.at_us = kMinute; }, false},
      {"from its window", [](ExpectedAlert& a) { a.from_us = 2 * kMinute; }, true},
      {"from later", [](ExpectedAlert& a) { a.from_us = 2 * kMinute + 1; }, false},
      {"to its window", [](ExpectedAlert& a) { a.to_us = 2 * kMinute; }, true},
      {"to earlier", [](ExpectedAlert& a) { a.to_us = 2 * kMinute - 1; }, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    TestOutcome got = outcome();
    got.alerts.pop_back();
    Expectations expect;
    expect.alerts.emplace(1);
    row.say(expect.alerts->front());
    CHECK(compare(expect, got).size() == (row.fits ? 0 : 2));
  }
}

TEST_CASE("a failure says what was expected and what came") {
  Expectations expect;
  expect.alerts.emplace(1);
  expect.alerts->front() = {"drift", "country", "all", "critical", AlertWord::kResolved, kMinute, std::nullopt, std::nullopt};
  TestOutcome got = outcome();
  got.alerts.pop_back();
  CHECK(compare(expect, got) ==
        Lines{"alerts: expected resolved critical drift of country, segment all, window to 1970-01-01T00:01:00Z",
              "alerts: got firing warning drift of amount, segment all, window to 1970-01-01T00:02:00Z: amount: moved"});
}

TEST_CASE("silence is no alert in windows that were judged") {
  Expectations expect;
  expect.silence = true;
  TestOutcome quiet = outcome();
  quiet.alerts.clear();
  CHECK(compare(expect, quiet).empty());
  CHECK(compare(expect, outcome()).size() == 2);
  quiet.judged = 0;
  CHECK(compare(expect, quiet) == Lines{"silence: none of 2 windows had enough rows to be judged: that is no data, not silence"});
}

TEST_CASE("scores at a time, or in every window") {
  Expectations expect;
  expect.scores = {
      psi(2 * kMinute, {{"effect", {0.3, 0.4}}, {"p_value", {0, 1e-6}}, {"statistic", {0.4, 0.4}}, {"threshold_ratio", {1, 5}}})};
  CHECK(compare(expect, outcome()).empty());
  expect.scores = {psi(std::nullopt, {{"effect", {-1, 0.1}}})};
  CHECK(compare(expect, outcome()) == Lines{"scores: psi of amount, window to 1970-01-01T00:02:00Z: expected effect -1 to 0.1, got 0.35"});
  expect.scores = {psi(kMinute, {{"effect", {0.5, std::numeric_limits<double>::infinity()}}})};
  CHECK(compare(expect, outcome())[0].ends_with("expected effect at least 0.5, got 0.01"));
  expect.scores = {psi(kMinute, {})};
  expect.scores[0].method = "ks";
  expect.scores[0].status = "ok";
  CHECK(compare(expect, outcome()) == Lines{"scores: ks of amount, window to 1970-01-01T00:01:00Z: expected status ok, got insufficient"});
  expect.scores[0].status = "insufficient";
  CHECK(compare(expect, outcome()).empty());
  expect.scores[0].values = {{"statistic", {0, 1}}};
  CHECK(compare(expect, outcome())[0].ends_with("expected statistic 0 to 1, got none (insufficient)"));
}

TEST_CASE("a score that nobody measures never passes, and says what there is") {
  Expectations expect;
  expect.scores = {psi(std::nullopt, {{"effect", {0, 1}}})};
  expect.scores[0].feature = "amuont";
  CHECK(compare(expect, outcome()) ==
        Lines{"scores: psi of amuont: there is no feature 'amuont'; did you mean 'amount'?; there are amount"});
  expect.scores[0].feature = "amount";
  expect.scores[0].segment = "a=b";
  CHECK(compare(expect, outcome())[0].contains("there is no segment 'a=b'; there are all"));
  expect.scores[0] = psi(7 * kMinute, {{"effect", {0, 1}}});
  CHECK(compare(expect, outcome())[0].ends_with("window to 1970-01-01T00:07:00Z: no window ends then, or it has no such method"));
  CHECK(compare(expect, {})[0].ends_with("no window was closed"));
}

TEST_CASE("many windows that miss are told in few lines") {
  TestOutcome got = outcome();
  for (int i = 0; i < 10; ++i) got.scores.push_back(got.scores[1]);
  Expectations expect;
  expect.scores = {psi(std::nullopt, {{"effect", {0, 0.1}}})};
  const auto lines = compare(expect, got);
  REQUIRE(lines.size() == 4);
  CHECK(lines[3] == "scores: psi of amount: and 8 more");
}

TEST_CASE("windows, rejected and late rows; rows that reach no window are a failure unless expected") {
  TestOutcome got = outcome();
  got.rejected[static_cast<std::size_t>(Reject::kMissingTime)] = 3;
  got.late = 1;
  Expectations expect;
  expect.windows = 3;
  CHECK(compare(expect, got) ==
        Lines{"windows: expected 3 closed, got 2", "rejected: expected 0 missing_time, got 3", "late: expected 0 rows, got 1"});
  expect.windows = 2;
  expect.rejected = {{"missing_time", 3}};
  expect.late = 1;
  CHECK(compare(expect, got).empty());
}
