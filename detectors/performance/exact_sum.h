// A sum of doubles without any rounding, so that no order of adding and no way of merging can change a bit of it.
// One number in base 2^32 over the whole range of a double (after Kulisch): every term is added as the integer it is.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace driftd {

class ExactSum {
 public:
  // Limb i counts units of 2^(32 i - 1074). 2^-1074 to 2^1024 are 66 limbs; one more for carries.
  static constexpr std::size_t kLimbs = 67;

  void add(double x);                 // finite
  void merge(const ExactSum& other);  // equal to adding its terms
  double value() const;               // the sum, rounded once to the nearest double (ties to even); infinite beyond the range

  // The canonical form: equal sums have equal limbs. Each limb but the last is in [0, 2^32); the last has the sign.
  std::array<std::int64_t, kLimbs> canonical() const;
  static bool is_canonical(const std::array<std::int64_t, kLimbs>& limbs);
  static ExactSum of_canonical(const std::array<std::int64_t, kLimbs>& limbs);

  friend bool operator==(const ExactSum& a, const ExactSum& b) { return a.canonical() == b.canonical(); }

 private:
  void carry();

  // Terms add less than 2^32 to a limb each, so that many fit before a limb could overflow.
  static constexpr std::uint32_t kTermsACarry = 1U << 29;
  std::array<std::int64_t, kLimbs> limbs_{};
  std::uint32_t terms_ = 0;  // since the last carry
};

}  // namespace driftd
