// What each monitor of a compiled configuration costs and how it judges, for `driftd check`. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/engine_plan.h"

namespace driftd {

struct MonitorBudget {
  std::string name, reference_id;
  std::uint64_t reference_rows = 0;
  std::size_t features = 0, segments = 0;
  WindowConfig window;
  std::uint64_t panes = 1;         // that a window is made of
  std::size_t tests = 0;           // in one window: segments x features x 2 (distribution and quality)
  double alpha = kNoNumber;        // level of one test; NaN: false_alarms is off
  std::uint64_t window_bytes = 0;  // counts of one window: cells x 4 bytes a segment and pane
  std::uint64_t series = 0;        // on /metrics at most, with every method defined
};

std::vector<MonitorBudget> monitor_budgets(const EnginePlan& plan);  // by monitor

// Lines for a person; `max_series` is the limit that the sum is held against.
std::string describe_budgets(const std::vector<MonitorBudget>& budgets, std::uint32_t max_series);
// "": the series of all monitors fit under the limit.
std::string series_warning(const std::vector<MonitorBudget>& budgets, std::uint32_t max_series);

}  // namespace driftd
