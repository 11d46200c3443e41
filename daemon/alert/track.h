// One policy's view of one alert: inactive -> pending -> firing -> inactive. The three policies are one machine with
// different rules (decision 25, algorithms H.8). Values only; no clock: windows and event time are all it counts.
#pragma once

#include <cstdint>

#include "config/config.h"
#include "daemon/monitor/verdict.h"
#include "daemon/source/message.h"

namespace driftd {

struct TrackRules {
  std::uint32_t fire_after = 1;        // alarms in a row before it fires
  std::uint32_t clear_after = 1;       // calm windows in a row before it is over
  std::uint32_t cooldown_windows = 0;  // judged windows after the end in which an alarm opens nothing
  std::int64_t cooldown_us = 0;        // event time after the end, likewise: windows that end within it
};
// kLevel: fires at once, close_after, cooldown windows. kFixed: `fixed.*`. kSequential: fires at once, fixed.clear_after, no cooldown.
TrackRules track_rules(Policy policy, const AlertConfig& config);

// What one window showed of the measures of one policy.
struct Sighting {
  bool judged = false;  // false (too few rows, undefined, ...): the window counts neither way, towards a cooldown included
  bool alarm = false;   // one of them crossed
  bool calm = false;    // all of them were calm; may be false without an alarm: between the two lines
};

// Why an alarm did not open or fire an alert in this window.
enum class Suppressed : std::uint8_t { kNone, kMinEffect, kInsufficient, kCooldown, kFireAfter };

enum class TrackState : std::uint8_t { kInactive, kPending, kFiring };

struct Track {
  TrackState state = TrackState::kInactive;
  std::uint32_t alarm_run = 0;              // kPending: alarms in a row
  std::uint32_t calm_run = 0;               // kFiring: calm windows in a row
  std::uint32_t cooldown_windows_left = 0;  // kInactive only, as the next
  std::int64_t cooldown_until_us = kNoTime;

  // One closed window; windows come in order of their end. Returns kCooldown or kFireAfter where an alarm did not fire.
  Suppressed advance(const TrackRules& rules, const Sighting& seen, std::int64_t end_us);

  friend bool operator==(const Track&, const Track&) = default;

 private:
  void advance_firing(const TrackRules& rules, bool calm, std::int64_t end_us);
  bool take_cooldown(std::int64_t end_us);
};

}  // namespace driftd
