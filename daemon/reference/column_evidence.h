// What the rows show about a column, and what it should be taken for (decision 18). Order of rows matters only to "increasing".
// One thread. Cost O(1) a cell; at most 16 MiB a column of texts that never repeat.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/reference/cell_value.h"
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
  void add(const Cell& cell, NumericValue number) {  // the same, where numeric_value(cell) is known
    number.value_class == ValueClass::kValid&& csv_texts_ == 0 ? add_number(number.value) : add_other(cell, number);
  }
  Finding finding() const;
  bool looks_numeric() const { return numbers_ > 0 && csv_texts_ == 0 && numbers_ > json_texts_; }  // whatever else was found
  bool has_values() const { return numbers_ + csv_texts_ + json_texts_ > 0; }
  AnswerColumn as_answers() const;

 private:
  void add_number(double value) {
    integers_ = integers_ && is_whole(value);
    increasing_ = increasing_ && integers_ && (numbers_ == 0 || value > last_);
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
    last_ = value;
    ++numbers_;
  }
  static bool is_whole(double value) {  // finite; from 2^52 on all are
    return std::abs(value) >= 0x1p52 || static_cast<double>(static_cast<std::int64_t>(value)) == value;
  }
  void add_other(const Cell& cell, NumericValue number);
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
