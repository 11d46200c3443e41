#include "daemon/alert/plain_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace driftd {
namespace {

constexpr std::size_t kLongestText = 120;

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kMethodWords{{
    {"psi", "PSI"},
    {"ks", "KS"},
    {"chi_square", "chi-square"},
    {"jensen_shannon", "Jensen-Shannon"},
    {"hellinger", "Hellinger"},
    {"total_variation", "total variation"},
    {"l_infinity", "L-infinity"},
    {"wasserstein", "Wasserstein"},
    {"adwin", "ADWIN"},
    {"page_hinkley", "Page-Hinkley"},
    {"ddm", "DDM"},
}};

bool is_continuation_byte(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

std::string share_words(double share) {
  const double percent = 100 * share;
  if (percent > 0 && percent < 0.01) return "under 0.01%";
  if (percent > 99.5 && percent < 100) return "over 99%";
  if (percent == 0 || percent >= 9.95) return fmt::format("{:.0f}%", percent);
  const int decimals = percent >= 0.095 ? 1 : 2;
  return fmt::format("{:.{}f}%", percent, decimals);
}

std::string number_words(double value) {
  const double size = std::abs(value);
  return size >= 1e3 && size < 1e6 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}

std::string method_words(std::string_view method) {
  const auto found = std::ranges::find(kMethodWords, method, &std::pair<std::string_view, std::string_view>::first);
  return std::string(found == kMethodWords.end() ? method : found->second);
}

std::string clipped(std::string_view text) {
  if (text.size() <= kLongestText) return std::string(text);
  std::size_t end = kLongestText;
  while (end > 0 && is_continuation_byte(text[end])) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace driftd
