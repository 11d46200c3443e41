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
    MetricSpec{"driftd_config_last_reload_successful", kGauge, "", "1: the last reload was taken, or there was none since the start."},
    MetricSpec{"driftd_config_last_reload_success_timestamp_seconds", kGauge, "",
               "Wall time at which the configuration in force was taken: the start, or a reload."},
    MetricSpec{"process_cpu_seconds_total", kCounter, "", "User and system CPU time of the process."},
    MetricSpec{"process_resident_memory_bytes", kGauge, "", "Resident memory of the process."},
    MetricSpec{"process_open_fds", kGauge, "", "Open file descriptors."},
    MetricSpec{"process_max_fds", kGauge, "", "Limit of open file descriptors."},
    MetricSpec{"process_start_time_seconds", kGauge, "", "Start of the process, seconds since 1970."},
    MetricSpec{"driftd_log_messages_total", kCounter, "level", "Log messages by level, those held back as repeats included."},
    MetricSpec{"driftd_http_requests_total",
               kCounter,
               "route,method,code",
               "Answers of the HTTP server; an empty route is a refused request.",
               {.expires = true}},
    MetricSpec{"driftd_http_request_duration_seconds",
               kHistogram,
               "route",
               "Time from a request's header to its answer, by route; sending is not counted.",
               {.expires = true}},
    MetricSpec{"driftd_snapshot_last_success_timestamp_seconds", kGauge, "", "Wall time of the last snapshot that is on disk."},
    MetricSpec{"driftd_snapshot_size_bytes", kGauge, "", "Size of the last snapshot."},
    MetricSpec{"driftd_snapshot_failures_total", kCounter, "reason", "Snapshots that could not be written."},
    MetricSpec{"driftd_snapshot_duration_seconds", kHistogram, "", "Time of a snapshot, from its first barrier to the disk."},
    MetricSpec{"driftd_history_size_bytes", kGauge, "", "Size of the history of closed windows on disk; absent where none is kept."},
    MetricSpec{"driftd_history_dropped_total", kCounter, "",
               "Closed windows left out of the history: the disk was full, broken or too slow."},
    MetricSpec{"driftd_state_memory_bytes", kGauge, "component",
               "State as the last snapshot holds it, by component: windows, labels, detectors, queues."},
    // From stage to stage.
    MetricSpec{"driftd_queue_records", kGauge, "stage",
               "Entries that wait for a stage: batches of records (ingest), their results (window), events (alert)."},
    MetricSpec{"driftd_queue_capacity_records", kGauge, "stage", "Entries that fit; a full queue holds back, nothing is dropped."},
    MetricSpec{"driftd_queue_bytes", kGauge, "stage", "Payload of the entries that wait (ingest, alert)."},
    MetricSpec{"driftd_backpressure_seconds_total", kCounter, "stage",
               "Time that what comes before a stage waited for it: the source (ingest), a decoder (window), the windows (alert)."},
    // Alerts on their way out.
    MetricSpec{"driftd_alert_deliveries_total", kCounter, "sink,result",
               "Events handed to a sink, dead letters not counted: ok, retry, error (given up)."},
    MetricSpec{"driftd_alert_delivery_duration_seconds", kHistogram, "sink", "Time of one delivery, from sending to the answer."},
    MetricSpec{"driftd_alert_queue_records", kGauge, "sink", "Events that wait for a sink."},
    // Kafka.
    MetricSpec{"driftd_kafka_records_consumed_total", kCounter, "stream,topic", "Records read."},
    MetricSpec{"driftd_kafka_bytes_consumed_total", kCounter, "stream,topic", "Bytes of payload read, after decompression."},
    MetricSpec{"driftd_kafka_consumer_lag_records",
               kGauge,
               "stream,topic",
               "Records behind the end of the topic, from the processed position.",
               {.detail_label = "partition"}},
    MetricSpec{"driftd_kafka_consumer_lag_seconds",
               kGauge,
               "stream,topic",
               "Age of the newest processed record of the partition that is furthest behind; 0 at the end.",
               {.detail_label = "partition"}},
    MetricSpec{"driftd_kafka_assigned_partitions", kGauge, "stream,topic", "Partitions being read."},
    MetricSpec{"driftd_kafka_paused_partitions", kGauge, "stream,topic", "Partitions paused because a queue is full."},
    MetricSpec{"driftd_kafka_topic_partitions", kGauge, "stream,topic", "Partitions of the topic, as the brokers say."},
    MetricSpec{"driftd_lost_offsets_total", kCounter, "stream,topic", "Offsets gone before they were read: retention, truncation."},
    MetricSpec{"driftd_kafka_errors_total", kCounter, "code", "Errors of the Kafka client, by librdkafka's name.", {.expires = true}},
    MetricSpec{"driftd_kafka_rebalances_total", kCounter, "kind",
               "Changes of what is read: assign, partitions were added; revoke, a topic was given up. No group takes any away."},
    MetricSpec{"driftd_kafka_commits_total", kCounter, "result", "Commits of offsets to the group, for lag dashboards: ok, error."},
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
    MetricSpec{"driftd_windows_closed_total", kCounter, "monitor,reason", "Windows closed, by what ended them: time, count, idle."},
    MetricSpec{"driftd_evaluations_total", kCounter, "monitor,result", "Windows judged."},
    MetricSpec{"driftd_evaluation_duration_seconds", kHistogram, "monitor", "Time to judge a window, its alerts and events included."},
    MetricSpec{"driftd_last_evaluation_timestamp_seconds", kGauge, "monitor", "Wall time of the last evaluation, whatever its result."},
    MetricSpec{"driftd_window_end_timestamp_seconds", kGauge, "monitor", "End of the last closed window, in event time."},
    MetricSpec{"driftd_window_interval_seconds", kGauge, "monitor", "Length of a window; by count the mean of the last 20."},
    MetricSpec{"driftd_window_minimum_samples", kGauge, "monitor", "Rows a window needs for a verdict."},
    MetricSpec{"driftd_window_samples", kGauge, "monitor,segment", "Rows in the last closed window."},
    MetricSpec{"driftd_false_alarm_interval_seconds", kGauge, "monitor",
               "Mean time between false alarms that the level of the tests is set for."},
    MetricSpec{"driftd_drift_calibrated", kGauge, "monitor",
               "1: the reference has the rows of 100 windows, which the level of the tests supposes; 0: fewer, more false alarms. "
               "Absent without a level."},
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
    MetricSpec{"driftd_drift_p_value",
               kGauge,
               "monitor,segment,feature",
               "p of no difference at all in the last window; shown only, an alarm asks for an effect too.",
               {.detailed = true}},
    MetricSpec{"driftd_drift_detectable_effect",
               kGauge,
               "monitor,segment,feature",
               "Least PSI of the populations that a window of this size shows four times out of five.",
               {.detailed = true}},
    MetricSpec{"driftd_feature_bin_ratio",
               kGauge,
               "monitor,feature,bin,side",
               "Share of the rows in a bin, reference and current, of features that features.bins names; 20 bins at most.",
               {.detailed = true}},
    // The model's answers.
    MetricSpec{"driftd_prediction_drift_threshold_ratio", kGauge, "monitor,segment,method", "1 is an alarm on the predictions."},
    MetricSpec{"driftd_prediction_drift_score", kGauge, "monitor,segment,method", "Effect size of the predictions in the last window."},
    MetricSpec{"driftd_performance_threshold_ratio", kGauge, "monitor,segment,metric,source",
               "1 is an alarm on the losses of the rows, which make up this measure; source: realised."},
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

