// What the rows show about a column, and what it should be taken for (decision 18). Order of rows matters only to "increasing".
// One thread. Cost O(1) a cell; at most 16 MiB a column of texts that never repeat.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/table/table_reader.h"
#include "detectors/performance/answer.h"

namespace driftd {

// Whether a text ever repeats, among the first kWatchedTexts: told by 64-bit hashes.
class RepeatWatch {
 public:
  static constexpr std::size_t kWatchedTexts = 1 << 20;
  void add(std::string_view text);
  bool all_distinct() const { return !repeated_; }

 private:
  void insert(std::uint64_t hash);
  std::vector<std::uint64_t> slots_;  // 0 = free; a power of two, at most half full
  std::size_t used_ = 0;
  bool repeated_ = false;
};

class ColumnEvidence {
 public:
  enum class Finding : std::uint8_t {
    kNumeric,
    kCategorical,
    kTimes,        // every text is RFC 3339
    kRowNumbers,   // integers, strictly increasing
    kAllDistinct,  // texts that never repeat: a key
    kArrays,       // arrays or objects, and nothing else
    kEmpty,        // no value at all
  };
  void add(const Cell& cell);
  Finding finding() const;
  bool looks_numeric() const;  // whatever else was found
  AnswerColumn as_answers() const;

 private:
  void add_number(double value);
  void add_text(std::string_view text);

  std::uint64_t numbers_ = 0, csv_texts_ = 0, json_texts_ = 0, times_ = 0, containers_ = 0;
  double last_ = 0, min_ = std::numeric_limits<double>::infinity(), max_ = -std::numeric_limits<double>::infinity();
  bool integers_ = true;
  bool increasing_ = true;
  bool numbers_before_texts_ = false;  // then the watch has not seen all values, and says nothing
  RepeatWatch watch_;
};

// Why a column that shows this is no feature unless someone asks for it: "it holds times"; "" = it is one.
std::string_view reason_to_leave_out(ColumnEvidence::Finding finding);

}  // namespace driftd
