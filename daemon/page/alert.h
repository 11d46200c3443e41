// One alert: the sentence, when, where to look next, the event as it was sent. Pure; any thread.
#pragma once

#include <span>
#include <string>

#include "daemon/history/reader.h"
#include "daemon/page/layout.h"

namespace driftd {

// timeline: what the history has of it, oldest first; empty: nothing.
std::string alert_page(const PageView& view, const MonitorStatus& monitor, const AlertStatus& alert,
                       std::span<const PastTransition> timeline = {});

}  // namespace driftd
