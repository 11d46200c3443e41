#include "detectors/performance/performance_counts.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

using namespace driftd;

namespace {

struct Row {
  double prediction, label;
};

PerformanceCounts count(const PerformanceRule& rule, const std::vector<Row>& rows) {
  PerformanceCounts counts;
  for (const Row& row : rows) add_row(rule, row.prediction, row.label, counts);
  return counts;
}

std::map<std::string, double> values_of(const PerformanceRule& rule, const std::vector<Row>& rows) {
  std::map<std::string, double> values;
  for (const auto& [metric, value] : performance_values(rule, count(rule, rows))) values[std::string(metric)] = value;
  return values;
}

constexpr PerformanceRule kClasses{Task::kBinary, 0.5, false};
constexpr PerformanceRule kProbabilities{Task::kBinary, 0.5, true};
constexpr PerformanceRule kMany{Task::kMulticlass, 0.5, false};
constexpr PerformanceRule kNumbers{Task::kRegression, 0.5, false};

}  // namespace

TEST_CASE("a measure of nothing is undefined, not zero") {
  for (const auto& rule : {kClasses, kProbabilities, kMany, kNumbers}) {
    CAPTURE(task_name(rule.task));
    for (const auto& [metric, value] : performance_values(rule, {})) {
      CAPTURE(metric);
      CHECK(std::isnan(value));
    }
  }
}

TEST_CASE("a binary ratio without a denominator is undefined") {
  const auto values = values_of(kClasses, {{0, 0}, {0, 0}});
  CHECK(values.at("accuracy") == 1);
  CHECK(std::isnan(values.at("precision")));
  CHECK(std::isnan(values.at("recall")));
  CHECK(std::isnan(values.at("f1")));
  CHECK(values.size() == 4);  // classes have no log loss
}

TEST_CASE("four rows of each kind") {
  const auto values = values_of(kClasses, {{1, 1}, {1, 1}, {1, 0}, {0, 1}});
  CHECK(values.at("accuracy") == 0.5);
  CHECK(values.at("precision") == 2.0 / 3);
  CHECK(values.at("recall") == 2.0 / 3);
  CHECK(values.at("f1") == 2.0 / 3);
}

TEST_CASE("certain and wrong is clipped, not infinite") {
  CHECK(values_of(kProbabilities, {{0, 1}}).at("log_loss") == doctest::Approx(36.04365338911715).epsilon(1e-12));
  CHECK(values_of(kProbabilities, {{1, 0}}).at("log_loss") == doctest::Approx(36.04365338911715).epsilon(1e-12));
  CHECK(values_of(kProbabilities, {{0, 1}}).at("brier") == 1);
}

TEST_CASE("the threshold decides, itself included") {
  const PerformanceRule strict{Task::kBinary, 0.9, true};
  CHECK(loss_of(strict, 0.9, 1) == 0);
  CHECK(loss_of(strict, 0.89, 1) == 1);
  CHECK(loss_of(kProbabilities, 0.5, 0) == 1);
}

TEST_CASE("loss by task") {
  CHECK(loss_of(kMany, 3, 3) == 0);
  CHECK(loss_of(kMany, 3, 4) == 1);
  CHECK(loss_of(kNumbers, 2, -1.5) == 3.5);
  CHECK(loss_of(kNumbers, 1.7e308, -1.7e308) == std::numeric_limits<double>::max());
}

// scikit-learn with zero_division=0 on [0, 0, 1], [0, 1, 1] and a class 2 that is only predicted.
TEST_CASE("a macro mean counts a class without rows as 0") {
  const auto values = values_of(kMany, {{0, 0}, {1, 0}, {1, 1}, {2, 1}});
  CHECK(values.at("accuracy") == 0.5);
  CHECK(values.at("precision") == doctest::Approx((1 + 0.5 + 0) / 3).epsilon(1e-15));
  CHECK(values.at("recall") == doctest::Approx((0.5 + 0.5 + 0) / 3).epsilon(1e-15));
  CHECK(values.at("f1") == doctest::Approx((2.0 / 3 + 0.5 + 0) / 3).epsilon(1e-15));
}

TEST_CASE("parts merged are the whole") {
  const std::vector<Row> rows{{0.1, 0}, {0.7, 1}, {0.9999, 0}, {0.3, 1}, {0, 0}};
  PerformanceCounts merged;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) merge(count(kProbabilities, {*row}), merged);
  CHECK(merged == count(kProbabilities, rows));
}
