#include "daemon/alert/alert_life.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/daemon/alert/sample.h"

namespace driftd {
namespace {

struct Outcome {
  std::string transitions;  // a letter a window: '.' none, P pending, F firing, U updated, R resolved
  std::string states;       // '-' inactive, 'p', 'F'
  SuppressedCounts suppressed = no_suppressed_yet();
};

// A string of windows for each policy (sample::seen); "" = the verdicts have no measure of that policy.
struct Streams {
  std::string_view level, fixed, sequential;
};

Outcome run(const Streams& streams) {
  const AlertPlan plan = sample::plan();
  AlertLife life;
  Outcome outcome;
  const std::size_t windows = std::max({streams.level.size(), streams.fixed.size(), streams.sequential.size()});
  for (std::size_t i = 0; i < windows; ++i) {
    Verdict verdict = sample::verdict();
    if (!streams.level.empty()) verdict.drift.push_back(sample::seen(streams.level[i], "psi", Policy::kLevel));
    if (!streams.fixed.empty()) verdict.drift.push_back(sample::seen(streams.fixed[i], "jensen_shannon", Policy::kFixed));
    if (!streams.sequential.empty()) verdict.drift.push_back(sample::seen(streams.sequential[i], "adwin", Policy::kSequential));
    const auto window = sample::window({verdict}, static_cast<int>(i));
    const auto change = advance(life, {plan, window, {&window.verdicts[0], Kind::kDrift}}, outcome.suppressed);
    outcome.transitions += change ? "PFUR"[static_cast<int>(change->transition)] : '.';
    outcome.states += "-pF"[static_cast<int>(life.state())];
  }
  return outcome;
}

}  // namespace

TEST_CASE("transitions of one alert under each policy, and under several at once") {
  const struct {
    const char* name;
    Streams streams;
    const char* want;
    const char* states;
  } rows[] = {
      {"level", {"..AAccc.", "", ""}, "..F...R.", "--FFFF--"},
      {"level, flapping", {"AcAcAccc", "", ""}, "F......R", "FFFFFFF-"},
      {"level, too few rows between", {"AiicciicA", "", ""}, "F......R.", "FFFFFFF--"},
      {"level, severity rises once", {"AA!!Accc", "", ""}, "F.U....R", "FFFFFFF-"},
      {"level, critical from the start", {"!A!ccc", "", ""}, "F....R", "FFFFF-"},
      {"fixed, fires after two", {"", "AAccc", ""}, "PF..R", "pFFF-"},
      {"fixed, a pending alert ends silently", {"", "A.A.", ""}, "P.P.", "p-p-"},
      {"fixed, too few rows while pending", {"", "AiAccc", ""}, "P.F..R", "ppFFF-"},
      {"sequential", {"", "", "A.A"}, "F..", "FFF"},
      {"sequential, steady", {"", "", "AcccA"}, "F..RF", "FFF-F"},
      {"sequential, severity rises", {"", "", "Ac!ccc"}, "F.U..R", "FFFFF-"},
      {"the worst track decides", {"ccAcccc", "AcccAcc", ""}, "P.F..R.", "p-FFF--"},
      {"a firing alert never falls back to pending", {"AcccccA", "..AAccc", ""}, "F......", "FFFFFFF"},
      {"nor does a pending track reopen it", {"Acc.ccc", "...A.cc", ""}, "F.....R", "FFFFFF-"},
      {"level and sequential: closed when both are calm", {"Accccc", "", "..Accc"}, "F....R", "FFFFF-"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto outcome = run(row.streams);
    CHECK(outcome.transitions == row.want);
    CHECK(outcome.states == row.states);
  }
}

TEST_CASE("what was held back is counted by reason") {
  CHECK(run({"AcccAA", "", ""}).suppressed["cooldown"] == 1);
  CHECK(run({"", "A.AAccc", ""}).suppressed["fire_after"] == 2);
  CHECK(run({"iicA", "i..A", ""}).suppressed["insufficient"] == 3);
  const auto quiet = run({"..cc", "", ""}).suppressed;
  CHECK(quiet == no_suppressed_yet());
}

TEST_CASE("an alert whose measures are gone closes as after calm windows") {
  const AlertPlan plan = sample::plan();
  AlertLife life;
  auto suppressed = no_suppressed_yet();
  Verdict verdict = sample::verdict();
  verdict.drift = {sample::seen('A', "adwin", Policy::kSequential)};
  std::string transitions;
  for (int i = 0; i < 4; ++i) {
    const auto window = sample::window({verdict}, i);
    const auto change = advance(life, {plan, window, {&window.verdicts[0], Kind::kDrift}}, suppressed);
    transitions += change ? "PFUR"[static_cast<int>(change->transition)] : '.';
    verdict.drift.clear();
  }
  CHECK(transitions == "F..R");
}

TEST_CASE("an alert keeps the id of the window that opened it, pending included") {
  const AlertPlan plan = sample::plan();
  AlertLife life;
  auto suppressed = no_suppressed_yet();
  std::vector<LifeChange> changes;
  for (int i = 0; i < 5; ++i) {
    Verdict verdict = sample::verdict();
    verdict.drift = {sample::seen("AAccc"[i], "psi", Policy::kFixed)};
    const auto window = sample::window({verdict}, i);
    if (const auto change = advance(life, {plan, window, {&window.verdicts[0], Kind::kDrift}}, suppressed)) changes.push_back(*change);
  }
  REQUIRE(changes.size() == 3);
  for (const auto& change : changes) CHECK(change.alert.alert_id == "6e77b70df680e4e0");
  CHECK(changes[0].previous == AlertState::kInactive);
  CHECK(changes[1].previous == AlertState::kPending);
  CHECK(changes[2].previous == AlertState::kFiring);
  CHECK(life.tracks[1].cooldown_until_us == sample::kStart + 5 * sample::kWindow + 30 * sample::kMinute);
}

}  // namespace driftd
