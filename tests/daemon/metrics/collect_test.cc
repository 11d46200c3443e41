#include "daemon/metrics/collect.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "daemon/metrics/catalogue.h"
#include "tests/daemon/status_fixture.h"

using namespace driftd;

namespace {

using Labels = std::vector<std::string>;

// The value of a series; nullopt: it does not exist.
std::optional<double> value(const SampleSet& samples, const char* metric, const Labels& labels) {
  const auto& all = samples.of(find_metric(metric).value());
  const auto found = std::ranges::find(all, labels, &Sample::labels);
  return found == all.end() ? std::nullopt : std::optional(found->value);
}

SampleSet collect(const DaemonStatus& status, const MetricsConfig& config = {}) { return collect_samples(status, {}, {}, config); }

constexpr MetricsConfig kDetailed{.level = MetricsLevel::kDetailed};

// The bins of a feature of one side, "label share;" each, shares in percent.
std::string bins(const SampleSet& samples, std::string_view side) {
  std::string out;
  for (const Sample& sample : samples.of(find_metric("driftd_feature_bin_ratio").value())) {
    if (sample.labels[3] == side) out += sample.labels[2] + " " + std::to_string(std::lround(sample.value * 100)) + ";";
  }
  return out;
}

struct Row {
  const char* metric;
  Labels labels;
  std::optional<double> want;
};
const Row kRows[] = {
    {"driftd_build_info", {"0.1.0", "a41c09be7733"}, 1},
    {"driftd_ready", {}, 1},
    {"driftd_config_hash", {}, static_cast<double>(0xa41c09be7733)},
    {"driftd_log_messages_total", {"info"}, 61},
    {"driftd_log_messages_total", {"error"}, 0},
    {"driftd_snapshot_last_success_timestamp_seconds", {}, 1'789'999'994},
    {"driftd_snapshot_size_bytes", {}, 183'402},
    {"driftd_history_size_bytes", {}, 5'242'880},
    {"driftd_history_dropped_total", {}, 3},
    {"driftd_snapshot_failures_total", {"io"}, 0},
    {"driftd_alert_deliveries_total", {"kafka", "ok"}, 7},
    {"driftd_alert_deliveries_total", {"kafka", "retry"}, 1},
    {"driftd_alert_deliveries_total", {"log", "error"}, 0},
    {"driftd_alert_queue_records", {"kafka"}, 2},
    {"driftd_kafka_records_consumed_total", {"census", "census.rows"}, 46'118 + 45'901 + 46'020},
    {"driftd_kafka_bytes_consumed_total", {"shop", "shop.orders"}, 910'223.0 * 651},
    {"driftd_kafka_consumer_lag_records", {"census", "census.rows"}, 339},
    {"driftd_kafka_consumer_lag_seconds", {"census", "census.rows"}, 3},  // of the partition that has not reached its end
    {"driftd_kafka_consumer_lag_records", {"census", "census.rows", "1"}, std::nullopt},
    {"driftd_kafka_topic_partitions", {"census", "census.rows"}, 4},
    {"driftd_kafka_rebalances_total", {"assign"}, 1},
    {"driftd_kafka_rebalances_total", {"revoke"}, 0},
    {"driftd_kafka_rebalances_total", {"lost"}, std::nullopt},
    {"driftd_kafka_commits_total", {"ok"}, 40},
    {"driftd_kafka_commits_total", {"error"}, 0},
    {"driftd_queue_records", {"ingest"}, 3},
    {"driftd_queue_capacity_records", {"window"}, 512},
    {"driftd_queue_capacity_records", {"alert"}, std::nullopt},
    {"driftd_queue_bytes", {"alert"}, 2048},
    {"driftd_queue_bytes", {"window"}, std::nullopt},
    {"driftd_backpressure_seconds_total", {"ingest"}, 1.5},
    {"driftd_state_memory_bytes", {"windows"}, 90'000},
    {"driftd_config_last_reload_successful", {}, 1},
    {"driftd_config_last_reload_success_timestamp_seconds", {}, 1'790'000'000 - 600},
    {"driftd_drift_calibrated", {"employment"}, 0},  // 68,785 rows are 52 windows
    {"driftd_drift_calibrated", {"payments"}, std::nullopt},
    {"driftd_prediction_drift_threshold_ratio", {"employment", "all", "psi"}, 2.2},
    {"driftd_performance_threshold_ratio", {"employment", "all", "accuracy", "realised"}, 0},
    {"driftd_drift_p_value", {"employment", "all", "relp"}, std::nullopt},  // level basic
    {"driftd_feature_bin_ratio", {"employment", "relp", "05 16", "reference"}, std::nullopt},
    {"driftd_kafka_assigned_partitions", {"census", "census.rows"}, 3},
    {"driftd_kafka_paused_partitions", {"shop", "shop.orders"}, 1},
    {"driftd_lost_offsets_total", {"census", "census.rows"}, 0},
    {"driftd_kafka_errors_total", {"_TRANSPORT"}, 3},
    {"driftd_decode_errors_total", {"census", "bad_json"}, 6},
    {"driftd_decode_errors_total", {"census", "too_large"}, 0},
    {"driftd_decode_errors_total", {"census", "tombstone"}, std::nullopt},
    {"driftd_records_dropped_total", {"census", "bad_json", "false"}, 6},
    {"driftd_records_dropped_total", {"census", "tombstone", "true"}, 0},
    {"driftd_records_dropped_total", {"census", "late", "true"}, 3},
    {"driftd_records_late_total", {"census"}, 3},
    {"driftd_watermark_timestamp_seconds", {"census"}, 1'514'592'000},
    {"driftd_windows_closed_total", {"employment", "time"}, 104},
    {"driftd_evaluations_total", {"employment", "ok"}, 104},
    {"driftd_evaluations_total", {"employment", "insufficient"}, 0},
    {"driftd_last_evaluation_timestamp_seconds", {"employment"}, 1'789'999'996},
    {"driftd_last_evaluation_timestamp_seconds", {"payments"}, std::nullopt},
    {"driftd_window_end_timestamp_seconds", {"employment"}, 1'514'592'000},
    {"driftd_window_interval_seconds", {"employment"}, 604'800},
    {"driftd_window_minimum_samples", {"employment"}, 500},
    {"driftd_window_samples", {"employment", "sex=1"}, 640},
    {"driftd_false_alarm_interval_seconds", {"employment"}, 31'536'000},
    {"driftd_false_alarm_interval_seconds", {"payments"}, std::nullopt},
    {"driftd_reference_info", {"employment", "8c4c477b9e94"}, 1},
    {"driftd_reference_created_timestamp_seconds", {"employment"}, 1'451'606'400},
    {"driftd_reference_created_timestamp_seconds", {"payments"}, std::nullopt},
    {"driftd_reference_samples", {"employment"}, 68'785},
    {"driftd_alerts", {"employment", "critical", "firing"}, 2},
    {"driftd_alerts", {"employment", "warning", "pending"}, 1},
    {"driftd_alerts", {"basket", "warning", "firing"}, 0},
    {"driftd_alert_transitions_total", {"employment", "critical", "firing"}, 2},
    {"driftd_alert_transitions_total", {"employment", "warning", "resolved"}, 0},
    {"driftd_alerts_suppressed_total", {"employment", "cooldown"}, 0},
    {"driftd_features_monitored", {"employment", "all"}, 8},
    {"driftd_features_monitored", {"payments", "all"}, 0},
    {"driftd_features_drifted", {"employment", "all"}, 2},
    {"driftd_features_drifted", {"employment", "sex=1"}, 0},
    {"driftd_alert_firing", {"employment", "all", "relp", "drift", "critical"}, 1},
    {"driftd_alert_firing", {"employment", "all", "relp", "drift", "warning"}, 0},
    {"driftd_alert_firing", {"employment", "all", "relp", "quality", "warning"}, 0},
    {"driftd_alert_firing", {"employment", "all", "mig", "quality", "warning"}, 0},
    {"driftd_alert_firing", {"employment", "all", "score", "prediction", "warning"}, 0},
    {"driftd_drift_threshold_ratio", {"employment", "all", "relp", "psi"}, 11.4},
    {"driftd_drift_threshold_ratio", {"employment", "all", "relp", "jensen_shannon"}, std::nullopt},
    {"driftd_drift_evaluable", {"employment", "all", "relp"}, 1},
    {"driftd_drift_evaluable", {"payments", "all", "amount"}, 0},
    {"driftd_drift_score", {"payments", "all", "amount", "psi"}, std::nullopt},
    {"driftd_drift_threshold", {"employment", "all", "relp", "psi"}, std::nullopt},
    {"driftd_quality_threshold_ratio", {"employment", "relp", "missing"}, 0},
    {"driftd_feature_missing_ratio", {"employment", "mig"}, 45.0 / 1318},
    {"driftd_feature_type_mismatch_ratio", {"employment", "mig"}, 0},
    {"driftd_feature_unseen_category_ratio", {"employment", "mig"}, 0},
    {"driftd_feature_unseen_category_ratio", {"employment", "agep"}, std::nullopt},
    {"driftd_feature_out_of_range_ratio", {"employment", "agep"}, 0},
    {"driftd_reference_missing_ratio", {"employment", "mig"}, 688.0 / 68'785},
};

}  // namespace

TEST_CASE("what the status says is what is exported") {
  const SampleSet samples = collect(test::make_status());
  for (const auto& row : kRows) {
    CAPTURE(row.metric);
    CAPTURE(row.labels.size());
    CHECK(value(samples, row.metric, row.labels) == row.want);
  }
}

TEST_CASE("answers and the process are exported beside the status") {
  const SampleSet samples = collect_samples({}, {{{{"/metrics", "GET", 200}, 5}, {{"", "PUT", 405}, 1}}, {}}, {1.5, 2e6, 9, 1024, 1.7e9});
  CHECK(value(samples, "driftd_http_requests_total", {"/metrics", "GET", "200"}) == 5);
  CHECK(value(samples, "driftd_http_requests_total", {"", "PUT", "405"}) == 1);
  CHECK(value(samples, "process_cpu_seconds_total", {}) == 1.5);
  CHECK(value(samples, "process_resident_memory_bytes", {}) == 2e6);
  CHECK(value(samples, "process_open_fds", {}) == 9);
  CHECK(value(samples, "process_max_fds", {}) == 1024);
  CHECK(value(samples, "process_start_time_seconds", {}) == 1.7e9);
}

TEST_CASE("durations of answers are histograms by route") {
  HttpActivity http;
  http.durations["/metrics"].add(0.003);
  http.durations["/metrics"].add(60.0);
  const SampleSet samples = collect_samples({}, http, {});
  const auto& all = samples.of(find_metric("driftd_http_request_duration_seconds").value());
  REQUIRE(all.size() == 1);
  CHECK(all[0].labels == Labels{"/metrics"});
  CHECK(all[0].buckets.counts[2] == 1);  // from 2.5 to 5 ms
  CHECK(all[0].buckets.counts.back() == 1);
  CHECK(all[0].buckets.sum == doctest::Approx(60.003));
}

TEST_CASE("level detailed adds p-values, detectable effects and lag by partition") {
  const SampleSet samples = collect(test::make_status(), kDetailed);
  CHECK(*value(samples, "driftd_drift_p_value", {"employment", "all", "mig"}) == doctest::Approx(std::exp(-12.5 * 0.41)));
  CHECK(value(samples, "driftd_drift_detectable_effect", {"employment", "all", "mig"}) == 0.13);
  CHECK_FALSE(value(samples, "driftd_drift_p_value", {"payments", "all", "amount"}).has_value());
  CHECK(value(samples, "driftd_kafka_consumer_lag_records", {"census", "census.rows", "1"}) == 339);
  CHECK(value(samples, "driftd_kafka_consumer_lag_seconds", {"census", "census.rows", "1"}) == 3);
  CHECK(value(samples, "driftd_kafka_consumer_lag_seconds", {"census", "census.rows", "2"}) == 0);
  CHECK_FALSE(value(samples, "driftd_kafka_consumer_lag_records", {"census", "census.rows"}).has_value());  // a sum would count twice
  CHECK(samples.of(find_metric("driftd_feature_bin_ratio").value()).empty());                               // nobody asked for them
}

TEST_CASE("bins are twenty at most, chosen by the reference, and never a name from outside") {
  MonitorStatus monitor = test::census_monitor();
  FeatureStatus& feature = monitor.features[0];
  feature.shows_bins = true;
  feature.cells.back() = {"unseen: evil-1, evil-2", 0, feature.rows / 10, 0};
  DaemonStatus status;
  status.monitors = {std::make_shared<const MonitorStatus>(monitor)};
  CHECK(bins(collect(status, kDetailed), "reference") == "01 0 41;02 1 18;03 2 22;04 5 3;05 16 4;06 17 3;07 other 9;08 unseen 0;");
  CHECK(bins(collect(status, kDetailed), "current") == "01 0 42;02 1 19;03 2 23;04 5 5;05 16 0;06 17 0;07 other 11;08 unseen 10;");
  CHECK(bins(collect(status), "current").empty());
  feature.cells.clear();
  feature.reference_rows = feature.rows = 1000;
  for (std::uint64_t i = 0; i < 30; ++i) feature.cells.push_back({"c" + std::to_string(i), 10 + i, i == 0 ? 500U : 10U, 0});
  status.monitors = {std::make_shared<const MonitorStatus>(monitor)};
  const std::string reference = bins(collect(status, kDetailed), "reference");
  CHECK(std::ranges::count(reference, ';') == 20);
  CHECK(reference.starts_with("01 c29 4;02 c28 4;"));
  CHECK(reference.ends_with("19 c11 2;20 __other__ 17;"));  // 10 to 20: 165 of 1000
  CHECK(bins(collect(status, kDetailed), "current").ends_with("20 __other__ 60;"));
}

TEST_CASE("a reference is calibrated from the rows of a hundred windows on") {
  MonitorStatus monitor = test::census_monitor();
  monitor.history_rows = {1000, 1002};
  for (const auto& [rows, want] : {std::pair{100'099U, 0.0}, {100'100U, 1.0}}) {
    monitor.reference_rows = rows;
    DaemonStatus status;
    status.monitors = {std::make_shared<const MonitorStatus>(monitor)};
    CHECK(value(collect(status), "driftd_drift_calibrated", {"employment"}) == want);
  }
}

TEST_CASE("what a window said goes when none was judged for long; alerts, counters and times stay") {
  MonitorStatus monitor = test::census_monitor();
  monitor.window_us = 60 * test::kSecond;
  DaemonStatus status = test::make_status();
  const auto at = [&](std::int64_t after_us) {
    monitor.last_evaluation_wall_us = test::kNow;
    status.now_wall_us = test::kNow + after_us;
    status.monitors = {std::make_shared<const MonitorStatus>(monitor)};
    return collect(status, {.expire_after = Milliseconds(600'000)});
  };
  const char* const window_series[] = {
      "driftd_drift_threshold_ratio", "driftd_drift_evaluable",   "driftd_quality_threshold_ratio",     "driftd_feature_missing_ratio",
      "driftd_window_samples",        "driftd_performance_value", "driftd_performance_threshold_ratio", "driftd_prediction_drift_score"};
  const auto shown = [&](const SampleSet& samples) {
    return std::ranges::count_if(window_series, [&](const char* name) { return !samples.of(find_metric(name).value()).empty(); });
  };
  CHECK(shown(at(600 * test::kSecond)) == std::ssize(window_series));
  const SampleSet idle = at(601 * test::kSecond);
  CHECK(shown(idle) == 0);
  CHECK(value(idle, "driftd_alert_firing", {"employment", "all", "relp", "drift", "critical"}) == 1);
  CHECK(value(idle, "driftd_last_evaluation_timestamp_seconds", {"employment"}) == 1'790'000'000);
  CHECK(value(idle, "driftd_windows_closed_total", {"employment", "time"}) == 104);
  monitor.window_us = 300 * test::kSecond;  // three windows are longer
  CHECK(shown(at(900 * test::kSecond)) == std::ssize(window_series));
  CHECK(shown(at(901 * test::kSecond)) == 0);
}

TEST_CASE("after a restart the time without a window counts from the start") {
  DaemonStatus status = test::make_status();
  MonitorStatus monitor = test::census_monitor();
  monitor.window_us = 60 * test::kSecond;
  monitor.last_evaluation_wall_us = kNoTime;
  status.monitors = {std::make_shared<const MonitorStatus>(monitor)};
  status.started_wall_us = test::kNow - 10 * test::kSecond;
  CHECK(value(collect(status), "driftd_window_samples", {"employment", "all"}) == 1318);
  status.started_wall_us = test::kNow - test::kDay;
  CHECK_FALSE(value(collect(status), "driftd_window_samples", {"employment", "all"}).has_value());
}

TEST_CASE("a transition carries the last alert it counted") {
  const SampleSet samples = collect(test::make_status());
  std::string with;
  for (const Sample& sample : samples.of(find_metric("driftd_alert_transitions_total").value())) {
    if (!sample.exemplar.alert_id.empty())
      with += sample.labels[0] + "/" + sample.labels[1] + "/" + sample.labels[2] + " " + sample.exemplar.alert_id;
  }
  CHECK(with == "employment/critical/firing 6e77b70df680e4e0");
}

TEST_CASE("a daemon that has just begun") {
  const SampleSet samples = collect({});
  CHECK(value(samples, "driftd_ready", {}) == 0);
  CHECK_FALSE(value(samples, "driftd_config_hash", {}).has_value());
  CHECK_FALSE(value(samples, "driftd_snapshot_last_success_timestamp_seconds", {}).has_value());
  CHECK_FALSE(value(samples, "process_cpu_seconds_total", {}).has_value());
}

TEST_CASE("lag is known only where the end of a partition is") {
  DaemonStatus status;
  status.partitions = {test::make_partition("t", 0, "s", 5, -1)};
  CHECK_FALSE(value(collect(status), "driftd_kafka_consumer_lag_records", {"s", "t"}).has_value());
  status.partitions.push_back(test::make_partition("t", 1, "s", 5, 9));
  CHECK(value(collect(status), "driftd_kafka_consumer_lag_records", {"s", "t"}) == 4);
}

TEST_CASE("every metric of the catalogue but those of the exposition has a value somewhere") {
  DaemonStatus status = test::make_status();
  MonitorStatus monitor = test::census_monitor();
  monitor.features[0].methods[0].threshold = 0.2;
  monitor.features[0].shows_bins = true;
  status.monitors.push_back(std::make_shared<const MonitorStatus>(monitor));
  status.dead_letters = {{{"census", "ok"}, 6}};
  status.registry.emplace();
  const SampleSet samples = collect_samples(status, {{{{"/metrics", "GET", 200}, 5}}, {{"/metrics", {}}}}, {1, 2, 3, 4, 5}, kDetailed);
  for (std::size_t i = 0; i < metric_catalogue().size(); ++i) {
    const std::string name(metric_catalogue()[i].name);
    CAPTURE(name);
    CHECK(samples.of(i).empty() == name.starts_with("driftd_metric_series"));
  }
}
