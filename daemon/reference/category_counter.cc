#include "daemon/reference/category_counter.h"

namespace driftd {

std::size_t CategoryCounter::position(std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at] != 0 && entries_[slots_[at] - 1].hash != hash) at = (at + 1) & mask;
  return at;
}

void CategoryCounter::grow() {
  slots_.assign(slots_.empty() ? 64 : 2 * slots_.size(), 0);
  for (std::size_t i = 0; i < entries_.size(); ++i) slots_[position(entries_[i].hash)] = static_cast<std::uint32_t>(i + 1);
}

void CategoryCounter::add(std::string_view name) {
  const std::uint64_t hash = hash_category(name);
  if (last_ < entries_.size() && entries_[last_].hash == hash) {
    ++entries_[last_].count;
    return;
  }
  if (2 * (entries_.size() + 1) > slots_.size()) grow();
  std::uint32_t& slot = slots_[position(hash)];
  if (slot == 0) {
    if (entries_.size() == kKnownHashes) {
      ++untracked_;
      return;
    }
    entries_.push_back({hash, 0, names_.size(), name.size()});
    names_ += name;
    slot = static_cast<std::uint32_t>(entries_.size());
  }
  last_ = slot - 1;
  ++entries_[last_].count;
}

std::vector<CategoryCount> CategoryCounter::counts() const {
  std::vector<CategoryCount> counts;
  counts.reserve(entries_.size());
  for (const auto& entry : entries_) {
    counts.push_back({std::string_view(names_).substr(entry.name_start, entry.name_bytes), entry.count});
  }
  return counts;
}

}  // namespace driftd
