// One monitor: its alerts, its features by worst ratio, its window and reference. Pure; any thread.
#pragma once

#include <string>

#include "daemon/page/layout.h"

namespace driftd {

std::string monitor_page(const PageView& view, const MonitorStatus& monitor);

}  // namespace driftd
