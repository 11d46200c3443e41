// The segments of one feature as small multiples, the worst first, and what of a change is their mix. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "daemon/page/layout.h"

namespace driftd {

// Of one feature in one window: every segment that has rows on either side, all rows among them.
using FeatureSegments = std::vector<const FeatureStatus*>;
FeatureSegments segments_of(const MonitorStatus& monitor, const std::string& feature);  // of the last window

// Nothing where all rows are the only segment.
Markup segments_section(const PageView& view, const MonitorStatus& monitor, const FeatureSegments& segments);

// Links to them where they are few; else to all rows only.
Markup segment_tabs(const PageView& view, const FeatureSegments& segments);

}  // namespace driftd
