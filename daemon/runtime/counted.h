// A number with its noun, for logs and reports: "1 test", "2 tests".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace driftd {

inline std::string counted(std::size_t count, std::string_view one) {
  return std::to_string(count).append(" ").append(one).append(count == 1 ? "" : "s");
}

}  // namespace driftd
