#include "daemon/cli/check_plan.h"

#include <doctest/doctest.h>

#include "daemon/engine_status.h"
#include "daemon/metrics/catalogue.h"
#include "daemon/metrics/collect.h"
#include "tests/daemon/engine_fixture.h"

namespace driftd {

using namespace engine_fixture;

namespace {

std::size_t series_in(const DaemonStatus& status, const MetricsConfig& config) {
  const SampleSet samples = collect_samples(status, {}, {}, config);
  std::size_t count = 0;
  for (std::size_t metric = 0; metric < metric_catalogue().size(); ++metric) {
    for (const Sample& sample : samples.of(metric)) count += sample.buckets.counts.empty() ? 1 : sample.buckets.counts.size() + 2;
  }
  return count;
}

// The monitor's status once windows with drift were judged.
std::shared_ptr<const MonitorStatus> judged(const EnginePlan& plan) {
  EngineShard shard(plan);
  EngineMerger merger(plan);
  merger.add_partition(0, {"t", 0});
  REQUIRE(shard.add_partition(0, {"t", 0}, 0, {}));
  const auto records = make_records(7, 3000, 1500);
  ShardOutput output;
  shard.consume(make_messages(0, records, 0, records.size()), output);
  shard.finish(0, output);
  REQUIRE_FALSE(merger.apply(std::move(output)).empty());
  return make_monitor_status(merger, 0, {});
}

}  // namespace

TEST_CASE("a monitor's budget follows from its plan") {
  const auto plan = make_plan();
  const auto budgets = monitor_budgets(*plan);
  REQUIRE(budgets.size() == 1);
  const MonitorBudget& budget = budgets[0];
  CHECK(budget.name == "m");
  CHECK(budget.features == 3);
  CHECK(budget.segments == 1);
  CHECK(budget.tests == 6);
  // One false alarm in 30 days of windows of a minute, shared by six tests.
  CHECK(budget.alpha == doctest::Approx(1.0 / (30 * 24 * 60) / 6));
  CHECK(budget.window_bytes == plan->panes[0].cells * 4);
}

TEST_CASE("the series of a judged monitor stay under the estimate, and near it") {
  for (const MetricsLevel level : {MetricsLevel::kBasic, MetricsLevel::kDetailed}) {
    Config config = make_config();
    config.metrics.level = level;
    config.monitors[0].features.bins = {"amount"};
    const auto plan = make_engine_plan(config, {make_reference()});
    REQUIRE(plan);
    DaemonStatus status;
    const std::size_t without = series_in(status, config.metrics);
    status.monitors.push_back(judged(**plan));
    const std::size_t series = series_in(status, config.metrics) - without, estimate = monitor_budgets(**plan)[0].series;
    CHECK(series <= estimate);
    CHECK(static_cast<double>(series) >= 0.8 * static_cast<double>(estimate));
  }
}

TEST_CASE("budgets in words, with a level and without") {
  MonitorBudget budget;
  budget.name = "m";
  budget.reference_id = "abc";
  budget.reference_rows = 4000;
  budget.features = 2;
  budget.segments = 1;
  budget.window.every = Milliseconds(60'000);
  budget.tests = 4;
  budget.alpha = 5.8e-6;
  budget.window_bytes = 1200;
  budget.series = 80;
  CHECK(describe_budgets({budget}, 10'000) ==
        "monitor m: reference abc of 4000 rows; 2 features, 1 segment, windows of 1m\n"
        "  4 tests a window, each at level 5.8e-06; counts of a window take 1200 bytes a source partition; at most 80 series\n"
        "series: at most 80 of all monitors; metrics.max_series is 10000\n");
  budget.alpha = kNoNumber;
  CHECK(describe_budgets({budget}, 100).contains("  no level stated: fixed thresholds decide; counts of a window"));
  CHECK(series_warning({budget}, 80) == "");
  CHECK(series_warning({budget, budget}, 100) ==
        "metrics.max_series: 100 is less than the 160 series of all monitors: some will be left out; raise it, or watch less");
}

}  // namespace driftd
