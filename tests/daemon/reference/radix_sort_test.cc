#include "daemon/reference/radix_sort.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <random>

namespace driftd {

TEST_CASE("radix_sort gives what std::sort gives") {
  constexpr std::uint64_t kSeed = 20261124;
  CAPTURE(kSeed);
  std::mt19937_64 random(kSeed);
  const auto any_finite = [&] {
    const double value = std::bit_cast<double>(random());
    return value - value == 0 ? value + 0.0 : std::numeric_limits<double>::max();
  };
  const auto whole = [&] { return static_cast<double>(static_cast<std::int64_t>(random() % 200) - 100); };
  const auto near_one = [&] { return 1.0 + static_cast<double>(random() % 4096) * 0x1p-52; };
  const auto constant = [] { return -2.5; };
  for (const std::size_t size : {0, 1, 2, 4095, 4096, 5000, 40000}) {
    CAPTURE(size);
    for (int kind = 0; kind < 4; ++kind) {
      CAPTURE(kind);
      std::vector<double> values(size);
      for (double& value : values) value = kind == 0 ? any_finite() : kind == 1 ? whole() : kind == 2 ? near_one() : constant();
      if (size > 4 && kind == 0) values[1] = -std::numeric_limits<double>::max(), values[3] = 5e-324, values[4] = -5e-324;
      std::vector<double> want = values;
      std::ranges::sort(want);
      radix_sort(values);
      CHECK((values == want));
    }
  }
}

}  // namespace driftd
