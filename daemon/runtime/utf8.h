// Well-formed UTF-8, for everything that writes names from outside. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace driftd {

// Length of the well-formed sequence (Unicode 15, table 3-7) that begins at text[at]; 0: there is none.
std::size_t utf8_length(std::string_view text, std::size_t at);

}  // namespace driftd
