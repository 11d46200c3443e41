// One alert: the sentence, when, where to look next, the event as it was sent. Pure; any thread.
#pragma once

#include <string>

#include "daemon/page/layout.h"

namespace driftd {

std::string alert_page(const PageView& view, const MonitorStatus& monitor, const AlertStatus& alert);

}  // namespace driftd
