#include "detectors/performance/exact_sum.h"

#include <bit>
#include <cmath>

namespace driftd {
namespace {

using Limbs = std::array<std::int64_t, ExactSum::kLimbs>;

constexpr std::int64_t kLowHalf = 0xFFFF'FFFF;
constexpr int kLeastExponent = -1074;  // of the smallest double above zero
constexpr int kMantissaBits = 53;

void carry_up(Limbs& limbs) {
  for (std::size_t i = 0; i + 1 < limbs.size(); ++i) {
    limbs[i + 1] += limbs[i] >> 32;  // arithmetic: rounds down, also below zero
    limbs[i] &= kLowHalf;
  }
}

// Bits [from, from + count) of a canonical number that is not negative; count <= 64.
std::uint64_t bits_of(const Limbs& limbs, std::size_t from, std::size_t count) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = from + i;
    bits |= ((static_cast<std::uint64_t>(limbs[at / 32]) >> (at % 32)) & 1U) << i;
  }
  return bits;
}

bool any_below(const Limbs& limbs, std::size_t bit) {
  for (std::size_t i = 0; i < bit / 32; ++i) {
    if (limbs[i] != 0) return true;
  }
  return (static_cast<std::uint64_t>(limbs[bit / 32]) & ((std::uint64_t{1} << (bit % 32)) - 1)) != 0;
}

// The number of bits of a canonical number that is not negative.
std::size_t width_of(const Limbs& limbs) {
  for (std::size_t i = limbs.size(); i-- > 0;) {
    if (limbs[i] != 0) return 32 * i + static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(limbs[i])));
  }
  return 0;
}

double rounded(const Limbs& limbs) {
  const std::size_t width = width_of(limbs);
  if (width <= kMantissaBits) return std::ldexp(static_cast<double>(bits_of(limbs, 0, width)), kLeastExponent);
  const std::size_t cut = width - kMantissaBits;
  std::uint64_t mantissa = bits_of(limbs, cut, kMantissaBits);
  const bool half = bits_of(limbs, cut - 1, 1) != 0;
  if (half && (any_below(limbs, cut - 1) || mantissa % 2 == 1)) ++mantissa;
  return std::ldexp(static_cast<double>(mantissa), static_cast<int>(cut) + kLeastExponent);
}

}  // namespace

void ExactSum::add(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const auto exponent = static_cast<std::uint32_t>(bits >> 52) & 0x7FF;
  std::uint64_t mantissa = bits & 0xF'FFFF'FFFF'FFFF;
  if (exponent > 0) mantissa |= std::uint64_t{1} << 52;
  const std::uint32_t shift = exponent > 0 ? exponent - 1 : 0;  // of the mantissa's lowest bit, in units of 2^-1074
  // The mantissa moved to its place crosses at most three limbs.
  const std::uint64_t low = (mantissa & kLowHalf) << (shift % 32);
  const std::uint64_t high = ((mantissa >> 32) << (shift % 32)) + (low >> 32);
  const std::int64_t sign = (bits >> 63) != 0 ? -1 : 1;
  std::int64_t* const limb = limbs_.data() + shift / 32;
  limb[0] += sign * static_cast<std::int64_t>(low & kLowHalf);
  limb[1] += sign * static_cast<std::int64_t>(high & kLowHalf);
  limb[2] += sign * static_cast<std::int64_t>(high >> 32);
  if (++terms_ == kTermsACarry) carry();
}

void ExactSum::carry() {
  carry_up(limbs_);
  terms_ = 0;
}

void ExactSum::merge(const ExactSum& other) {
  carry();
  const Limbs terms = other.canonical();
  for (std::size_t i = 0; i < kLimbs; ++i) limbs_[i] += terms[i];
  carry();
}

std::array<std::int64_t, ExactSum::kLimbs> ExactSum::canonical() const {
  Limbs limbs = limbs_;
  carry_up(limbs);
  return limbs;
}

bool ExactSum::is_canonical(const Limbs& limbs) {
  for (std::size_t i = 0; i + 1 < kLimbs; ++i) {
    if (limbs[i] < 0 || limbs[i] > kLowHalf) return false;
  }
  return true;
}

ExactSum ExactSum::of_canonical(const Limbs& limbs) {
  ExactSum sum;
  sum.limbs_ = limbs;
  return sum;
}

double ExactSum::value() const {
  Limbs limbs = canonical();
  const bool negative = limbs.back() < 0;
  if (negative) {
    for (std::int64_t& limb : limbs) limb = -limb;
    carry_up(limbs);
  }
  const double magnitude = rounded(limbs);
  return negative ? -magnitude : magnitude;
}

}  // namespace driftd
