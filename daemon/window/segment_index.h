// Which declared segment a row belongs to: a look-up of the hashes of its segment columns. No allocation after construction.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/decode/record_batch.h"
#include "daemon/window/pane_plan.h"

namespace driftd {

class SegmentIndex {
 public:
  explicit SegmentIndex(const SegmentPlan& plan);
  // segments[row] for each row: 0 where the plan declares none; else 1 + declared index, or the last one (`__other__`).
  void find(const RecordBatch& batch, std::uint32_t* segments) const;

 private:
  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t segment = 0;  // 0 = empty: a declared segment is at least 1
  };
  std::vector<std::uint32_t> columns_;
  std::vector<Entry> table_;
  std::uint32_t other_ = 0;
};

}  // namespace driftd
