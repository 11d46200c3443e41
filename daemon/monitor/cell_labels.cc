#include "daemon/monitor/cell_labels.h"

#include <algorithm>

#include "daemon/runtime/json_writer.h"

namespace driftd {

namespace {

std::string number_text(double value) {
  std::string text;
  append_json_number(text, value);
  return text;
}

// Coarse cells end at edges of the fine ones. An atom's cell (nextafter(v), v] is the value itself.
std::vector<std::string> quantile_labels(const NumericCells& cells) {
  std::vector<std::string> labels;
  for (std::size_t c = 0; c + 1 < cells.coarse.size(); ++c) {
    const bool first = c == 0, last = cells.coarse[c + 1] == cells.size();
    if (first && last) {
      labels.push_back("all");
    } else if (first) {
      labels.push_back("≤ " + number_text(cells.edges[cells.coarse[c + 1] - 1]));
    } else if (last) {
      labels.push_back("> " + number_text(cells.edges[cells.coarse[c] - 1]));
    } else {
      labels.push_back("(" + number_text(cells.edges[cells.coarse[c] - 1]) + ", " + number_text(cells.edges[cells.coarse[c + 1] - 1]) +
                       "]");
    }
  }
  return labels;
}

}  // namespace

std::vector<std::string> cell_labels(const FeatureReference& feature) {
  if (feature.type == FeatureType::kCategorical) {
    std::vector<std::string> labels = feature.categories.dictionary;
    labels.push_back("other");
    labels.push_back("unseen");
    return labels;
  }
  if (!feature.numeric.discrete) return quantile_labels(feature.numeric);
  std::vector<std::string> labels;
  for (const double value : feature.numeric.edges) labels.push_back(number_text(value));
  labels.push_back("other");
  return labels;
}

std::vector<std::uint64_t> coarse_cells(const FeatureReference& feature, std::span<const std::uint64_t> fine) {
  if (feature.type == FeatureType::kNumeric) return coarse_counts(std::span<const std::uint32_t>(feature.numeric.coarse), fine);
  return {fine.begin(), fine.end()};
}

std::string unseen_label(const UnseenNames& names) {
  if (names.empty()) return "unseen";
  std::vector<std::pair<std::string, std::uint64_t>> ranked(names.begin(), names.end());
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string label = "unseen: ";
  for (std::size_t i = 0; i < ranked.size() && i < 3; ++i) label += (i > 0 ? ", " : "") + ranked[i].first;
  return ranked.size() > 3 ? label + ", ..." : label;
}

}  // namespace driftd
