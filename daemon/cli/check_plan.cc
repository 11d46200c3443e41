#include "daemon/cli/check_plan.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "config/scalar.h"
#include "daemon/runtime/counted.h"
#include "daemon/runtime/glob.h"

namespace driftd {
namespace {

constexpr std::uint64_t kCellBytes = 4;
constexpr std::size_t kKindsOfTests = 2;  // distribution and quality (decision 21)

// Counts what metrics/collect.cc gives out. Always: PSI, chi-square, Jensen-Shannon, Hellinger, total variation, L-infinity; and
// KS and Wasserstein where the cells are quantiles.
constexpr std::uint64_t kMethods = 6, kQuantileMethods = 2;
constexpr std::uint64_t kFiring = 2;         // a severity each
constexpr std::uint64_t kQualitySeries = 7;  // of `all`: three checks and four ratios of the window and the reference
constexpr std::uint64_t kMonitorSeries = 46, kSegmentSeries = 3;
constexpr std::uint64_t kDetailSeries = 2, kBinSeries = 40;  // at metrics.level detailed: of a feature and segment, of a feature's bins

std::uint64_t series_of(const FeaturePlan& feature, bool quality, std::uint64_t segments) {
  const bool quantile = feature.reference->type == FeatureType::kNumeric && !feature.reference->numeric.discrete;
  const std::uint64_t fixed = feature.fixed.size(), sequential = feature.sequential.size();
  const std::uint64_t scores = kMethods + (quantile ? kQuantileMethods : 0) + sequential;
  const std::uint64_t ratios = 1 + fixed + sequential;  // PSI judges by level
  const bool checked = quality && feature.kind != Kind::kPerformance;
  const std::uint64_t output = feature.kind == Kind::kPrediction ? scores + ratios : feature.kind == Kind::kPerformance ? 1 : 0;
  return segments * (1 + scores + ratios + fixed + output + kFiring * (checked ? 2 : 1)) + kQualitySeries;
}

std::string describe_window(const WindowConfig& window) {
  const std::string every = print_duration(window.every);
  if (window.rows > 0) return fmt::format("of {} rows, cut at multiples of {}", window.rows, every);
  return window.advance ? fmt::format("of {}, one every {}", every, print_duration(*window.advance)) : fmt::format("of {}", every);
}

MonitorBudget budget_of(const EnginePlan& plan, std::size_t index) {
  const MonitorPlan& monitor = plan.monitors[index];
  MonitorBudget budget;
  budget.name = monitor.name;
  budget.reference_id = monitor.reference->id;
  budget.reference_rows = monitor.reference->rows;
  budget.features = monitor.features.size();
  if (plan.losses_of[index] != kNoLosses) budget.features += plan.monitors[plan.losses_of[index]].features.size();
  budget.segments = monitor.segments.size();
  budget.window = plan.configs[index].window;
  budget.tests = budget.segments * budget.features * kKindsOfTests;
  budget.alpha = plan.alerts[index].alpha;
  budget.panes = plan.panes[index].window_us / plan.panes[index].pane_us;
  budget.window_bytes = std::uint64_t{plan.panes[index].cells} * kCellBytes * budget.segments * budget.panes;
  budget.series = kMonitorSeries + kSegmentSeries * budget.segments;
  for (const FeaturePlan& feature : monitor.features) {
    budget.series += series_of(feature, monitor.quality, budget.segments);
    if (!plan.detailed) continue;
    budget.series += kDetailSeries * budget.segments;
    if (matches_any(plan.configs[index].features.bins, feature.reference->name)) budget.series += kBinSeries;
  }
  return budget;
}

std::uint64_t all_series(const std::vector<MonitorBudget>& budgets) {
  return std::accumulate(budgets.begin(), budgets.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const MonitorBudget& budget) { return sum + budget.series; });
}

std::string describe_tests(const MonitorBudget& budget) {
  if (std::isnan(budget.alpha)) return "no level stated: fixed thresholds decide";
  return fmt::format("{} a window, each at level {:.3g}", counted(budget.tests, "test"), budget.alpha);
}

}  // namespace

std::vector<MonitorBudget> monitor_budgets(const EnginePlan& plan) {
  std::vector<MonitorBudget> budgets;
  for (std::size_t m = 0; m < plan.configs.size(); ++m) budgets.push_back(budget_of(plan, m));
  return budgets;
}

std::string describe_budgets(const std::vector<MonitorBudget>& budgets, std::uint32_t max_series) {
  std::string text;
  for (const MonitorBudget& budget : budgets) {
    text +=
        fmt::format("monitor {}: reference {} of {} rows; {}, {}, windows {}\n", budget.name, budget.reference_id, budget.reference_rows,
                    counted(budget.features, "feature"), counted(budget.segments, "segment"), describe_window(budget.window));
    text += fmt::format("  {}; counts of a window take {} bytes a source partition; at most {} series\n", describe_tests(budget),
                        budget.window_bytes, budget.series);
  }
  return text + fmt::format("series: at most {} of all monitors; metrics.max_series is {}\n", all_series(budgets), max_series);
}

std::string series_warning(const std::vector<MonitorBudget>& budgets, std::uint32_t max_series) {
  if (all_series(budgets) <= max_series) return "";
  return fmt::format("metrics.max_series: {} is less than the {} series of all monitors: some will be left out; raise it, or watch less",
                     max_series, all_series(budgets));
}

}  // namespace driftd
