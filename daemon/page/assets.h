// The page's files as text; assets.cc is made from them by CMake.
#pragma once

#include <string_view>

namespace driftd {

extern const std::string_view kPageStyle;   // style.css
extern const std::string_view kPageScript;  // page.js

}  // namespace driftd
