// What a monitor compares with: where the reference comes from, and what each feature looks like in it. Pure; any thread.
#pragma once

#include <string>

#include "daemon/page/layout.h"

namespace driftd {

std::string reference_page(const PageView& view, const MonitorStatus& monitor);

}  // namespace driftd
