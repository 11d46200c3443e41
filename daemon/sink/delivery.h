// How long deliveries to a sink took, from sending to the answer: counts by duration, for a histogram. Values only.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace driftd {

inline constexpr std::array<double, 12> kDeliverySeconds{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

struct DeliveryTimes {
  std::array<std::uint64_t, kDeliverySeconds.size() + 1> counts{};  // by the first bound that is not less; the last: longer
  double sum_seconds = 0;

  void add(double seconds) {
    ++counts[static_cast<std::size_t>(std::ranges::lower_bound(kDeliverySeconds, seconds) - kDeliverySeconds.begin())];
    sum_seconds += seconds;
  }
};

}  // namespace driftd
