// The two-sample measures and quality checks of one (segment, feature), judged by significance and effect (decisions 21, 22). Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "daemon/monitor/monitor_plan.h"
#include "daemon/monitor/verdict.h"

namespace driftd {

// One side by side view of a feature: the counts of reference and window in the same cells.
struct FeatureView {
  const FeaturePlan* feature = nullptr;
  std::span<const std::uint64_t> reference_fine, current_fine;
  std::vector<std::uint64_t> reference, current;  // coarse
  ClassCounts reference_classes{}, classes{};
  std::uint64_t below = 0, above = 0;  // valid values outside the reference's range
  double min = 0, max = 0;             // of the window
};

struct LevelRule {
  double log_alpha = kNoNumber;  // NaN: no level is stated, nothing is judged by it
  double clear_ratio = 0.8;
  bool judge = true;  // false: too few rows
};

// In the order of the registry. log_p gets the p of the feature (algorithms A.11).
std::vector<Measure> drift_measures(const FeatureView& view, const LevelRule& rule, double& log_p);
std::vector<Measure> quality_measures(const FeatureView& view, const LevelRule& rule);

}  // namespace driftd
