// How long something took, again and again: counts by duration, for a histogram. Values only; a thread owns each.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace driftd {

// 1 ms to 10 s.
inline constexpr std::array<double, 13> kTimingSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

struct Timings {
  std::array<std::uint64_t, kTimingSeconds.size() + 1> counts{};  // by the first bound that is not less; the last: longer
  double sum_seconds = 0;

  void add(double seconds) {
    ++counts[static_cast<std::size_t>(std::ranges::lower_bound(kTimingSeconds, seconds) - kTimingSeconds.begin())];
    sum_seconds += seconds;
  }
  void add(std::chrono::nanoseconds took) { add(std::chrono::duration<double>(took).count()); }
};

}  // namespace driftd
