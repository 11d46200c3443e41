#include "daemon/engine_labels.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "detectors/reference/category_text.h"

namespace driftd {
namespace {

constexpr std::size_t kClasses = 1000;  // told apart in multiclass measures

AnswerColumn answers_of(const FeatureReference& feature) {
  AnswerColumn column{feature.type == FeatureType::kNumeric, feature.min, feature.max, true};
  const auto is_integer = [](double x) { return std::trunc(x) == x; };
  column.integers = std::ranges::all_of(feature.numeric.edges, is_integer) && is_integer(feature.min) && is_integer(feature.max);
  return column;
}

// Without labels in the reference, they are taken to be what the predictions are; for probabilities 0 or 1.
PerformanceRule rule_of_columns(const Reference& reference, double threshold) {
  const FeatureReference *prediction = reference.find(reference.prediction_column), *label = reference.find(reference.label_column);
  const AnswerColumn said = prediction != nullptr ? answers_of(*prediction) : AnswerColumn{true, 0, 1, false};
  if (label != nullptr) return guess_rule(said, answers_of(*label), threshold);
  const bool is_share = said.numeric && said.min >= 0 && said.max <= 1;
  return guess_rule(said, is_share ? AnswerColumn{true, 0, 1, true} : said, threshold);
}

void add_classes(const FeatureReference* column, std::vector<std::uint64_t>& classes) {
  if (column == nullptr) return;
  const auto& known = column->categories.known_hashes;
  classes.insert(classes.end(), known.begin(), known.end());
  CategoryBuffer buffer;
  if (column->numeric.discrete) {
    for (const double value : column->numeric.edges) classes.push_back(hash_category(category_text(value, buffer)));
  }
}

// Sorted; where there are too many, those with the smallest hashes.
std::vector<std::uint64_t> known_classes(const Reference& reference) {
  std::vector<std::uint64_t> classes;
  add_classes(reference.find(reference.prediction_column), classes);
  add_classes(reference.find(reference.label_column), classes);
  std::ranges::sort(classes);
  const auto repeated = std::ranges::unique(classes);
  classes.erase(repeated.begin(), repeated.end());
  if (classes.size() > kClasses) classes.resize(kClasses);
  return classes;
}

PanePlan rows_plan(const PanePlan& losses, PaneRows rows, std::string_view name) {
  PanePlan plan;
  plan.stream = losses.stream;
  plan.rows = rows;
  plan.pane_us = losses.pane_us;
  plan.window_us = losses.pane_us;
  plan.lateness_us = losses.lateness_us;
  plan.idle_close_us = losses.idle_close_us;
  plan.state_key = losses.state_key + '/' + std::string(name);
  return plan;
}

}  // namespace

bool joins_labels(const MonitorConfig& monitor) { return !monitor.labels.topic.empty() && monitor.performance.task != TaskChoice::kOff; }

std::optional<Task> chosen_task(TaskChoice choice) {
  switch (choice) {
    case TaskChoice::kBinary: return Task::kBinary;
    case TaskChoice::kMulticlass: return Task::kMulticlass;
    case TaskChoice::kRegression: return Task::kRegression;
    case TaskChoice::kAuto:
    case TaskChoice::kOff: break;
  }
  return std::nullopt;
}

PerformanceRule performance_rule(const MonitorConfig& monitor, const Reference& reference) {
  const double threshold = monitor.performance.threshold;
  const PerformanceRule guessed = reference.answers.value_or(rule_of_columns(reference, threshold));
  const auto task = chosen_task(monitor.performance.task);
  if (!task) return guessed;
  const FeatureReference* said = reference.find(reference.prediction_column);
  return named_rule(*task, threshold, guessed.probabilities || (said != nullptr && !answers_of(*said).integers));
}

std::unique_ptr<LabelJoinPlan> make_label_join(const MonitorConfig& monitor, const Reference& reference, const PanePlan& losses,
                                               std::uint64_t max_pending) {
  auto join = std::make_unique<LabelJoinPlan>();
  join->predictions = rows_plan(losses, PaneRows::kPredictions, "predictions");
  join->predictions.segments = losses.segments;
  join->labels = rows_plan(losses, PaneRows::kLabels, "labels");
  join->join_within_us = std::chrono::duration_cast<std::chrono::microseconds>(monitor.labels.join_within).count();
  join->answers = AnswerScale(performance_rule(monitor, reference), known_classes(reference));
  join->max_pending = max_pending;
  return join;
}

void write_join(const MonitorConfig& monitor, const PerformanceRule& rule, JsonWriter& json) {
  const LabelsConfig& labels = monitor.labels;
  json.key("labels").begin_object().field("topic", labels.topic).field("id", labels.id).field("value", labels.value);
  json.field("event_time", labels.event_time).field("join_within_ms", labels.join_within.count());
  json.field("task", task_name(rule.task)).field("threshold", rule.threshold).field("probabilities", rule.probabilities).end_object();
}

std::unique_ptr<const FeatureReference> unknown_losses() {
  auto losses = std::make_unique<FeatureReference>();
  losses->name = kErrorFeature;
  losses->numeric = {.discrete = true, .edges = {0, 1}, .coarse = {0, 1, 2, 3}};
  losses->max = 1;
  losses->distinct = 2;
  losses->zero_one = true;
  return losses;
}

}  // namespace driftd
