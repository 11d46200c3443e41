#include "daemon/monitor/verdict.h"

#include <array>

namespace driftd {

std::string_view kind_name(Kind kind) {
  constexpr std::array<std::string_view, 4> kNames{"drift", "prediction", "performance", "quality"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace driftd
