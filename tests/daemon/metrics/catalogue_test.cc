#include "daemon/metrics/catalogue.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

using namespace driftd;

namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return std::islower(c) || std::isdigit(c) || c == '_'; }) &&
         !std::isdigit(text.front());
}

// Every metric that the outward contract promises.
struct Promise {
  const char* name;
  const char* labels;
  const char* missing = nullptr;  // the reason; nullptr: it is there
};

constexpr char kNoJoint[] = "no joint statistic of several features is worked out";
constexpr char kNoRegistry[] = "there is no format with a schema registry";

const Promise kPromises[] = {
    {"driftd_drift_threshold_ratio", "monitor,segment,feature,method"},
    {"driftd_drift_score", "monitor,segment,feature,method"},
    {"driftd_drift_threshold", "monitor,segment,feature,method"},
    {"driftd_drift_p_value", "monitor,segment,feature"},
    {"driftd_drift_detectable_effect", "monitor,segment,feature"},
    {"driftd_drift_evaluable", "monitor,segment,feature"},
    {"driftd_drift_calibrated", "monitor"},
    {"driftd_false_alarm_interval_seconds", "monitor"},
    {"driftd_features_monitored", "monitor,segment"},
    {"driftd_features_drifted", "monitor,segment"},
    {"driftd_multivariate_score", "monitor,segment,method", kNoJoint},
    {"driftd_multivariate_threshold_ratio", "monitor,segment,method", kNoJoint},
    {"driftd_prediction_drift_score", "monitor,segment,method"},
    {"driftd_prediction_drift_threshold_ratio", "monitor,segment,method"},
    {"driftd_performance_value", "monitor,segment,metric,source"},
    {"driftd_performance_threshold_ratio", "monitor,segment,metric,source"},
    {"driftd_quality_threshold_ratio", "monitor,feature,check"},
    {"driftd_feature_missing_ratio", "monitor,feature"},
    {"driftd_feature_out_of_range_ratio", "monitor,feature"},
    {"driftd_feature_unseen_category_ratio", "monitor,feature"},
    {"driftd_feature_type_mismatch_ratio", "monitor,feature"},
    {"driftd_reference_missing_ratio", "monitor,feature"},
    {"driftd_feature_bin_ratio", "monitor,feature,bin,side"},
    {"driftd_alert_firing", "monitor,segment,feature,kind,severity"},
    {"driftd_alerts", "monitor,severity,state"},
    {"driftd_alert_transitions_total", "monitor,severity,to"},
    {"driftd_alerts_suppressed_total", "monitor,reason"},
    {"driftd_alert_deliveries_total", "sink,result"},
    {"driftd_alert_delivery_duration_seconds", "sink", nullptr},
    {"driftd_alert_queue_records", "sink"},
    {"driftd_window_samples", "monitor,segment"},
    {"driftd_window_minimum_samples", "monitor"},
    {"driftd_window_interval_seconds", "monitor"},
    {"driftd_window_end_timestamp_seconds", "monitor"},
    {"driftd_last_evaluation_timestamp_seconds", "monitor"},
    {"driftd_windows_closed_total", "monitor,reason"},
    {"driftd_evaluations_total", "monitor,result"},
    {"driftd_evaluation_duration_seconds", "monitor"},
    {"driftd_watermark_timestamp_seconds", "stream"},
    {"driftd_reference_info", "monitor,reference_id"},
    {"driftd_reference_created_timestamp_seconds", "monitor"},
    {"driftd_reference_samples", "monitor"},
    {"driftd_labels_joined_total", "monitor"},
    {"driftd_labels_unmatched_total", "monitor,reason"},
    {"driftd_label_delay_seconds", "monitor"},
    {"driftd_label_coverage_ratio", "monitor"},
    {"driftd_join_pending_records", "monitor"},
    {"driftd_kafka_records_consumed_total", "stream,topic"},
    {"driftd_kafka_bytes_consumed_total", "stream,topic"},
    {"driftd_kafka_consumer_lag_records", "stream,topic"},
    {"driftd_kafka_consumer_lag_seconds", "stream,topic"},
    {"driftd_kafka_assigned_partitions", "stream,topic"},
    {"driftd_kafka_paused_partitions", "stream,topic"},
    {"driftd_kafka_topic_partitions", "stream,topic"},
    {"driftd_lost_offsets_total", "stream,topic"},
    {"driftd_kafka_rebalances_total", "kind"},
    {"driftd_kafka_commits_total", "result"},
    {"driftd_kafka_errors_total", "code"},
    {"driftd_decode_errors_total", "stream,reason"},
    {"driftd_records_late_total", "stream"},
    {"driftd_records_dropped_total", "stream,reason,intentional"},
    {"driftd_dead_letters_total", "stream,result"},
    {"driftd_schema_registry_requests_total", "result", kNoRegistry},
    {"driftd_schema_registry_request_duration_seconds", "result", kNoRegistry},
    {"driftd_schema_cache_entries", "", kNoRegistry},
    {"driftd_queue_records", "stage"},
    {"driftd_queue_capacity_records", "stage"},
    {"driftd_queue_bytes", "stage"},
    {"driftd_backpressure_seconds_total", "stage"},
    {"driftd_snapshot_last_success_timestamp_seconds", ""},
    {"driftd_snapshot_size_bytes", ""},
    {"driftd_snapshot_duration_seconds", ""},
    {"driftd_snapshot_failures_total", "reason"},
    {"driftd_state_memory_bytes", "component"},
    {"driftd_history_size_bytes", ""},
    {"driftd_build_info", "version,revision"},
    {"driftd_ready", ""},
    {"driftd_config_hash", ""},
    {"driftd_config_last_reload_successful", ""},
    {"driftd_config_last_reload_success_timestamp_seconds", ""},
    {"driftd_http_requests_total", "route,method,code"},
    {"driftd_http_request_duration_seconds", "route"},
    {"driftd_metric_series", "family"},
    {"driftd_metric_series_dropped_total", "family"},
    {"driftd_log_messages_total", "level"},
    {"process_cpu_seconds_total", ""},
    {"process_resident_memory_bytes", ""},
    {"process_open_fds", ""},
    {"process_max_fds", ""},
    {"process_start_time_seconds", ""},
};

}  // namespace

