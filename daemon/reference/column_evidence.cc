#include "daemon/reference/column_evidence.h"

#include "daemon/runtime/event_time.h"
#include "detectors/reference/cells.h"

namespace driftd {
namespace {

constexpr double kNotInteger = 0.5;  // stands for NaN and infinities: numbers, but no row numbers

}  // namespace

void RepeatWatch::insert(std::uint64_t hash) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & mask;
  repeated_ = repeated_ || slots_[at] == hash;
  slots_[at] = hash;
}

void RepeatWatch::add(std::string_view text) {
  if (repeated_ || used_ == kWatchedTexts) return;
  if (2 * (used_ + 1) > slots_.size()) {
    std::vector<std::uint64_t> old(slots_.empty() ? 64 : 2 * slots_.size(), 0);
    old.swap(slots_);
    for (const std::uint64_t hash : old) {
      if (hash != 0) insert(hash);
    }
  }
  ++used_;
  insert(hash_category(text) | 1);  // never 0
  if (repeated_) slots_ = {};
}

void ColumnEvidence::add_text(std::string_view text) {
  if (csv_texts_ + json_texts_ == 1) numbers_before_texts_ = numbers_ > 0;
  watch_.add(text);
  // As long as all texts are times the next one is tried.
  if (times_ + 1 == csv_texts_ + json_texts_ && parse_rfc3339(text)) ++times_;
}

void ColumnEvidence::add(const Cell& cell) {
  const bool is_text = cell.kind == ValueKind::kCsvText && csv_texts_ > 0;  // whatever it looks like
  add(cell, is_text ? NumericValue{ValueClass::kWrongType, 0} : numeric_value(cell));
}

void ColumnEvidence::add_other(const Cell& cell, NumericValue number) {
  switch (cell.kind) {
    case ValueKind::kNull: return;
    case ValueKind::kCsvText:
      if (csv_texts_ == 0 && number.value_class != ValueClass::kWrongType) return add_number(kNotInteger);
      ++csv_texts_;
      return add_text(cell.text);
    case ValueKind::kString:
    case ValueKind::kBoolean: ++json_texts_; return add_text(cell.text);
    case ValueKind::kInteger:
    case ValueKind::kUnsigned:
    case ValueKind::kDouble: return add_number(number.value);
    case ValueKind::kContainer: ++containers_; return;
  }
}

AnswerColumn ColumnEvidence::as_answers() const { return {looks_numeric(), min_, max_, integers_}; }

ColumnEvidence::Finding ColumnEvidence::finding() const {
  const std::uint64_t texts = csv_texts_ + json_texts_;
  if (!has_values()) return containers_ > 0 ? Finding::kArrays : Finding::kEmpty;
  if (looks_numeric()) return increasing_ && numbers_ > 1 ? Finding::kRowNumbers : Finding::kNumeric;
  if (numbers_ == 0 && times_ == texts) return Finding::kTimes;
  if (texts > 1 && !numbers_before_texts_ && watch_.all_distinct()) return Finding::kAllDistinct;
  return Finding::kCategorical;
}

std::string_view reason_to_leave_out(ColumnEvidence::Finding finding) {
  switch (finding) {
    case ColumnEvidence::Finding::kNumeric:
    case ColumnEvidence::Finding::kCategorical: return "";
    case ColumnEvidence::Finding::kTimes: return "it holds times";
    case ColumnEvidence::Finding::kRowNumbers: return "its integers only grow, like row numbers";
    case ColumnEvidence::Finding::kAllDistinct: return "no text repeats, as in a key";
    case ColumnEvidence::Finding::kArrays: return "it holds arrays or objects";
    case ColumnEvidence::Finding::kEmpty: return "it has no value";
  }
  return "";
}

}  // namespace driftd
