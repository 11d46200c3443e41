// Counts the categories of one column, by hash. Memory is bounded: the first kKnownHashes distinct ones are kept with their names, what
// comes later is only counted together. One thread. Cost O(1) a value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/reference/cells.h"

namespace driftd {

class CategoryCounter {
 public:
  void add(std::string_view name);

  std::vector<CategoryCount> counts() const;              // views into this object
  std::uint64_t untracked() const { return untracked_; }  // values of categories beyond the limit
  std::size_t distinct() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint64_t hash;
    std::uint64_t count;
    std::size_t name_start;
    std::size_t name_bytes;
  };
  std::size_t position(std::uint64_t hash) const;
  void grow();

  std::vector<std::uint32_t> slots_;  // index + 1 into entries_; 0 = free; a power of two, at most half full
  std::vector<Entry> entries_;
  std::string names_;
  std::uint64_t untracked_ = 0;
  std::uint32_t last_ = 0;  // columns often repeat a value
};

}  // namespace driftd
