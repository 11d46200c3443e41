#include "daemon/runtime/number_text.h"

#include <algorithm>
#include <charconv>

namespace driftd {
namespace {

bool equals_any_case(std::string_view text, std::string_view lower) {
  const auto same = [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b); };
  return std::ranges::equal(text, lower, same);
}

}  // namespace

NumberText classify_number(std::string_view text) {
  if (text.empty()) return {ValueClass::kNull};
  const bool negative = text.front() == '-';
  const std::string_view magnitude = text.substr(negative ? 1 : 0);
  if (equals_any_case(magnitude, "nan")) return {ValueClass::kNan};
  if (equals_any_case(magnitude, "inf") || equals_any_case(magnitude, "infinity")) {
    return {negative ? ValueClass::kNegativeInfinity : ValueClass::kPositiveInfinity};
  }
  // from_chars alone would take `nan(12)`.
  if (magnitude.empty() || (magnitude.front() != '.' && (magnitude.front() < '0' || magnitude.front() > '9'))) return {};
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return {ValueClass::kValid, value + 0.0};
}

}  // namespace driftd
