#include "detectors/performance/performance_counts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace driftd {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
// Where a term is beyond the range of a double: the largest one keeps the sum a number, and as good as infinite.
constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kLeastProbability = std::numeric_limits<double>::epsilon();

double ratio(double part, double whole) { return whole == 0 ? kUndefined : part / whole; }

double log_loss_of(double probability, double label) {
  const double p = std::clamp(probability, kLeastProbability, 1 - kLeastProbability);
  return label == 1 ? -std::log(p) : -std::log(1 - p);
}

// Rows of one class against all others.
struct OneClass {
  double right = 0, predicted = 0, labelled = 0;
};

double precision_of(const OneClass& one) { return ratio(one.right, one.predicted); }
double recall_of(const OneClass& one) { return ratio(one.right, one.labelled); }
double f1_of(const OneClass& one) { return ratio(2 * one.right, one.predicted + one.labelled); }

std::map<std::uint32_t, OneClass> by_class(const PerformanceCounts& counts) {
  std::map<std::uint32_t, OneClass> classes;
  for (const auto& [pair, rows] : counts.confusion) {
    const double n = static_cast<double>(rows);
    classes[pair.first].labelled += n;
    classes[pair.second].predicted += n;
    if (pair.first == pair.second) classes[pair.first].right += n;
  }
  return classes;
}

double accuracy_of(const PerformanceCounts& counts) {
  std::uint64_t right = 0;
  for (const auto& [pair, rows] : counts.confusion) right += pair.first == pair.second ? rows : 0;
  return ratio(static_cast<double>(right), static_cast<double>(counts.labelled));
}

template <class Measure>
double macro(const std::map<std::uint32_t, OneClass>& classes, Measure measure) {
  double sum = 0;
  for (const auto& [name, one] : classes) {
    const double value = measure(one);
    sum += std::isnan(value) ? 0 : value;
  }
  return ratio(sum, static_cast<double>(classes.size()));
}

}  // namespace

std::string_view task_name(Task task) {
  constexpr std::array<std::string_view, 3> kNames{"binary", "multiclass", "regression"};
  return kNames[static_cast<std::size_t>(task)];
}

std::uint32_t decided_class(const PerformanceRule& rule, double prediction) { return prediction >= rule.threshold ? 1 : 0; }

double loss_of(const PerformanceRule& rule, double prediction, double label) {
  if (rule.task == Task::kRegression) return std::min(std::abs(label - prediction), kLargest);
  const double decided = rule.task == Task::kBinary ? decided_class(rule, prediction) : prediction;
  return decided == label ? 0 : 1;
}

void add_row(const PerformanceRule& rule, double prediction, double label, PerformanceCounts& counts) {
  ++counts.labelled;
  if (rule.task == Task::kRegression) {
    const double error = loss_of(rule, prediction, label);
    counts.absolute_error.add(error);
    counts.squared_error.add(std::min(error * error, kLargest));
    return;
  }
  const std::uint32_t decided = rule.task == Task::kBinary ? decided_class(rule, prediction) : static_cast<std::uint32_t>(prediction);
  ++counts.confusion[{static_cast<std::uint32_t>(label), decided}];
  if (!rule.probabilities) return;
  counts.log_loss.add(log_loss_of(prediction, label));
  counts.squared_error.add((prediction - label) * (prediction - label));
}

void merge(const PerformanceCounts& from, PerformanceCounts& into) {
  into.labelled += from.labelled;
  for (const auto& [pair, rows] : from.confusion) into.confusion[pair] += rows;
  into.log_loss.merge(from.log_loss);
  into.squared_error.merge(from.squared_error);
  into.absolute_error.merge(from.absolute_error);
}

std::string_view interned_metric(std::string_view name) {
  constexpr std::array<std::string_view, 8> kMetrics{"accuracy", "precision", "recall", "f1", "log_loss", "brier", "mae", "rmse"};
  const auto* const found = std::ranges::find(kMetrics, name);
  return found == kMetrics.end() ? std::string_view() : *found;
}

std::vector<PerformanceValue> performance_values(const PerformanceRule& rule, const PerformanceCounts& counts) {
  const double n = static_cast<double>(counts.labelled);
  if (rule.task == Task::kRegression) {
    return {{"mae", ratio(counts.absolute_error.value(), n)}, {"rmse", std::sqrt(ratio(counts.squared_error.value(), n))}};
  }
  auto classes = by_class(counts);
  std::vector<PerformanceValue> values{{"accuracy", accuracy_of(counts)}};
  if (rule.task == Task::kMulticlass) {
    values.push_back({"precision", macro(classes, precision_of)});
    values.push_back({"recall", macro(classes, recall_of)});
    values.push_back({"f1", macro(classes, f1_of)});
    return values;
  }
  const OneClass& positive = classes[1];
  values.push_back({"precision", precision_of(positive)});
  values.push_back({"recall", recall_of(positive)});
  values.push_back({"f1", f1_of(positive)});
  if (!rule.probabilities) return values;
  values.push_back({"log_loss", ratio(counts.log_loss.value(), n)});
  values.push_back({"brier", ratio(counts.squared_error.value(), n)});
  return values;
}

}  // namespace driftd
