#include "config/suggest.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace driftd {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::optional<std::string> suggest(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t kMostEdits = 2;
  if (word.size() > 256) return std::nullopt;
  std::optional<std::string> closest;
  std::size_t least = kMostEdits + 1;
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < least && 3 * distance < word.size()) {
      least = distance;
      closest = candidate;
    }
  }
  return closest;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const auto closest = suggest(word, candidates);
  return closest ? "; did you mean '" + *closest + "'?" : "";
}

}  // namespace driftd
