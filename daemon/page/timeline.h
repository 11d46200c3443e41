// Every alert there is word of as a bar on one time axis: drift above performance. Pure; any thread.
#pragma once

#include <string>

#include "daemon/page/layout.h"

namespace driftd {

std::string alerts_page(const PageView& view);

// The lanes of one monitor; nothing for none.
Markup alert_lanes(const MonitorStatus& monitor);

}  // namespace driftd
