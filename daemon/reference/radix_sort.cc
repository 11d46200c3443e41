#include "daemon/reference/radix_sort.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

namespace driftd {
namespace {

constexpr std::size_t kFewest = 4096;                   // below, counting digits costs more than comparing
constexpr std::size_t kMany = std::size_t{1} << 21;     // from here on two digits leave too many numbers together
constexpr std::size_t kTooMany = std::size_t{1} << 32;  // more than a bucket counts
constexpr unsigned kDigitBits = 12;
constexpr std::size_t kBuckets = std::size_t{1} << kDigitBits;
constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

// Integers in the order of their doubles: of negative ones every bit is turned, of the others the sign.
std::uint64_t ordered(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return bits ^ ((bits & kSign) != 0 ? ~std::uint64_t{0} : kSign);
}

// Sorts by one digit of what a value's ordered bits are above the least's, and leaves equal digits in their order.
void sort_by_digit(std::vector<double>& values, std::vector<double>& sorted, std::uint64_t least, unsigned shift) {
  const auto digit = [&](double value) { return (ordered(value) - least) >> shift & (kBuckets - 1); };
  std::array<std::uint32_t, kBuckets> next{};
  for (const double value : values) ++next[digit(value)];
  if (next[digit(values[0])] == values.size()) return;
  std::uint32_t start = 0;
  for (std::uint32_t& bucket : next) start += std::exchange(bucket, start);
  for (const double value : values) sorted[next[digit(value)]++] = value;
  values.swap(sorted);
}

// Sorts what is nearly sorted. False: it took twice as many moves as there are values, and the order is unfinished.
bool insert_in_place(std::vector<double>& values) {
  std::size_t moves = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double value = values[i];
    if (values[i - 1] <= value) continue;
    std::size_t at = i;
    for (; at > 0 && values[at - 1] > value; --at) values[at] = values[at - 1];
    values[at] = value;
    moves += i - at;
    if (moves > 2 * values.size()) return false;
  }
  return true;
}

}  // namespace

void radix_sort(std::vector<double>& values) {
  if (values.size() < kFewest || values.size() >= kTooMany) return std::sort(values.begin(), values.end());
  double low = values[0], high = values[0];
  for (const double value : values) low = std::min(low, value), high = std::max(high, value);
  const std::uint64_t least = ordered(low);
  const auto bits = static_cast<unsigned>(std::bit_width(ordered(high) - least));
  const unsigned upper = kDigitBits * (values.size() < kMany ? 2 : 3), lower = bits > upper ? bits - upper : 0;
  std::vector<double> sorted(values.size());
  for (unsigned shift = lower; shift < bits; shift += kDigitBits) sort_by_digit(values, sorted, least, shift);
  if (lower == 0 || insert_in_place(values)) return;
  for (unsigned shift = 0; shift < bits; shift += kDigitBits) sort_by_digit(values, sorted, least, shift);
}

}  // namespace driftd
