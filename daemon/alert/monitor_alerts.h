// The alerts of one monitor: inactive -> pending -> firing -> resolved, one life per (segment, feature, kind). Pure: the same
// judgements in the order of their windows give the same transitions, also when saved and loaded between any two. Thread: merger.
// Cost of a step: O(verdicts), and a text per transition.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/alert/alert.h"
#include "daemon/alert/alert_end.h"
#include "daemon/alert/alert_life.h"

namespace driftd {

class MonitorAlerts {
 public:
  explicit MonitorAlerts(AlertPlan plan);
  ~MonitorAlerts();
  MonitorAlerts(MonitorAlerts&&) noexcept;
  MonitorAlerts& operator=(MonitorAlerts&&) noexcept;

  // Transitions caused by one closed window, ordered by (segment, feature, kind).
  std::vector<AlertTransition> step(const Judgement& judgement);

  // Open alerts first, then the last 50 resolved ones, newest first.
  std::vector<AlertStatus> status() const;
  AlertState state(std::uint32_t segment, std::uint32_t feature) const;                     // worst over kinds: inactive, pending or firing
  const std::map<std::pair<std::string, std::string>, std::uint64_t>& transitions() const;  // (severity, to) -> count
  const std::map<std::string, std::uint64_t>& suppressed() const;                           // reason -> count

  void save(std::string& out) const;  // appends; equal state, equal bytes
  // false: corrupt, or of other features; the state is then unchanged. A plan may differ from the saved one in everything but its
  // features and segments: counts towards closing go on under the new rules.
  bool load(std::string_view bytes);
  // Of saved bytes of another definition of this monitor only what is past: counters, and what was resolved, `ended` now included. False:
  // corrupt; the state is then unchanged.
  bool load_past(std::string_view bytes, const std::vector<EndedAlert>& ended);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What saved bytes say without a plan.
struct SavedAlerts {
  std::vector<OpenAlert> open;
  std::uint64_t resolved = 0;  // that are remembered
};
std::optional<SavedAlerts> read_saved_alerts(std::string_view bytes);  // nullopt: corrupt
// The end of every alert in saved bytes that fires. nullopt: corrupt.
std::optional<std::vector<EndedAlert>> end_saved_alerts(std::string_view bytes, EndReason reason, std::int64_t end_us);

}  // namespace driftd
