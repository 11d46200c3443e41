// The alert state machines of one monitor: inactive -> pending -> firing -> resolved. Pure. Thread: merger.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/alert/alert.h"

namespace driftd {

class MonitorAlerts {
 public:
  explicit MonitorAlerts(AlertPlan plan);
  ~MonitorAlerts();
  MonitorAlerts(MonitorAlerts&&) noexcept;

  // Transitions caused by one closed window, ordered by (segment, feature, kind).
  std::vector<AlertTransition> step(const Judgement& judgement);

  // Open alerts first, then the last 50 resolved ones, newest first.
  std::vector<AlertStatus> status() const;
  AlertState state(std::uint32_t segment, std::uint32_t feature) const;  // worst over kinds
  const std::map<std::pair<std::string, std::string>, std::uint64_t>& transitions() const;  // (severity, to) -> count
  const std::map<std::string, std::uint64_t>& suppressed() const;                           // reason -> count

  void save(std::string& out) const;  // equal state, equal bytes
  bool load(std::string_view bytes);  // false: corrupt; the state is then unchanged

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace driftd
