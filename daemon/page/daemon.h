// The daemon itself: is it ready, what does it read, what does it remember, what does it deliver. Pure; any thread.
#pragma once

#include <string>

#include "daemon/page/layout.h"

namespace driftd {

std::string daemon_page(const PageView& view);

Markup not_ready_notice(const DaemonStatus& status);  // nothing when all is well

}  // namespace driftd
