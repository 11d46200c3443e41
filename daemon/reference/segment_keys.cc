#include "daemon/reference/segment_keys.h"

#include <algorithm>
#include <utility>

#include "daemon/reference/cell_value.h"
#include "daemon/runtime/segment_key.h"

namespace driftd {

bool SegmentKeys::make_key(const std::vector<const Cell*>& row) {
  key_.clear();
  CategoryBuffer buffer;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Cell* cell = row[columns_[i]];
    if (cell == nullptr) return false;
    const auto value = category_value(*cell, buffer);
    if (value.value_class != ValueClass::kValid) return false;
    append_segment(key_, names_[i], value.text);
  }
  return true;
}

void SegmentKeys::count(const std::vector<const Cell*>& row) {
  if (!make_key(row)) return;
  if (const auto found = counts_.find(key_); found != counts_.end()) {
    ++found->second;
  } else if (counts_.size() < kTrackedSegments) {
    counts_.emplace(key_, 1);
  } else {
    dropped_ = true;
  }
}

bool SegmentKeys::keep_most_frequent() {
  std::vector<std::pair<std::string, std::uint64_t>> ordered(counts_.begin(), counts_.end());
  std::ranges::sort(ordered, [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
  dropped_ = dropped_ || ordered.size() > kKeptSegments;
  ordered.resize(std::min(ordered.size(), kKeptSegments));
  std::ranges::sort(ordered);
  counts_.clear();
  for (auto& [key, rows] : ordered) {
    counts_.emplace(key, keys_.size());
    keys_.push_back(std::move(key));
    rows_.push_back(rows);
  }
  return dropped_;
}

std::optional<std::size_t> SegmentKeys::find(const std::vector<const Cell*>& row) {
  if (!make_key(row)) return std::nullopt;
  const auto found = counts_.find(key_);
  return found == counts_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found->second));
}

}  // namespace driftd
