// What a model said of a row, or what was true: a number or a text, and how two of them become the pair that measures are taken from.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "detectors/performance/performance_counts.h"

namespace driftd {

// Two are equal when their texts are: a number's by category_text, a string's by its bytes, a boolean's `true` or `false`.
struct Answer {
  enum class Kind : std::uint8_t { kNone, kNumber, kText };
  Kind kind = Kind::kNone;
  double number = 0;            // kNumber: finite
  std::uint64_t text_hash = 0;  // kText: hash_category of the bytes
  friend bool operator==(const Answer&, const Answer&) = default;
};

std::uint64_t text_hash_of(const Answer& answer);       // of either kind
std::optional<double> number_of(const Answer& answer);  // a number, or a boolean as 1 or 0

// Pairs of answers as the doubles that add_row and loss_of take.
class AnswerScale {
 public:
  AnswerScale() = default;
  // classes: text hashes of the classes that are told apart in multiclass measures, sorted; all others are one more.
  explicit AnswerScale(const PerformanceRule& rule, std::vector<std::uint64_t> classes = {}) : rule_(rule), classes_(std::move(classes)) {}

  struct Pair {
    double prediction, label;
  };
  // nullopt: one is missing, or is not what the task needs (binary: a label 0 or 1 and a prediction in [0, 1]; regression: numbers).
  std::optional<Pair> pair(const Answer& prediction, const Answer& label) const;
  std::optional<double> loss(const Answer& prediction, const Answer& label) const;
  const PerformanceRule& rule() const { return rule_; }

 private:
  double class_number(std::uint64_t text_hash) const;

  PerformanceRule rule_;
  std::vector<std::uint64_t> classes_;
};

// The rule of a task that somebody named. probabilities: whether predictions lie between 0 and 1; matters to binary only.
PerformanceRule named_rule(Task task, double threshold, bool probabilities);

// What is known of a column of answers.
struct AnswerColumn {
  bool numeric = false;
  double min = 0, max = 0;  // numeric
  bool integers = true;     // numeric: no value has a fraction
};
inline constexpr double kMostClassNumbers = 20;  // integers of a wider range than this are quantities, not classes

// `auto`: binary where labels are 0 and 1 and predictions lie between; regression where both are numbers and one of them has fractions or
// integers beyond [0, kMostClassNumbers]; else multiclass.
PerformanceRule guess_rule(const AnswerColumn& prediction, const AnswerColumn& label, double threshold);

}  // namespace driftd
