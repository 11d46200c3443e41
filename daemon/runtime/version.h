// Which driftd this is. The revision changes with every commit: only version.cc is compiled again for it.
#pragma once

#include <string_view>

namespace driftd {

std::string_view version();   // "0.1.0"
std::string_view revision();  // of the source tree when it was configured; "" where there was no git

}  // namespace driftd
