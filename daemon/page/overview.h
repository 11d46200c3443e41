// The first page: what is wrong, every monitor, every partition, the daemon itself. Pure; any thread.
#pragma once

#include <string>

#include "daemon/page/layout.h"

namespace driftd {

std::string overview_page(const PageView& view);

}  // namespace driftd
