// How well a model answered, over rows with a prediction and a label: counts and exact sums that merge in any order to the same bits.
//
// Measures: binary       accuracy, precision, recall, f1, log_loss, brier (the last two where predictions are probabilities)
//           multiclass   accuracy, precision, recall, f1 (macro: the plain mean over classes)
//           regression   mae, rmse
// Inputs:   per row a prediction and a label as doubles, finite. Binary: label 0 or 1, prediction a probability or a class in [0, 1], the
//           decided class is 1 from `threshold` on. Multiclass: small integers that number the classes.
// Result:   a ratio in [0, 1], except log_loss in [0, 36.05] nats and mae, rmse in [0, inf) in the unit of the label.
// Errors:   NaN = undefined: no rows, or 0/0 in a binary measure. In a macro mean a class without any prediction (precision), any row
//           (recall) or both (f1) counts 0, as scikit-learn counts it; classes that occur on neither side do not count.
// Cost:     add about 20 ns; 1.6 KiB a segment and window where sums are used.
// Source:   confusion counts and their ratios as scikit-learn 1.9 (accuracy_score, precision_recall_fscore_support, log_loss with p clipped
//           to [2^-52, 1 - 2^-52], brier_score_loss, mean_absolute_error, root_mean_squared_error); 0/0 differs on purpose: it is no
//           number.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "detectors/performance/exact_sum.h"

namespace driftd {

enum class Task : std::uint8_t { kBinary, kMulticlass, kRegression };
std::string_view task_name(Task task);  // binary, multiclass, regression

struct PerformanceCounts {
  std::uint64_t labelled = 0;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> confusion;  // (label, predicted class) -> rows
  ExactSum log_loss, squared_error, absolute_error;                            // squared: of probabilities (Brier) or of numbers

  friend bool operator==(const PerformanceCounts&, const PerformanceCounts&) = default;
};

// How a task reads its rows.
struct PerformanceRule {
  Task task = Task::kBinary;
  double threshold = 0.5;      // binary: a prediction from here on is class 1
  bool probabilities = false;  // binary: predictions may lie between 0 and 1, so log_loss and brier exist
  friend bool operator==(const PerformanceRule&, const PerformanceRule&) = default;
};

// The class a binary prediction decides for.
std::uint32_t decided_class(const PerformanceRule& rule, double prediction);
// The loss of one row, the value that concept drift is watched on: 1 for a wrong class, 0 for the right one; regression |label -
// prediction|.
double loss_of(const PerformanceRule& rule, double prediction, double label);

void add_row(const PerformanceRule& rule, double prediction, double label, PerformanceCounts& counts);
void merge(const PerformanceCounts& from, PerformanceCounts& into);

struct PerformanceValue {
  std::string_view metric;
  double value;  // NaN: undefined
};
// The name of a measure as this library's own string; "" = none has it.
std::string_view interned_metric(std::string_view name);
// Every measure of the task, in the order above.
std::vector<PerformanceValue> performance_values(const PerformanceRule& rule, const PerformanceCounts& counts);

}  // namespace driftd
