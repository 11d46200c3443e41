#include "daemon/engine_status.h"

#include <doctest/doctest.h>

#include <cmath>
#include <tuple>

#include "tests/daemon/engine_fixture.h"

namespace driftd {

using namespace engine_fixture;

namespace {

// The engine after a partition's end; drift begins in its middle.
class Ended {
 public:
  Ended() : Ended(nullptr) {}
  explicit Ended(const EnginePlan& plan) : Ended(&plan) {}
  std::unique_ptr<const EnginePlan> own_;
  EngineMerger merger_;

 private:
  explicit Ended(const EnginePlan* plan) : own_(plan == nullptr ? make_plan() : nullptr), merger_(plan == nullptr ? *own_ : *plan) {
    EngineShard shard(merger_.plan());
    shard.add_partition(0, {"t", 0}, 0, {});
    merger_.add_partition(0, {"t", 0});
    const auto records = make_records(21, 6000, 3000);
    ShardOutput output;
    shard.consume(make_messages(0, records, 0, records.size()), output);
    merger_.apply(std::move(output));
    ShardOutput end;
    shard.finish(0, end);
    merger_.apply(std::move(end));
  }
};

}  // namespace

TEST_CASE("before the first window a monitor shows its reference and no result") {
  const auto plan = make_plan();
  const EngineMerger merger(*plan);
  const auto status = make_monitor_status(merger, 0, {});
  CHECK(status->name == "m");
  CHECK(status->stream == "t");
  CHECK(status->reference_id == "abcdef012345");
  CHECK(status->reference_rows == 20'000);
  CHECK(status->reference_created_us == kNoTime);
  CHECK(status->window_us == 60'000'000);
  CHECK(status->minimum_samples == kMinSamplesNumeric);
  CHECK(status->false_alarm_interval_seconds == 30 * 86'400);
  CHECK(all_closed(*status) == 0);
  CHECK(status->window_end_us == kNoTime);
  CHECK(status->features.empty());
  CHECK(std::isnan(worst_ratio(*status)));
}

TEST_CASE("windows by count have the mean length of the last ones, hopping windows an advance") {
  const auto plan = make_plan({Milliseconds(5'000), {}, 500, {}});
  EngineShard shard(*plan);
  EngineMerger merger(*plan);
  merger.add_partition(0, {"t", 0});
  REQUIRE(shard.add_partition(0, {"t", 0}, 0, {}));
  CHECK(make_monitor_status(merger, 0, {})->window_us == kNoTime);
  const auto records = make_records(7, 15'000, 15'000);  // ten a second: 500 take 51 seconds or 52, one in fifty being unreadable
  ShardOutput output;
  shard.consume(make_messages(0, records, 0, records.size()), output);
  merger.apply(std::move(output));
  const auto status = make_monitor_status(merger, 0, {});
  CHECK(status->window_rows == 500);
  CHECK(status->windows_closed.at("count") > kLengthsOfMean);
  CHECK(status->windows_closed.at("time") == 0);
  const auto& ends = status->history_end_us;
  CHECK(status->window_us == (ends.back() - ends[ends.size() - 21]) / 20);
  CHECK(status->window_us >= 50'000'000);
  CHECK(status->window_us <= 60'000'000);
  CHECK(status->advance_us == kNoTime);
  const auto hopping = make_plan({Milliseconds(60'000), Milliseconds(20'000), 0, {}});
  CHECK(make_monitor_status(EngineMerger(*hopping), 0, {})->advance_us == 20'000'000);
}

TEST_CASE("settings of the monitor show") {
  Config config = make_config();
  config.monitors[0].window.min_samples = 7;
  config.monitors[0].alerts.false_alarms.reset();
  const auto plan = make_engine_plan(config, {make_reference()});
  REQUIRE(plan);
  const auto status = make_monitor_status(EngineMerger(**plan), 0, {});
  CHECK(status->minimum_samples == 7);
  CHECK(std::isnan(status->false_alarm_interval_seconds));
}

TEST_CASE("after windows each feature shows its last verdict, its history and its alert") {
  const Ended ended;
  MonitorProgress progress;
  progress.evaluated_wall_us = 77;
  const auto status = make_monitor_status(ended.merger_, 0, progress);
  const MonitorHistory& history = ended.merger_.history(0);
  CHECK(status->last_evaluation_wall_us == 77);
  CHECK(status->windows_closed == std::map<std::string, std::uint64_t>{{"count", 0}, {"idle", 0}, {"time", history.windows_closed[0]}});
  CHECK(all_closed(*status) >= 10);
  CHECK(status->window_end_us - status->window_start_us == 60'000'000);
  CHECK(status->history_end_us.size() == all_closed(*status));
  CHECK(status->history_end_us.back() == status->window_end_us);
  CHECK(status->history_rows.back() == status->window_samples.at("all"));
  CHECK(status->evaluations.at("ok") + status->evaluations.at("insufficient") == all_closed(*status));
  REQUIRE(status->features.size() == 3);
  const char* const names[] = {"amount", "country", "error"};
  const char* const kinds[] = {"drift", "drift", "performance"};
  for (std::size_t f = 0; f < 3; ++f) {
    const FeatureStatus& feature = status->features[f];
    CAPTURE(feature.name);
    CHECK(feature.name == names[f]);
    CHECK(feature.kind == kinds[f]);
    CHECK(feature.segment == "all");
    CHECK(feature.numeric == (f != 1));
    CHECK(feature.reference_rows == 20'000);
    CHECK(feature.alert == AlertState::kFiring);
    CHECK(feature.ratio_history.size() == all_closed(*status));
    CHECK_FALSE(feature.cells.empty());
    CHECK(feature.methods[0].method == "psi");
    double worst = kNoNumber;
    for (const MethodStatus& method : feature.methods) worst = std::fmax(worst, method.threshold_ratio);
    CHECK(((std::isnan(worst) && std::isnan(feature.ratio)) || worst == feature.ratio));
  }
  CHECK(status->features[1].quality.back().method == "unseen_category");
  CHECK_FALSE(status->alerts.empty());
}

TEST_CASE("at level detailed a feature has its detectable effect, and bins where they are asked for") {
  Config config = make_config();
  config.monitors[0].features.bins = {"am*"};
  for (const bool detailed : {false, true}) {
    config.metrics.level = detailed ? MetricsLevel::kDetailed : MetricsLevel::kBasic;
    const auto plan = make_engine_plan(config, {make_reference()});
    REQUIRE(plan);
    const Ended ended(**plan);
    const auto status = make_monitor_status(ended.merger_, 0, {});
    const FeatureStatus &amount = status->features[0], &country = status->features[1];
    CHECK(std::isnan(amount.detectable_effect) != detailed);
    CHECK(amount.shows_bins == detailed);
    CHECK_FALSE(country.shows_bins);
    CHECK(amount.log_p < std::log(1e-6));
    if (detailed) {
      // What fires is beyond what can be shown, and what can be shown is more than what may never alarm.
      CHECK(amount.detectable_effect > 0.1);
      CHECK(amount.detectable_effect < amount.methods[0].statistic);
    }
  }
}

TEST_CASE("progress keeps the last alert of each transition and how long windows took") {
  const Ended ended;
  ClosedWindow closed;
  closed.took = std::chrono::milliseconds(3);
  for (const auto& [transition, id, severity] :
       {std::tuple{Transition::kFiring, "a", "warning"}, {Transition::kFiring, "b", "warning"}, {Transition::kResolved, "c", "critical"}}) {
    AlertTransition& added = closed.transitions.emplace_back();
    added.transition = transition;
    added.alert_id = id;
    added.severity = severity;
  }
  MonitorProgress progress;
  progress.add(closed, 5);
  const auto status = make_monitor_status(ended.merger_, 0, progress);
  CHECK(status->last_evaluation_wall_us == 5);
  CHECK(status->evaluation_times.sum_seconds == doctest::Approx(0.003));
  REQUIRE(status->alert_exemplars.size() == 2);
  CHECK(status->alert_exemplars.at({"warning", "firing"}).alert_id == "b");
  CHECK(status->alert_exemplars.at({"critical", "resolved"}).wall_us == 5);
  CHECK(status->loss_metric == "accuracy");  // prediction and label stand in the record
}

TEST_CASE("a partition shows its counters one by one") {
  const auto plan = make_plan();
  PartitionCounters counters{
      .next_offset = 1, .watermark_us = 2, .records = 3, .bytes = 4, .rows = 5, .late = 6, .lost = 7, .skipped = 8, .last_record_us = 9};
  for (std::size_t r = 0; r < kRejects; ++r) counters.rejected[r] = 10 + r;
  const PartitionStatus status = make_partition_status(*plan, {"t", 9}, counters, true);
  CHECK(status.id == TopicPartition{"t", 9});
  CHECK(status.stream == "t");
  CHECK(status.next_offset == 1);
  CHECK(status.watermark_us == 2);
  CHECK(status.last_record_us == 9);
  CHECK(status.records == 3);
  CHECK(status.bytes == 4);
  CHECK(status.rows == 5);
  CHECK(status.late == 6);
  CHECK(status.lost == 7);
  CHECK(status.skipped == 8);
  CHECK(status.idle);
  CHECK_FALSE(make_partition_status(*plan, {"t", 9}, counters, false).idle);
  for (std::size_t r = 0; r < kRejects; ++r) CHECK(status.rejected[r] == 10 + r);
}

}  // namespace driftd
