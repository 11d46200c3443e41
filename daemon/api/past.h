// /api/v1: what the history knows of closed windows, as JSON in the same envelope. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/history/reader.h"
#include "daemon/status.h"

namespace driftd {

// Points of a history that share one place on a time axis, `step_us` wide from the epoch on; 0: every window is a point.
// The window with the largest ratio stands for a step, with the windows and rows of all.
struct HistoryQuestion {
  std::string monitor, feature, segment;
  HistoryRange range;
  std::int64_t step_us = 0;
};

// `more`: there were more windows than range.limit, so the oldest are not told.
std::string feature_history_json(const HistoryQuestion& asked, const std::vector<FeaturePoint>& points, bool more);

struct MonitorPast {
  std::vector<SegmentPoint> points, performance;
  std::vector<PastTransition> transitions;
};
std::string monitor_history_json(const HistoryQuestion& asked, const MonitorPast& past, bool more);

// The monitor as it is, with window and reference of a past window: for documents and pages that show one.
MonitorStatus monitor_then(const MonitorStatus& now, const PastFeature& past);

}  // namespace driftd
