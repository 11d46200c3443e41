#include "daemon/cli/test_run.h"

#include <doctest/doctest.h>

#include "daemon/cli/verb.h"
#include "tests/daemon/engine_fixture.h"
#include "tests/temp_folder.h"

using namespace driftd;

namespace {

DriftTest test_of(const std::vector<std::string>& records) {
  DriftTest test;
  test.place = "t.yaml:1:1";
  RowPart part;
  for (const auto& record : records) part.lines += record + "\n";
  test.rows = {part};
  return test;
}

TestOutcome run(const DriftTest& test) {
  auto outcome = run_test_rows(engine_fixture::make_config(), engine_fixture::make_reference(), test);
  REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : outcome.error().message));
  return std::move(*outcome);
}

}  // namespace

TEST_CASE("event times of the rows cut the windows; a shift fires in the first whole window") {
  const TestOutcome outcome = run(test_of(engine_fixture::make_records(3, 3600, 1800)));
  CHECK(outcome.windows >= 6);
  CHECK(outcome.judged >= 5);
  CHECK(outcome.rows + outcome.late > 3400);
  CHECK(outcome.rejected[static_cast<std::size_t>(Reject::kMalformed)] > 20);
  REQUIRE_FALSE(outcome.alerts.empty());
  CHECK(outcome.alerts[0].state == AlertWord::kFiring);
  bool amount = false;
  for (const SeenScore& score : outcome.scores)
    amount = amount || (score.feature == "amount" && score.method == "psi" && score.effect > 0.5);
  CHECK(amount);
}

TEST_CASE("with `every` the rows' own times do not matter, and equal rows give equal results") {
  DriftTest test = test_of(engine_fixture::make_records(3, 600, 600));
  test.every_us = 1'000'000;
  test.start_us = 86'400'000'000;
  const TestOutcome outcome = run(test);
  CHECK(outcome.windows == 10);
  CHECK(outcome.late == 0);
  CHECK(outcome.scores.front().end_us == 86'400'000'000 + 60'000'000);
  const TestOutcome again = run(test);
  REQUIRE(again.scores.size() == outcome.scores.size());
  for (std::size_t i = 0; i < again.scores.size(); ++i) {
    CHECK(again.scores[i].method == outcome.scores[i].method);
    const bool same = again.scores[i].statistic == outcome.scores[i].statistic ||
                      (std::isnan(again.scores[i].statistic) && std::isnan(outcome.scores[i].statistic));
    CHECK(same);
  }
}

TEST_CASE("too few rows are insufficient, though a method has a value") {
  DriftTest test = test_of(engine_fixture::make_records(3, 20, 20));
  test.every_us = 1'000'000;
  const TestOutcome outcome = run(test);
  CHECK(outcome.judged == 0);
  for (const SeenScore& score : outcome.scores) {
    if (score.method == "psi") CHECK(score.status == "insufficient");
  }
}

TEST_CASE("what cannot run says so: a file that is not there, rows beyond all years") {
  DriftTest test = test_of({"{}"});
  test.rows[0].lines.clear();
  test.rows[0].file = "nowhere.jsonl";
  const auto reference = engine_fixture::make_reference();
  CHECK(run_test_rows(engine_fixture::make_config(), reference, test).error().exit_code == kExitIo);
  test = test_of({"{}", "{}"});
  test.every_us = 300'000'000'000'000'000;
  const auto failed = run_test_rows(engine_fixture::make_config(), reference, test);
  CHECK(failed.error().exit_code == kExitBadInput);
  CHECK(failed.error().message == "t.yaml:1:1: its rows reach beyond the year 9999: shorten `every`");
}
