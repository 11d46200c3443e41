#include "daemon/alert/track.h"

namespace driftd {

TrackRules track_rules(Policy policy, const AlertConfig& config) {
  switch (policy) {
    case Policy::kLevel: return {.clear_after = config.close_after, .cooldown_windows = config.cooldown};
    case Policy::kFixed:
      return {.fire_after = config.fixed.fire_after,
              .clear_after = config.fixed.clear_after,
              .cooldown_us = std::chrono::microseconds(config.fixed.cooldown).count()};
    case Policy::kSequential: return {.clear_after = config.fixed.clear_after};
    case Policy::kNone: break;
  }
  return {};
}

void Track::advance_firing(const TrackRules& rules, bool calm, std::int64_t end_us) {
  calm_run = calm ? calm_run + 1 : 0;
  if (!calm || calm_run < rules.clear_after) return;
  *this = Track{};
  cooldown_windows_left = rules.cooldown_windows;
  if (rules.cooldown_us > 0) cooldown_until_us = end_us + rules.cooldown_us;
}

// Whether this judged window lies in a cooldown; uses one window of it up.
bool Track::take_cooldown(std::int64_t end_us) {
  const bool by_time = cooldown_until_us != kNoTime && end_us <= cooldown_until_us;
  if (!by_time) cooldown_until_us = kNoTime;
  const bool by_count = cooldown_windows_left > 0;
  if (by_count) --cooldown_windows_left;
  return by_time || by_count;
}

Suppressed Track::advance(const TrackRules& rules, const Sighting& seen, std::int64_t end_us) {
  if (!seen.judged) return Suppressed::kNone;
  if (state == TrackState::kFiring) {
    advance_firing(rules, seen.calm, end_us);
    return Suppressed::kNone;
  }
  const bool cooling = take_cooldown(end_us);
  if (!seen.alarm) {
    state = TrackState::kInactive;
    alarm_run = 0;
    return Suppressed::kNone;
  }
  if (cooling) return Suppressed::kCooldown;
  if (++alarm_run < rules.fire_after) {
    state = TrackState::kPending;
    return Suppressed::kFireAfter;
  }
  state = TrackState::kFiring;
  alarm_run = 0;
  return Suppressed::kNone;
}

}  // namespace driftd
