// Text cut at a character. Pure; any thread.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace driftd {

// The parts between separators, as views; one at the end ends the last part, so that lines of a file come without an empty one behind.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    parts.push_back(text.substr(0, text.find(separator)));
    text.remove_prefix(std::min(parts.back().size() + 1, text.size()));
  }
  return parts;
}

}  // namespace driftd
