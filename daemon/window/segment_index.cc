#include "daemon/window/segment_index.h"

#include <bit>

namespace driftd {

namespace {

// Hashes of single values are mixed in column order (the finaliser of splitmix64).
std::uint64_t mix(std::uint64_t key, std::uint64_t hash) {
  key = (key ^ hash) * 0xBF58476D1CE4E5B9ULL;
  key = (key ^ key >> 27) * 0x94D049BB133111EBULL;
  return key ^ key >> 31;
}

}  // namespace

SegmentIndex::SegmentIndex(const SegmentPlan& plan) : columns_(plan.columns) {
  if (columns_.empty()) return;
  table_.resize(std::bit_ceil(plan.declared.size() * 2 + 2));
  other_ = static_cast<std::uint32_t>(plan.declared.size() + 1);
  for (std::size_t s = 0; s < plan.declared.size(); ++s) {
    std::uint64_t key = 0;
    for (const std::uint64_t hash : plan.declared[s]) key = mix(key, hash);
    std::size_t at = key & (table_.size() - 1);
    while (table_[at].segment != 0) at = (at + 1) & (table_.size() - 1);
    table_[at] = {key, static_cast<std::uint32_t>(s + 1)};
  }
}

void SegmentIndex::find(const RecordBatch& batch, std::uint32_t* segments) const {
  for (std::uint32_t row = 0; row < batch.rows; ++row) {
    segments[row] = 0;
    if (columns_.empty()) continue;
    std::uint64_t key = 0;
    for (const std::uint32_t column : columns_) key = mix(key, batch.category[column * kColumnStride + row]);
    std::size_t at = key & (table_.size() - 1);
    while (table_[at].segment != 0 && table_[at].key != key) at = (at + 1) & (table_.size() - 1);
    segments[row] = table_[at].segment != 0 ? table_[at].segment : other_;
  }
}

}  // namespace driftd
