#include "detectors/reference/category_text.h"

#include <charconv>
#include <cmath>

namespace driftd {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;

template <class Number>
std::string_view shortest(Number x, CategoryBuffer& buffer) {
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x).ptr;
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

}  // namespace

std::string_view category_text(double x, CategoryBuffer& buffer) {
  if (x != std::trunc(x) || x < -kTwoTo63 || x >= 2 * kTwoTo63) return shortest(x, buffer);
  if (x < kTwoTo63) return shortest(static_cast<std::int64_t>(x), buffer);
  return shortest(static_cast<std::uint64_t>(x), buffer);
}

std::string_view category_text(std::int64_t x, CategoryBuffer& buffer) { return shortest(x, buffer); }

std::string_view category_text(std::uint64_t x, CategoryBuffer& buffer) { return shortest(x, buffer); }

}  // namespace driftd
