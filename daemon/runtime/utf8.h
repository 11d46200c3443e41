// Is it UTF-8? Well-formed as in Unicode 15, table 3-7: no overlong forms, no surrogates, nothing over U+10FFFF. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace driftd {

// Length of the well-formed character at `at` (< text.size()); 0: there is none.
std::size_t utf8_length(std::string_view text, std::size_t at);

// Offset of the first byte that begins no well-formed character; text.size(): all is well. Eight ASCII bytes a step.
std::size_t utf8_prefix(std::string_view text);

}  // namespace driftd
