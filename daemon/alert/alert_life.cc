#include "daemon/alert/alert_life.h"

#include <algorithm>
#include <utility>

#include "daemon/alert/alert_ids.h"

namespace driftd {
namespace {

std::string_view reason_of(Suppressed suppressed) {
  constexpr std::array<std::string_view, 5> kNames{"", "min_effect", "insufficient", "cooldown", "fire_after"};
  return kNames[static_cast<std::size_t>(suppressed)];
}

TrackState worst_track(const AlertLife& life) { return std::ranges::max(life.tracks, {}, &Track::state).state; }

void advance_tracks(AlertLife& life, const WindowFinding& seen, SuppressedCounts& suppressed) {
  for (std::size_t i = 0; i < life.tracks.size(); ++i) {
    const Policy policy = kJudgingPolicies[i];
    Track& track = life.tracks[i];
    auto why = track.advance(track_rules(policy, seen.plan.config), sight(seen.finding, policy), seen.window.end_us);
    if (why == Suppressed::kNone && track.state == TrackState::kInactive) why = held_back(seen.finding, policy, seen.plan);
    if (why != Suppressed::kNone) ++suppressed[std::string(reason_of(why))];
  }
}

// The numbers an alert shows are those of the measure that crossed last.
void show_strongest(OpenAlert& open, const Finding& finding) {
  const Measure* measure = strongest_alarm(finding);
  if (measure == nullptr) return;
  open.policy = measure->policy;
  open.method = measure->method;
}

OpenAlert opened(const WindowFinding& seen) {
  const Verdict& verdict = *seen.finding.verdict;
  const auto fingerprint = alert_fingerprint(seen.finding.kind, seen.plan.monitor, seen.plan.features[verdict.feature].name,
                                             seen.plan.segments[verdict.segment]);
  OpenAlert open;
  open.start_us = seen.window.start_us;
  open.end_us = seen.window.end_us;
  open.alert_id = alert_id(fingerprint, seen.window.end_us);
  return open;
}

std::optional<LifeChange> advance_pending(AlertLife& life, TrackState worst, const WindowFinding& seen) {
  const bool is_new = !life.open;
  if (worst == TrackState::kInactive) {
    life.open.reset();
    return std::nullopt;
  }
  if (is_new) life.open = opened(seen);
  OpenAlert& open = *life.open;
  open.critical = open.critical || is_critical(seen.finding, seen.plan.config.severity);
  show_strongest(open, seen.finding);
  open.firing = worst == TrackState::kFiring;
  if (!open.firing && !is_new) return std::nullopt;
  return LifeChange{open.firing ? Transition::kFiring : Transition::kPending, is_new ? AlertState::kInactive : AlertState::kPending, open};
}

std::optional<LifeChange> advance_firing(AlertLife& life, TrackState worst, const WindowFinding& seen) {
  OpenAlert& open = *life.open;
  if (worst == TrackState::kInactive) {
    LifeChange change{Transition::kResolved, AlertState::kFiring, std::move(open)};
    life.open.reset();
    return change;
  }
  if (open.critical || !is_critical(seen.finding, seen.plan.config.severity)) return std::nullopt;
  if (strongest_alarm(seen.finding) == nullptr) return std::nullopt;
  open.critical = true;
  show_strongest(open, seen.finding);
  return LifeChange{Transition::kUpdated, AlertState::kFiring, open};
}

}  // namespace

SuppressedCounts no_suppressed_yet() { return {{"min_effect", 0}, {"insufficient", 0}, {"cooldown", 0}, {"fire_after", 0}}; }

AlertState AlertLife::state() const {
  if (!open) return AlertState::kInactive;
  return open->firing ? AlertState::kFiring : AlertState::kPending;
}

std::optional<LifeChange> advance(AlertLife& life, const WindowFinding& seen, SuppressedCounts& suppressed) {
  advance_tracks(life, seen, suppressed);
  const TrackState worst = worst_track(life);
  return life.open && life.open->firing ? advance_firing(life, worst, seen) : advance_pending(life, worst, seen);
}

}  // namespace driftd
