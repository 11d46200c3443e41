// The segments that occur in a table and their rows: first all are counted, then the most frequent are kept and found again. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/table/table_reader.h"

namespace driftd {

inline constexpr std::size_t kKeptSegments = 1000;
inline constexpr std::size_t kTrackedSegments = 1'000'000;

class SegmentKeys {
 public:
  SegmentKeys() = default;
  SegmentKeys(std::vector<std::string> names, std::vector<std::uint32_t> columns)
      : names_(std::move(names)), columns_(std::move(columns)) {}

  bool empty() const { return columns_.empty(); }
  // row: the cell of each column, null where there is none. A row without a value in one of the columns is in no segment.
  void count(const std::vector<const Cell*>& row);
  // Ends the counting. Keeps the most frequent (count desc, bytes asc); true: some were dropped.
  bool keep_most_frequent();

  std::size_t size() const { return keys_.size(); }
  const std::vector<std::string>& keys() const { return keys_; }         // sorted
  const std::vector<std::uint64_t>& rows() const { return rows_; }       // as keys()
  std::optional<std::size_t> find(const std::vector<const Cell*>& row);  // index into keys()

 private:
  bool make_key(const std::vector<const Cell*>& row);

  std::vector<std::string> names_;
  std::vector<std::uint32_t> columns_;
  std::string key_;                                        // of the row at hand
  std::unordered_map<std::string, std::uint64_t> counts_;  // while counting: rows; then: index into keys_
  std::vector<std::string> keys_;
  std::vector<std::uint64_t> rows_;
  bool dropped_ = false;
};

}  // namespace driftd
