// What one closed window says about one alert: read from a verdict, decided here once for state, severity and texts. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/alert/alert.h"
#include "daemon/alert/track.h"
#include "daemon/monitor/verdict.h"

namespace driftd {

// One verdict seen by one kind: its drift measures or its quality checks. Lives as long as the verdict.
struct Finding {
  const Verdict* verdict = nullptr;
  Kind kind = Kind::kDrift;
  std::span<const Measure> measures() const { return kind == Kind::kQuality ? verdict->quality : verdict->drift; }
};

// The policies that judge, one track each.
inline constexpr std::array<Policy, 3> kJudgingPolicies{Policy::kLevel, Policy::kFixed, Policy::kSequential};

// Only measures with status ok count. A policy that has no measure any more in a verdict that is ok (the configuration dropped
// it) is calm, so that its alert closes.
Sighting sight(const Finding& finding, Policy policy);

// The measure whose numbers an alert shows: of those that crossed in this window the one with the largest ratio, the first of
// equals. nullptr: none crossed.
const Measure* strongest_alarm(const Finding& finding);
const Measure* measure_of(const Finding& finding, Policy policy, std::string_view method);  // nullptr: none

// Whether what crossed in this window is critical: as configured, or with severity auto from
// - a difference of shares of 0.25 for quality checks,
// - a shift of the mean of 0.5 standard deviations for sequential detectors (between normal laws of equal spread a shift of d
//   deviations has PSI d^2),
// - a bias-corrected PSI of 0.25 for everything else, whichever method judges.
bool is_critical(const Finding& finding, Severity configured);

// Why a window that opened nothing might have: kMinEffect (significant, but the effect is under the least that matters) or
// kInsufficient (too few rows to judge); else kNone. Both are of kLevel alone, except that any policy may be insufficient.
Suppressed held_back(const Finding& finding, Policy policy, const AlertPlan& plan);

}  // namespace driftd
