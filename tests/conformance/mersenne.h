// MT19937 (Matsumoto and Nishimura 1998) with the seedings and draws of Python's `random` and NumPy's legacy generator, so that streams
// written as Python in the literature can be drawn here.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace driftd::golden {

class Mersenne {
 public:
  // numpy.random.seed(seed): plain seeding.
  static Mersenne numpy(std::uint32_t seed) {
    Mersenne generator;
    generator.seed(seed);
    return generator;
  }

  // random.Random(seed), seed below 2^32: seeding by an array of one word.
  static Mersenne python(std::uint32_t seed) {
    Mersenne generator;
    generator.seed(19650218);
    auto& s = generator.state_;
    std::size_t i = 1;
    const auto step = [&] {
      if (++i == kWords) {
        s[0] = s[kWords - 1];
        i = 1;
      }
    };
    const auto mixed = [&] { return s[i - 1] ^ (s[i - 1] >> 30); };
    for (std::size_t k = 0; k < kWords; ++k, step()) s[i] = (s[i] ^ (mixed() * 1664525U)) + seed;
    for (std::size_t k = 0; k < kWords - 1; ++k, step()) s[i] = (s[i] ^ (mixed() * 1566083941U)) - static_cast<std::uint32_t>(i);
    s[0] = 0x80000000U;
    return generator;
  }

  std::uint32_t word() {
    if (next_ == kWords) refill();
    std::uint32_t y = state_[next_++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680U;
    y ^= y << 15 & 0xefc60000U;
    return y ^ y >> 18;
  }

  double uniform() {
    const std::uint32_t high = word() >> 5, low = word() >> 6;
    return (high * 67108864.0 + low) / 9007199254740992.0;
  }

  // The polar method, two draws at a time.
  double gauss() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    double a = 0, b = 0, square = 0;
    do {
      a = 2 * uniform() - 1;
      b = 2 * uniform() - 1;
      square = a * a + b * b;
    } while (square >= 1 || square == 0);
    const double factor = std::sqrt(-2 * std::log(square) / square);
    spare_ = factor * a;
    has_spare_ = true;
    return factor * b;
  }

 private:
  static constexpr std::size_t kWords = 624;

  void seed(std::uint32_t value) {
    state_[0] = value;
    for (std::size_t i = 1; i < kWords; ++i) {
      state_[i] = 1812433253U * (state_[i - 1] ^ (state_[i - 1] >> 30)) + static_cast<std::uint32_t>(i);
    }
    next_ = kWords;
  }

  void refill() {
    for (std::size_t i = 0; i < kWords; ++i) {
      const std::uint32_t y = (state_[i] & 0x80000000U) | (state_[(i + 1) % kWords] & 0x7fffffffU);
      state_[i] = state_[(i + 397) % kWords] ^ (y >> 1) ^ (y % 2 == 1 ? 0x9908b0dfU : 0U);
    }
    next_ = 0;
  }

  std::array<std::uint32_t, kWords> state_{};
  std::size_t next_ = kWords;
  bool has_spare_ = false;
  double spare_ = 0;
};

}  // namespace driftd::golden
