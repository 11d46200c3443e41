#include "daemon/reference/radix_sort.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

namespace driftd {
namespace {

constexpr std::size_t kFewest = 4096;  // below, counting digits costs more than comparing
constexpr unsigned kDigitBits = 11, kDigits = 6;
constexpr std::size_t kBuckets = std::size_t{1} << kDigitBits;
constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

// Integers in the order of their doubles: of negative ones every bit is turned, of the others the sign.
std::uint64_t ordered(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return bits ^ ((bits & kSign) != 0 ? ~std::uint64_t{0} : kSign);
}

std::size_t digit_of(double value, unsigned digit) { return ordered(value) >> (digit * kDigitBits) & (kBuckets - 1); }

using Counts = std::array<std::array<std::size_t, kBuckets>, kDigits>;

void count_digits(const std::vector<double>& values, Counts& counts) {
  for (const double value : values) {
    for (unsigned digit = 0; digit < kDigits; ++digit) ++counts[digit][digit_of(value, digit)];
  }
}

}  // namespace

void radix_sort(std::vector<double>& values) {
  if (values.size() < kFewest) return std::sort(values.begin(), values.end());
  std::vector<Counts> counts(1);  // too large for the stack
  count_digits(values, counts[0]);
  std::vector<double> sorted(values.size());
  for (unsigned digit = 0; digit < kDigits; ++digit) {
    auto& next = counts[0][digit];
    if (next[digit_of(values[0], digit)] == values.size()) continue;
    std::size_t start = 0;
    for (std::size_t& bucket : next) start += std::exchange(bucket, start);
    for (const double value : values) sorted[next[digit_of(value, digit)]++] = value;
    values.swap(sorted);
  }
}

}  // namespace driftd
