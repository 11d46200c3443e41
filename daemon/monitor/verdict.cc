#include "daemon/monitor/verdict.h"

#include <cmath>

#include <array>

namespace driftd {

std::string_view kind_name(Kind kind) {
  constexpr std::array<std::string_view, 4> kNames{"drift", "prediction", "performance", "quality"};
  return kNames[static_cast<std::size_t>(kind)];
}

double worst_ratio(const std::vector<Measure>& measures) {
  double worst = kNoNumber;
  for (const Measure& measure : measures) worst = std::fmax(worst, measure.ratio);
  return worst;
}

}  // namespace driftd
