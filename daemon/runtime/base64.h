// Bytes as text: base64 of RFC 4648, with padding. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace driftd {

std::string base64(std::string_view bytes);

// Exactly what base64() writes: nullopt where the padding is missing or wrong, for any other character, for stray bits at the end.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace driftd
