#include "daemon/metrics/collect.h"

#include <doctest/doctest.h>

#include <algorithm>
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

SampleSet collect(const DaemonStatus& status) { return collect_samples(status, {}, {}); }

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
    {"driftd_snapshot_failures_total", {"io"}, 0},
    {"driftd_alert_deliveries_total", {"kafka", "ok"}, 7},
    {"driftd_alert_deliveries_total", {"kafka", "retry"}, 1},
    {"driftd_alert_deliveries_total", {"log", "error"}, 0},
    {"driftd_alert_queue_records", {"kafka"}, 2},
    {"driftd_kafka_records_consumed_total", {"census", "census.rows"}, 46'118 + 45'901 + 46'020},
    {"driftd_kafka_bytes_consumed_total", {"shop", "shop.orders"}, 910'223.0 * 651},
    {"driftd_kafka_consumer_lag_records", {"census", "census.rows"}, 339},
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
  const SampleSet samples = collect_samples({}, {{{"/metrics", "GET", 200}, 5}, {{"", "PUT", 405}, 1}}, {1.5, 2e6, 9, 1024, 1.7e9});
  CHECK(value(samples, "driftd_http_requests_total", {"/metrics", "GET", "200"}) == 5);
  CHECK(value(samples, "driftd_http_requests_total", {"", "PUT", "405"}) == 1);
  CHECK(value(samples, "process_cpu_seconds_total", {}) == 1.5);
  CHECK(value(samples, "process_resident_memory_bytes", {}) == 2e6);
  CHECK(value(samples, "process_open_fds", {}) == 9);
  CHECK(value(samples, "process_max_fds", {}) == 1024);
  CHECK(value(samples, "process_start_time_seconds", {}) == 1.7e9);
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
  status.monitors.push_back(std::make_shared<const MonitorStatus>(monitor));
  status.dead_letters = {{{"census", "ok"}, 6}};
  const SampleSet samples = collect_samples(status, {{{"/metrics", "GET", 200}, 5}}, {1, 2, 3, 4, 5});
  for (std::size_t i = 0; i < metric_catalogue().size(); ++i) {
    const std::string name(metric_catalogue()[i].name);
    CAPTURE(name);
    CHECK(samples.of(i).empty() == name.starts_with("driftd_metric_series"));
  }
}
