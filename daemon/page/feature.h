// One feature of one segment in one closed window: both distributions on the same cells, what each adds, its segments, the last
// windows, every measure. Pure; any thread.
#pragma once

#include <string>

#include "daemon/page/layout.h"
#include "daemon/page/segments.h"

namespace driftd {

struct ShownFeature {
  const MonitorStatus& monitor;
  const FeatureStatus& feature;
  std::int64_t start_us = kNoTime, end_us = kNoTime;      // the window
  FeatureSegments segments = {};                          // of the feature in it; empty: not known
  std::int64_t previous_us = kNoTime, next_us = kNoTime;  // ends of the windows beside it; kNoTime: there is none
};
ShownFeature in_last_window(const MonitorStatus& monitor, const FeatureStatus& feature);

std::string feature_page(const PageView& view, const ShownFeature& shown);

}  // namespace driftd
