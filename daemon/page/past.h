// What the history adds to a page: a window that is over, an alert that the status has forgotten. Thread: the one of slow answers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/history/reader.h"
#include "daemon/page/feature.h"

namespace driftd {

// A past window of a feature with its segments; what a ShownFeature of it refers to.
struct PastView {
  FeatureStatus feature;
  std::vector<FeatureStatus> segments;  // `feature` among them
  PastWindow window;
  std::int64_t previous_us = kNoTime, next_us = kNoTime;
};

// `last`: the same feature and segment in the last window, for what the history does not keep. nullopt: no window ended by then.
HistoryAnswer<std::optional<PastView>> past_view(HistoryReader& history, const MonitorStatus& monitor, const FeatureStatus& last,
                                                 std::int64_t at_us);
ShownFeature shown_of(const MonitorStatus& monitor, const PastView& past);

// Of a timeline that is not empty.
AlertStatus alert_of(const std::vector<PastTransition>& timeline);

}  // namespace driftd