constexpr std::array kGroups{
    MetricGroup{"The daemon", "driftd_build_info"},
    MetricGroup{"Queues", "driftd_queue_records"},
    MetricGroup{"Alerts on their way out", "driftd_alert_deliveries_total"},
    MetricGroup{"Kafka", "driftd_kafka_records_consumed_total"},
    MetricGroup{"Records", "driftd_decode_errors_total"},
    MetricGroup{"Windows", "driftd_windows_closed_total"},
    MetricGroup{"References", "driftd_reference_info"},
    MetricGroup{"Alerts", "driftd_alerts"},
    MetricGroup{"Drift", "driftd_drift_threshold_ratio"},
    MetricGroup{"The model's answers", "driftd_prediction_drift_threshold_ratio"},
    MetricGroup{"Labels that come later", "driftd_performance_value"},
    MetricGroup{"Data quality", "driftd_quality_threshold_ratio"},
    MetricGroup{"The exposition itself", "driftd_metric_series"},
};

}  // namespace

std::string_view metric_type_name(MetricType type) {
  constexpr std::array<std::string_view, 3> kNames{"counter", "gauge", "histogram"};
  return kNames[static_cast<std::size_t>(type)];
}

std::span<const MetricSpec> metric_catalogue() { return kCatalogue; }

std::span<const MetricGroup> metric_groups() { return kGroups; }

std::optional<std::size_t> find_metric(std::string_view name) {
  const auto* found = std::ranges::find(kCatalogue, name, &MetricSpec::name);
  if (found == kCatalogue.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kCatalogue.begin());
}

}  // namespace driftd
