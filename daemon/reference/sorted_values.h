// The values of one column in increasing order with their counts, exactly, in bounded memory: what does not fit is sorted and written to
// a spill file, and the runs are merged while they are read. The result does not depend on the order of the values, nor on the memory.
// One thread. Cost O(n log n).
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <vector>

#include "daemon/table/file_handle.h"
#include "detectors/reference/cells.h"

namespace driftd {

// Sorted runs of several columns, one behind another, in one file without a name.
class SpillFile {
 public:
  std::expected<std::uint64_t, TableError> append(std::string_view bytes);  // where they begin
  std::expected<void, TableError> read(char* to, std::size_t size, std::uint64_t offset) const;
  bool used() const { return end_ > 0; }

 private:
  FileHandle file_;
  std::uint64_t end_ = 0;
};

class SortedValues {
 public:
  // memory_bytes: of this column; the spill file outlives it.
  SortedValues(std::size_t memory_bytes, SpillFile& spill);

  // As if it had been made so; what is beyond goes to the spill file.
  std::expected<void, TableError> set_memory(std::size_t memory_bytes);

  std::expected<void, TableError> add(double value) {                   // finite
    if (values_.size() == values_.capacity()) values_.reserve(limit_);  // what is not used of it takes no memory
    values_.push_back(value);
    ++count_;
    if (values_.size() < limit_) return {};
    return spill_values();
  }
  std::uint64_t count() const { return count_; }
  bool has_room(std::size_t values) const { return values_.size() + values < limit_; }  // without a use of the spill file

  // Calls visit for some values after others, all strictly increasing, and lets go of them: once, no add() after it. Columns without a
  // spilled value may do so at once on different threads.
  using Visitor = std::function<void(std::span<const ValueCount>)>;
  std::expected<void, TableError> visit_all(const Visitor& visit);

 private:
  struct Run {
    std::uint64_t offset = 0, entries = 0;
  };
  class RunReader;
  std::expected<void, TableError> spill_values();
  std::expected<void, TableError> merge(const Visitor& visit);

  std::size_t limit_;
  SpillFile* spill_;
  std::vector<double> values_;
  std::vector<Run> runs_;
  std::uint64_t count_ = 0;
};

}  // namespace driftd
