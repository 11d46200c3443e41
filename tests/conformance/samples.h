// The samples of two_sample/: stored ones from their files, long ones from the generator that README.md beside this file describes.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/conformance/golden_file.h"

namespace driftd::golden {

class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27) * 0x94D049BB133111EBU;
    return z ^ z >> 31;
  }

  // N8: nearly normal, from the eight 16-bit pieces of two outputs.
  double nearly_normal() {
    std::uint64_t sum = 0;
    for (int i = 0; i < 2; ++i) {
      for (std::uint64_t z = next(); z != 0; z >>= 16) sum += z & 0xffff;
    }
    return (static_cast<double>(sum) - 262140.0) / 53510.0;
  }

 private:
  std::uint64_t state_;
};

// The long samples of pairs.json: all are N8, with a mean added.
struct LongSample {
  const char* name;
  std::uint64_t seed;
  std::size_t rows;
  double add;
};
inline constexpr std::array kLongSamples{
    LongSample{"exact_limit.reference", 34, 10'000, 0}, LongSample{"exact_limit.current", 35, 10'000, 0.02},
    LongSample{"asymptotic.reference", 36, 10'001, 0},  LongSample{"asymptotic.current", 37, 5'000, 0.03},
    LongSample{"large.reference", 1, 200'000, 0},       LongSample{"large.current", 2, 150'000, 0.005},
};

// Unsorted. name: pair.reference or pair.current.
inline std::vector<double> sample(const std::string& name) {
  for (const LongSample& one : kLongSamples) {
    if (name != one.name) continue;
    SplitMix random(one.seed);
    std::vector<double> values(one.rows);
    for (double& value : values) value = random.nearly_normal() + one.add;
    return values;
  }
  return column("two_sample/" + name + ".csv", 1);
}

}  // namespace driftd::golden
