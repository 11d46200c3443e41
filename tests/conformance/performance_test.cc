// Measures of a model's answers against scikit-learn (expected.tsv of performance/).
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "detectors/performance/performance_counts.h"
#include "tests/conformance/golden_file.h"

using namespace driftd;

namespace {

// The files have a header; the label is the first column.
PerformanceCounts count_file(const std::string& name, const PerformanceRule& rule) {
  auto file = golden::open("performance/" + name + ".csv");
  PerformanceCounts counts;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const auto cells = golden::split(line, ',');
    add_row(rule, golden::number<double>(cells[1]), golden::number<double>(cells[0]), counts);
  }
  return counts;
}

PerformanceRule rule_of(const std::string& file) {
  if (file == "multiclass") return {Task::kMulticlass, 0.5, false};
  if (file == "regression") return {Task::kRegression, 0.5, false};
  return {Task::kBinary, 0.5, true};
}

std::map<std::string, double> expected_of(const std::string& file) {
  auto table = golden::open("performance/expected.tsv");
  std::map<std::string, double> values;
  for (std::string line; std::getline(table, line);) {
    const auto cells = golden::split(line, '\t');
    if (cells.size() != 3 || cells[0] != file) continue;
    std::string name(cells[1]);
    if (file == "multiclass" && name.ends_with("_macro")) name.resize(name.size() - 6);
    values[name] = golden::number<double>(cells[2]);
  }
  return values;
}

}  // namespace

TEST_CASE("performance measures are scikit-learn's") {
  for (const std::string file : {"binary", "binary_small", "binary_ties", "multiclass", "regression"}) {
    CAPTURE(file);
    const auto want = expected_of(file);
    const PerformanceRule rule = rule_of(file);
    for (const auto& [metric, value] : performance_values(rule, count_file(file, rule))) {
      CAPTURE(metric);
      CHECK(value == doctest::Approx(want.at(std::string(metric))).epsilon(1e-12));
    }
  }
}
