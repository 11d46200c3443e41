#include "daemon/alert/track.h"

#include <doctest/doctest.h>

#include <string>

namespace driftd {
namespace {

constexpr std::int64_t kMinute = 60'000'000;

// Windows of ten minutes: 'A' alarm, 'c' calm, '.' neither, 'i' not judged. Answers: '-' inactive, 'p' pending, 'F' firing; instead
// of a state 'x' where a cooldown held the alarm back.
std::string run(const TrackRules& rules, std::string_view windows) {
  Track track;
  std::string states;
  std::int64_t end_us = 0;
  for (const char window : windows) {
    const auto why = track.advance(rules, {window != 'i', window == 'A', window == 'c'}, end_us += 10 * kMinute);
    states += why == Suppressed::kCooldown ? 'x' : "-pF"[static_cast<int>(track.state)];
    CHECK((why == Suppressed::kFireAfter) == (window == 'A' && track.state == TrackState::kPending));
  }
  return states;
}

}  // namespace

TEST_CASE("windows lead a track through its states") {
  const TrackRules level{.clear_after = 3, .cooldown_windows = 1};
  const TrackRules fixed{.fire_after = 2, .clear_after = 2, .cooldown_us = 30 * kMinute};
  const TrackRules at_once{.clear_after = 2};
  const struct {
    const char* name;
    TrackRules rules;
    const char* windows;
    const char* want;
  } rows[] = {
      {"level: opens at the crossing, closes after three calm windows", level, "..AAccc.", "--FFFF--"},
      {"level: an alarm among calm windows starts the count again", level, "AccAccAccc", "FFFFFFFFF-"},
      {"level: so does a window between the lines", level, "Acc.ccc", "FFFFFF-"},
      {"level: too few rows count neither way", level, "AciicAiccic", "FFFFFFFFFF-"},
      {"level: a crossing in the cooldown is held back, the next one opens", level, "AcccAA", "FFF-xF"},
      {"level: a quiet window uses the cooldown up", level, "Accc.A", "FFF--F"},
      {"level: one that is not judged does not", level, "AccciiA", "FFF---x"},
      {"level: flapping stays one alert", level, "AcAcAcAcccc", "FFFFFFFFF--"},
      {"fixed: pending until two alarms in a row", fixed, "AA", "pF"},
      {"fixed: one alarm passes", fixed, "A.AcAA", "p-p-pF"},
      {"fixed: too few rows between two alarms break nothing", fixed, "AiA", "ppF"},
      {"fixed: cooldown of 30 minutes is three windows of ten", fixed, "AAccAAAAA",
       "pFF-"
       "xxxpF"},
      {"fixed: cooldown runs in event time, over windows that are not judged too", fixed, "AAcciiiAA", "pFF----pF"},
      {"sequential: fires at once, no cooldown", at_once, "AccA", "FF-F"},
      {"never from too few rows", level, "iiii", "----"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(run(row.rules, row.windows) == row.want);
  }
}

TEST_CASE("rules of a policy") {
  AlertConfig config;
  config.close_after = 4;
  config.cooldown = 5;
  config.fixed = {.fire_after = 6, .clear_after = 7, .clear_ratio = 0.8, .cooldown = Milliseconds{8}};
  const auto level = track_rules(Policy::kLevel, config);
  CHECK(level.fire_after == 1);
  CHECK(level.clear_after == 4);
  CHECK(level.cooldown_windows == 5);
  CHECK(level.cooldown_us == 0);
  const auto fixed = track_rules(Policy::kFixed, config);
  CHECK(fixed.fire_after == 6);
  CHECK(fixed.clear_after == 7);
  CHECK(fixed.cooldown_windows == 0);
  CHECK(fixed.cooldown_us == 8000);
  const auto sequential = track_rules(Policy::kSequential, config);
  CHECK(sequential.fire_after == 1);
  CHECK(sequential.clear_after == 7);
  CHECK(sequential.cooldown_windows == 0);
  CHECK(sequential.cooldown_us == 0);
}

}  // namespace driftd
