#include "daemon/alert/alert.h"

#include <array>

namespace driftd {

std::string_view transition_name(Transition transition) {
  constexpr std::array<std::string_view, 4> kNames{"pending", "firing", "updated", "resolved"};
  return kNames[static_cast<std::size_t>(transition)];
}

}  // namespace driftd
