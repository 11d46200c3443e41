// One feature of one segment: both distributions on the same cells, what each adds, the last windows, every measure. Pure; any thread.
#pragma once

#include <string>

#include "daemon/page/layout.h"

namespace driftd {

std::string feature_page(const PageView& view, const MonitorStatus& monitor, const FeatureStatus& feature);

}  // namespace driftd
