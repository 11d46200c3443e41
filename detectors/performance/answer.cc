#include "detectors/performance/answer.h"

#include <algorithm>

#include "detectors/reference/category_text.h"
#include "detectors/reference/cells.h"

namespace driftd {
namespace {

bool is_probability(double x) { return x >= 0 && x <= 1; }

bool within(const AnswerColumn& column, double low, double high) { return column.numeric && column.min >= low && column.max <= high; }

}  // namespace

std::uint64_t text_hash_of(const Answer& answer) {
  if (answer.kind != Answer::Kind::kNumber) return answer.text_hash;
  CategoryBuffer buffer;
  return hash_category(category_text(answer.number, buffer));
}

std::optional<double> number_of(const Answer& answer) {
  static const std::uint64_t kTrue = hash_category("true"), kFalse = hash_category("false");
  if (answer.kind == Answer::Kind::kNumber) return answer.number;
  if (answer.kind == Answer::Kind::kText && answer.text_hash == kTrue) return 1;
  if (answer.kind == Answer::Kind::kText && answer.text_hash == kFalse) return 0;
  return std::nullopt;
}

double AnswerScale::class_number(std::uint64_t text_hash) const {
  const auto found = std::ranges::lower_bound(classes_, text_hash);
  const bool known = found != classes_.end() && *found == text_hash;
  return known ? static_cast<double>(found - classes_.begin()) : static_cast<double>(classes_.size());
}

std::optional<AnswerScale::Pair> AnswerScale::pair(const Answer& prediction, const Answer& label) const {
  if (prediction.kind == Answer::Kind::kNone || label.kind == Answer::Kind::kNone) return std::nullopt;
  if (rule_.task == Task::kMulticlass) {
    const std::uint64_t said = text_hash_of(prediction), true_one = text_hash_of(label);
    Pair pair{class_number(said), class_number(true_one)};
    // Two unknown classes are one class only where they are the same.
    if (said != true_one && pair.prediction == pair.label) pair.prediction += 1;
    return pair;
  }
  const auto x = number_of(prediction), y = number_of(label);
  if (!x || !y) return std::nullopt;
  if (rule_.task == Task::kBinary && (!is_probability(*x) || (*y != 0 && *y != 1))) return std::nullopt;
  return Pair{*x, *y};
}

std::optional<double> AnswerScale::loss(const Answer& prediction, const Answer& label) const {
  const auto pair = this->pair(prediction, label);
  return pair ? std::optional(loss_of(rule_, pair->prediction, pair->label)) : std::nullopt;
}

PerformanceRule named_rule(Task task, double threshold, bool probabilities) {
  return {task, threshold, task == Task::kBinary && probabilities};
}

PerformanceRule guess_rule(const AnswerColumn& prediction, const AnswerColumn& label, double threshold) {
  if (label.integers && within(label, 0, 1) && within(prediction, 0, 1)) return {Task::kBinary, threshold, !prediction.integers};
  const auto is_quantity = [](const AnswerColumn& column) { return !column.integers || !within(column, 0, kMostClassNumbers); };
  const bool numbers = prediction.numeric && label.numeric;
  return {numbers && (is_quantity(prediction) || is_quantity(label)) ? Task::kRegression : Task::kMulticlass, threshold, false};
}

}  // namespace driftd