TEST_CASE("every row keeps the rules of Prometheus and of interfaces 3") {
  std::set<std::string_view> names;
  for (const MetricSpec& spec : metric_catalogue()) {
    CAPTURE(std::string(spec.name));
    CHECK(is_name(spec.name));
    CHECK((spec.name.starts_with("driftd_") || spec.name.starts_with("process_")));
    CHECK(names.insert(spec.name).second);
    CHECK(spec.name.ends_with("_total") == (spec.type == MetricType::kCounter));
    CHECK(spec.help.ends_with("."));
    std::string_view labels = spec.labels;
    while (!labels.empty()) {
      const std::string_view label = labels.substr(0, labels.find(','));
      CHECK(is_name(label));
      labels.remove_prefix(std::min(labels.size(), label.size() + 1));
    }
  }
}

TEST_CASE("every metric is in a group, and groups are in order") {
  const auto groups = metric_groups();
  CHECK(groups.front().first == metric_catalogue().front().name);
  std::size_t last = 0;
  for (const MetricGroup& group : groups.subspan(1)) {
    CAPTURE(std::string(group.title));
    const auto place = find_metric(group.first);
    REQUIRE(place);
    CHECK(*place > last);
    last = *place;
  }
}

TEST_CASE("a metric is found by its name") {
  for (std::size_t i = 0; i < metric_catalogue().size(); ++i) CHECK(find_metric(metric_catalogue()[i].name) == i);
  CHECK_FALSE(find_metric("driftd_nothing").has_value());
}

TEST_CASE("every metric that is promised is there, or has a reason") {
  std::set<std::string_view> promised;
  for (const Promise& promise : kPromises) {
    CAPTURE(promise.name);
    CHECK(promised.insert(promise.name).second);
    const auto place = find_metric(promise.name);
    CHECK((place.has_value() || promise.missing != nullptr));
    if (place) CHECK(metric_catalogue()[*place].labels == promise.labels);
  }
}
