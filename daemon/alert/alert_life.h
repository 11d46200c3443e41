// The life of one alert: a track per policy, and what is open. Its state is the worst of its tracks, except that a firing alert
// stays firing until every track is inactive, so that it never falls back to pending. Severity only rises while it is open.
// A pending alert that calms down ends silently: nobody was told to act. Pure. Thread: merger.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "daemon/alert/alert.h"
#include "daemon/alert/finding.h"
#include "daemon/alert/track.h"
#include "daemon/status.h"

namespace driftd {

// An alert that is pending or firing.
struct OpenAlert {
  bool firing = false;
  bool critical = false;
  Policy policy = Policy::kLevel;  // of the measure whose numbers its last event showed
  std::string method;
  std::string alert_id;
  std::int64_t start_us = 0, end_us = 0;  // the window that opened it
  std::string summary, event;             // of its last transition
  friend bool operator==(const OpenAlert&, const OpenAlert&) = default;
};

using SuppressedCounts = std::map<std::string, std::uint64_t>;  // by reason: min_effect, insufficient, cooldown, fire_after
SuppressedCounts no_suppressed_yet();

struct AlertLife {
  std::array<Track, kJudgingPolicies.size()> tracks;
  std::optional<OpenAlert> open;

  AlertState state() const;
  bool is_fresh() const { return *this == AlertLife{}; }  // nothing to remember
  friend bool operator==(const AlertLife&, const AlertLife&) = default;
};

// What a window did to an alert. `alert` is the alert it happened to, also where it is over now.
struct LifeChange {
  Transition transition = Transition::kFiring;
  AlertState previous = AlertState::kInactive;
  OpenAlert alert;
};

// A finding and where it comes from. Lives as long as the judgement and the plan.
struct WindowFinding {
  const AlertPlan& plan;
  const Judgement& window;
  Finding finding;
};

// One closed window; windows come in order of their end.
std::optional<LifeChange> advance(AlertLife& life, const WindowFinding& seen, SuppressedCounts& suppressed);

}  // namespace driftd
