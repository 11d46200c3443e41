#include "daemon/metrics/catalogue.h"

#include <algorithm>
#include <array>

namespace driftd {
namespace {

using enum MetricType;

constexpr std::array kCatalogue{
    // The daemon.
    MetricSpec{"driftd_build_info", kGauge, "version,revision", "Always 1; version and revision of the binary."},
    MetricSpec{"driftd_ready", kGauge, "", "1: /-/ready answers 200."},
    MetricSpec{"driftd_config_hash", kGauge, "", "Low 48 bits of the hash of the effective configuration."},
    MetricSpec{"process_cpu_seconds_total", kCounter, "", "User and system CPU time of the process."},
    MetricSpec{"process_resident_memory_bytes", kGauge, "", "Resident memory of the process."},
    MetricSpec{"process_open_fds", kGauge, "", "Open file descriptors."},
    MetricSpec{"process_max_fds", kGauge, "", "Limit of open file descriptors."},
    MetricSpec{"process_start_time_seconds", kGauge, "", "Start of the process, seconds since 1970."},
    MetricSpec{"driftd_log_messages_total", kCounter, "level", "Log messages by level, those held back as repeats included."},
    MetricSpec{"driftd_http_requests_total", kCounter, "route,method,code",
               "Answers of the HTTP server; an empty route is a refused request."},
    MetricSpec{"driftd_snapshot_last_success_timestamp_seconds", kGauge, "", "Wall time of the last snapshot that is on disk."},
    MetricSpec{"driftd_snapshot_size_bytes", kGauge, "", "Size of the last snapshot."},
    MetricSpec{"driftd_snapshot_failures_total", kCounter, "reason", "Snapshots that could not be written."},
    // Alerts on their way out.
    MetricSpec{"driftd_alert_deliveries_total", kCounter, "sink,result", "Events handed to a sink: ok, retry, error (given up)."},
    MetricSpec{"driftd_alert_queue_records", kGauge, "sink", "Events that wait for a sink."},
    // Kafka.
    MetricSpec{"driftd_kafka_records_consumed_total", kCounter, "stream,topic", "Records read."},
    MetricSpec{"driftd_kafka_bytes_consumed_total", kCounter, "stream,topic", "Bytes of payload read, after decompression."},
    MetricSpec{"driftd_kafka_consumer_lag_records", kGauge, "stream,topic",
               "Records behind the end of the topic, from the processed position."},
    MetricSpec{"driftd_kafka_assigned_partitions", kGauge, "stream,topic", "Partitions being read."},
    MetricSpec{"driftd_kafka_paused_partitions", kGauge, "stream,topic", "Partitions paused because a queue is full."},
    MetricSpec{"driftd_lost_offsets_total", kCounter, "stream,topic", "Offsets gone before they were read: retention, truncation."},
    MetricSpec{"driftd_kafka_errors_total", kCounter, "code", "Errors of the Kafka client, by librdkafka's name."},
    // Records.
    MetricSpec{"driftd_decode_errors_total", kCounter, "stream,reason", "Records that could not be read."},
    MetricSpec{"driftd_records_late_total", kCounter, "stream", "Records for windows that were closed already."},
    MetricSpec{"driftd_records_dropped_total", kCounter, "stream,reason,intentional",
               "Records that reached no window; intentional: by a written rule (tombstone, lateness)."},
    MetricSpec{"driftd_dead_letters_total", kCounter, "stream,result",
               "Records handed to the dead-letter topic: ok, retry, error (given up)."},
    MetricSpec{"driftd_schema_registry_requests_total", kCounter, "result", "Questions to the schema registry: ok, not_found, error."},
    MetricSpec{"driftd_schema_registry_request_duration_seconds", kHistogram, "result", "Time to its answer, or to the error."},
    MetricSpec{"driftd_schema_cache_entries", kGauge, "", "Schemas kept, and ids known to have none."},
    MetricSpec{"driftd_watermark_timestamp_seconds", kGauge, "stream", "Event time up to which windows are complete."},
    // Windows.
    MetricSpec{"driftd_windows_closed_total", kCounter, "monitor,reason", "Windows closed, by what ended them: time, count."},
    MetricSpec{"driftd_evaluations_total", kCounter, "monitor,result", "Windows judged."},
    MetricSpec{"driftd_last_evaluation_timestamp_seconds", kGauge, "monitor", "Wall time of the last evaluation, whatever its result."},
    MetricSpec{"driftd_window_end_timestamp_seconds", kGauge, "monitor", "End of the last closed window, in event time."},
    MetricSpec{"driftd_window_interval_seconds", kGauge, "monitor", "Length of a window; by count the mean of the last 20."},
    MetricSpec{"driftd_window_minimum_samples", kGauge, "monitor", "Rows a window needs for a verdict."},
    MetricSpec{"driftd_window_samples", kGauge, "monitor,segment", "Rows in the last closed window."},
    MetricSpec{"driftd_false_alarm_interval_seconds", kGauge, "monitor",
               "Mean time between false alarms that the level of the tests is set for."},
    // Reference.
    MetricSpec{"driftd_reference_info", kGauge, "monitor,reference_id", "Always 1; the reference in force."},
    MetricSpec{"driftd_reference_created_timestamp_seconds", kGauge, "monitor", "Newest event time in the rows of the reference."},
    MetricSpec{"driftd_reference_samples", kGauge, "monitor", "Rows of the reference."},
    // Alerts.
    MetricSpec{"driftd_alerts", kGauge, "monitor,severity,state", "Open alerts."},
    MetricSpec{"driftd_alert_transitions_total", kCounter, "monitor,severity,to", "Changes of state of alerts."},
    MetricSpec{"driftd_alerts_suppressed_total", kCounter, "monitor,reason", "Crossings that did not become an alert."},
    MetricSpec{"driftd_features_monitored", kGauge, "monitor,segment", "Features judged in the last window."},
    MetricSpec{"driftd_features_drifted", kGauge, "monitor,segment", "Features with a firing alert on their distribution or error."},
    MetricSpec{"driftd_alert_firing", kGauge, "monitor,segment,feature,kind,severity", "1: an alert is firing."},
    // Drift.
    MetricSpec{"driftd_drift_threshold_ratio", kGauge, "monitor,segment,feature,method", "1 is an alarm; sort and graph by it."},
    MetricSpec{"driftd_drift_evaluable", kGauge, "monitor,segment,feature", "0: too few rows, hence no verdict and no score."},
    MetricSpec{"driftd_drift_score", kGauge, "monitor,segment,feature,method", "Effect size in the last window; never compare methods."},
    MetricSpec{"driftd_drift_threshold", kGauge, "monitor,segment,feature,method", "Fixed limit of the score, where one is set."},
    // Labels that come later.
    MetricSpec{"driftd_performance_value", kGauge, "monitor,segment,metric,source",
               "A measure of the model's answers in the last window whose labels are in; source: realised."},
    MetricSpec{"driftd_label_coverage_ratio", kGauge, "monitor", "Labelled of all predictions of that window."},
    MetricSpec{"driftd_labels_joined_total", kCounter, "monitor", "Predictions joined with their label."},
    MetricSpec{"driftd_labels_unmatched_total", kCounter, "monitor,reason",
               "Labels and predictions that made no pair: expired, duplicate, correction, repeated_prediction, unusable, capacity."},
    MetricSpec{"driftd_label_delay_seconds", kHistogram, "monitor", "Time from a prediction to its label."},
    MetricSpec{"driftd_join_pending_records", kGauge, "monitor", "Predictions that wait for their label."},
    // Quality.
    MetricSpec{"driftd_quality_threshold_ratio", kGauge, "monitor,feature,check", "1 is an alarm."},
    MetricSpec{"driftd_feature_missing_ratio", kGauge, "monitor,feature", "Rows without a value, of all rows of the last window."},
    MetricSpec{"driftd_feature_out_of_range_ratio", kGauge, "monitor,feature", "Rows outside the range of the reference."},
    MetricSpec{"driftd_feature_unseen_category_ratio", kGauge, "monitor,feature", "Rows with a category the reference does not have."},
    MetricSpec{"driftd_feature_type_mismatch_ratio", kGauge, "monitor,feature", "Rows with a value of another type."},
    MetricSpec{"driftd_reference_missing_ratio", kGauge, "monitor,feature", "Rows without a value, of all rows of the reference."},
    // The exposition itself; not limited.
    MetricSpec{"driftd_metric_series", kGauge, "family", "Series of a family in this answer."},
    MetricSpec{"driftd_metric_series_dropped_total", kCounter, "family", "Series left out by metrics.max_series, counted at every scrape."},
};

}  // namespace

std::string_view metric_type_name(MetricType type) {
  constexpr std::array<std::string_view, 3> kNames{"counter", "gauge", "histogram"};
  return kNames[static_cast<std::size_t>(type)];
}

std::span<const MetricSpec> metric_catalogue() { return kCatalogue; }

std::optional<std::size_t> find_metric(std::string_view name) {
  const auto* found = std::ranges::find(kCatalogue, name, &MetricSpec::name);
  if (found == kCatalogue.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kCatalogue.begin());
}

}  // namespace driftd
