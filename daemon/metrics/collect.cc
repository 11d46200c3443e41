#include "daemon/metrics/collect.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace driftd {
namespace {

constexpr std::array<std::string_view, 5> kLogLevels{"trace", "debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 3> kDeliveryResults{"ok", "retry", "error"};
constexpr std::array<std::string_view, 2> kSeverities{"warning", "critical"};
constexpr std::array<std::string_view, 4> kTransitions{"pending", "firing", "updated", "resolved"};
constexpr std::array<std::string_view, 4> kSuppressions{"min_effect", "insufficient", "cooldown", "fire_after"};
constexpr std::array<std::string_view, 2> kEvaluations{"ok", "insufficient"};
constexpr std::uint64_t kHashBits = (std::uint64_t{1} << 48) - 1;
constexpr std::string_view kQuality = "quality";
constexpr std::string_view kPrediction = "prediction", kPerformance = "performance";
constexpr std::string_view kAllRows = "all";
constexpr std::size_t kMostBins = 20;
constexpr std::string_view kUnseenCells = "unseen", kOtherBins = "__other__";

double seconds(std::int64_t time_us) { return time_us == kNoTime ? kNoNumber : static_cast<double>(time_us) / 1e6; }

// A closed list at 0, and what was counted; a value from outside the list is shown too.
template <class Names>
std::map<std::string, std::uint64_t> counted_over(const Names& names, const std::map<std::string, std::uint64_t>& counted) {
  std::map<std::string, std::uint64_t> out = counted;
  for (const std::string_view name : names) out.try_emplace(std::string(name), 0);
  return out;
}

void add_daemon(SampleSet& out, const DaemonStatus& status) {
  out.add("driftd_build_info", {status.version, status.revision}, 1.0);
  out.add("driftd_ready", {}, status.ready ? 1.0 : 0.0);
  std::uint64_t hash = 0;
  const char* end = status.config_hash.data() + status.config_hash.size();
  if (std::from_chars(status.config_hash.data(), end, hash, 16).ec == std::errc{}) {
    out.add("driftd_config_hash", {}, hash & kHashBits);
  }
  for (const auto& [level, count] : counted_over(kLogLevels, status.log_messages)) {
    out.add("driftd_log_messages_total", {level}, count);
  }
  out.add("driftd_snapshot_last_success_timestamp_seconds", {}, seconds(status.snapshot_last_success_wall_us));
  out.add("driftd_snapshot_size_bytes", {}, status.snapshot_size_bytes);
  out.add("driftd_snapshot_failures_total", {"io"}, status.snapshot_failures);
  out.add("driftd_snapshot_duration_seconds", {}, make_buckets(status.snapshot_times));
  for (const auto& [component, bytes] : status.state_bytes) out.add("driftd_state_memory_bytes", {component}, bytes);
  out.add("driftd_config_last_reload_successful", {}, status.config_reload_ok ? 1.0 : 0.0);
  out.add("driftd_config_last_reload_success_timestamp_seconds", {}, seconds(status.config_reload_wall_us));
}

void add_queues(SampleSet& out, const DaemonStatus& status) {
  for (const QueueStatus& queue : status.queues) {
    out.add("driftd_queue_records", {queue.stage}, queue.entries);
    if (queue.capacity) out.add("driftd_queue_capacity_records", {queue.stage}, *queue.capacity);
    if (queue.bytes) out.add("driftd_queue_bytes", {queue.stage}, *queue.bytes);
    out.add("driftd_backpressure_seconds_total", {queue.stage}, queue.held_back_seconds);
  }
}

void add_process(SampleSet& out, const ProcessUsage& process) {
  out.add("process_cpu_seconds_total", {}, process.cpu_seconds);
  out.add("process_resident_memory_bytes", {}, process.resident_bytes);
  out.add("process_open_fds", {}, process.open_fds);
  out.add("process_max_fds", {}, process.max_fds);
  out.add("process_start_time_seconds", {}, process.start_time_seconds);
}

void add_http(SampleSet& out, const HttpActivity& http) {
  for (const auto& [key, count] : http.answers) {
    const auto& [route, method, code] = key;
    out.add("driftd_http_requests_total", {route, method, std::to_string(code)}, count);
  }
  for (const auto& [route, timings] : http.durations) out.add("driftd_http_request_duration_seconds", {route}, make_buckets(timings));
}

Buckets delivery_times(const DeliveryTimes& times) {
  return {{kDeliverySeconds.begin(), kDeliverySeconds.end()}, {times.counts.begin(), times.counts.end()}, times.sum_seconds};
}

void add_sinks(SampleSet& out, const DaemonStatus& status) {
  for (const SinkStatus& sink : status.sinks) {
    const std::array<std::uint64_t, 3> counts{sink.delivered, sink.retried, sink.failed};
    for (std::size_t i = 0; i < counts.size(); ++i) out.add("driftd_alert_deliveries_total", {sink.name, kDeliveryResults[i]}, counts[i]);
    out.add("driftd_alert_delivery_duration_seconds", {sink.name}, delivery_times(sink.times));
    out.add("driftd_alert_queue_records", {sink.name}, sink.waiting);
  }
}

struct TopicSums {
  std::uint64_t records = 0, bytes = 0, assigned = 0, paused = 0, lost = 0;
  std::optional<std::uint64_t> lag;  // over partitions whose end is known
  std::int64_t lag_us = kNoTime;     // the longest of those known

  void add(const PartitionStatus& partition, std::int64_t now_us) {
    records += partition.records;
    bytes += partition.bytes;
    lost += partition.lost;
    ++assigned;
    paused += partition.paused ? 1 : 0;
    const std::int64_t behind = partition_lag(partition);
    if (behind >= 0) lag = lag.value_or(0) + static_cast<std::uint64_t>(behind);
    lag_us = std::max(lag_us, partition_lag_us(partition, now_us));
  }
};

void add_partition_lag(SampleSet& out, const DaemonStatus& status) {
  for (const PartitionStatus& partition : status.partitions) {
    const std::string number = std::to_string(partition.id.partition);
    const std::initializer_list<std::string_view> labels{partition.stream, partition.id.topic, number};
    const std::int64_t behind = partition_lag(partition);
    if (behind >= 0) out.add("driftd_kafka_consumer_lag_records", labels, static_cast<std::uint64_t>(behind));
    out.add("driftd_kafka_consumer_lag_seconds", labels, seconds(partition_lag_us(partition, status.now_wall_us)));
  }
}

void add_topics(SampleSet& out, const DaemonStatus& status, bool detailed) {
  std::map<std::pair<std::string, std::string>, TopicSums> topics;
  for (const PartitionStatus& partition : status.partitions) {
    topics[{partition.stream, partition.id.topic}].add(partition, status.now_wall_us);
  }
  if (detailed) add_partition_lag(out, status);
  for (const auto& [key, sums] : topics) {
    const auto& [stream, topic] = key;
    out.add("driftd_kafka_records_consumed_total", {stream, topic}, sums.records);
    out.add("driftd_kafka_bytes_consumed_total", {stream, topic}, sums.bytes);
    out.add("driftd_kafka_assigned_partitions", {stream, topic}, sums.assigned);
    out.add("driftd_kafka_paused_partitions", {stream, topic}, sums.paused);
    out.add("driftd_lost_offsets_total", {stream, topic}, sums.lost);
    if (const auto known = status.topic_partitions.find(topic); known != status.topic_partitions.end()) {
      out.add("driftd_kafka_topic_partitions", {stream, topic}, static_cast<double>(known->second));
    }
    if (detailed) continue;
    if (sums.lag) out.add("driftd_kafka_consumer_lag_records", {stream, topic}, *sums.lag);
    out.add("driftd_kafka_consumer_lag_seconds", {stream, topic}, seconds(sums.lag_us));
  }
}

void add_kafka(SampleSet& out, const DaemonStatus& status) {
  for (const auto& [code, count] : status.kafka_errors) out.add("driftd_kafka_errors_total", {code}, count);
  out.add("driftd_kafka_rebalances_total", {"assign"}, status.partitions_assigned);
  out.add("driftd_kafka_rebalances_total", {"revoke"}, status.partitions_revoked);
  out.add("driftd_kafka_commits_total", {"ok"}, status.commits_ok);
  out.add("driftd_kafka_commits_total", {"error"}, status.commits_failed);
}

struct StreamSums {
  std::array<std::uint64_t, kRejects> rejected{};
  std::uint64_t late = 0;
  std::vector<const PartitionStatus*> partitions;

  void add(const PartitionStatus& partition) {
    for (std::size_t i = 0; i < kRejects; ++i) rejected[i] += partition.rejected[i];
    late += partition.late;
    partitions.push_back(&partition);
  }
};

void add_records_of(SampleSet& out, std::string_view stream, const StreamSums& sums) {
  for (std::size_t i = 0; i < kRejects; ++i) {
    const auto reason = static_cast<Reject>(i);
    const bool tombstone = reason == Reject::kTombstone;  // a deletion, not an error
    out.add("driftd_records_dropped_total", {stream, reject_name(reason), tombstone ? "true" : "false"}, sums.rejected[i]);
    if (!tombstone) out.add("driftd_decode_errors_total", {stream, reject_name(reason)}, sums.rejected[i]);
  }
  out.add("driftd_records_dropped_total", {stream, "late", "true"}, sums.late);
  out.add("driftd_records_late_total", {stream}, sums.late);
}

void add_streams(SampleSet& out, const DaemonStatus& status) {
  std::map<std::string, StreamSums> streams;
  for (const PartitionStatus& partition : status.partitions) streams[partition.stream].add(partition);
  for (const auto& [stream, sums] : streams) {
    add_records_of(out, stream, sums);
    out.add("driftd_watermark_timestamp_seconds", {stream}, seconds(stream_watermark(status, stream)));
  }
  for (const auto& [key, count] : status.dead_letters) out.add("driftd_dead_letters_total", {key.first, key.second}, count);
}

// Whether the reference has the rows of enough windows of late. nullopt: no level is stated, or no window was closed yet.
std::optional<bool> is_calibrated(const MonitorStatus& monitor) {
  if (std::isnan(monitor.false_alarm_interval_seconds) || monitor.history_rows.empty()) return std::nullopt;
  const std::uint64_t rows = std::accumulate(monitor.history_rows.begin(), monitor.history_rows.end(), std::uint64_t{0});
  return monitor.reference_rows * monitor.history_rows.size() >= kCalibratedWindows * rows;
}

void add_windows(SampleSet& out, const MonitorStatus& monitor) {
  const std::string& name = monitor.name;
  for (const auto& [reason, count] : monitor.windows_closed) out.add("driftd_windows_closed_total", {name, reason}, count);
  for (const auto& [result, count] : counted_over(kEvaluations, monitor.evaluations)) {
    out.add("driftd_evaluations_total", {name, result}, count);
  }
  out.add("driftd_last_evaluation_timestamp_seconds", {name}, seconds(monitor.last_evaluation_wall_us));
  out.add("driftd_window_end_timestamp_seconds", {name}, seconds(monitor.window_end_us));
  out.add("driftd_window_interval_seconds", {name}, seconds(monitor.window_us));
  out.add("driftd_window_minimum_samples", {name}, monitor.minimum_samples);
  out.add("driftd_evaluation_duration_seconds", {name}, make_buckets(monitor.evaluation_times));
  out.add("driftd_false_alarm_interval_seconds", {name}, monitor.false_alarm_interval_seconds);
  if (const auto calibrated = is_calibrated(monitor)) out.add("driftd_drift_calibrated", {name}, *calibrated ? 1.0 : 0.0);
}

void add_reference(SampleSet& out, const MonitorStatus& monitor) {
  out.add("driftd_reference_info", {monitor.name, monitor.reference_id}, 1.0);
  out.add("driftd_reference_created_timestamp_seconds", {monitor.name}, seconds(monitor.reference_created_us));
  out.add("driftd_reference_samples", {monitor.name}, monitor.reference_rows);
}

void add_alert_counts(SampleSet& out, const MonitorStatus& monitor) {
  const auto open = [&](std::string_view severity, AlertState state) {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(monitor.alerts, [&](const AlertStatus& a) { return a.severity == severity && a.state == state; }));
  };
  auto transitions = monitor.alert_transitions;
  for (const std::string_view severity : kSeverities) {
    out.add("driftd_alerts", {monitor.name, severity, "pending"}, open(severity, AlertState::kPending));
    out.add("driftd_alerts", {monitor.name, severity, "firing"}, open(severity, AlertState::kFiring));
    for (const std::string_view to : kTransitions) transitions.try_emplace({std::string(severity), std::string(to)}, 0);
  }
  for (const auto& [key, count] : transitions) {
    Exemplar exemplar;
    if (const auto last = monitor.alert_exemplars.find(key); last != monitor.alert_exemplars.end()) {
      exemplar = {last->second.alert_id, seconds(last->second.wall_us)};
    }
    out.add("driftd_alert_transitions_total", {monitor.name, key.first, key.second}, count, std::move(exemplar));
  }
  for (const auto& [reason, count] : counted_over(kSuppressions, monitor.alerts_suppressed)) {
    out.add("driftd_alerts_suppressed_total", {monitor.name, reason}, count);
  }
}

// Every feature has its series at 0 before its first alert.
void add_firing(SampleSet& out, const MonitorStatus& monitor) {
  std::map<std::array<std::string, 4>, double> firing;  // segment, feature, kind, severity
  const auto place = [&](const std::string& segment, const std::string& feature, std::string_view kind, double value) {
    for (const std::string_view severity : kSeverities) {
      firing.try_emplace({segment, feature, std::string(kind), std::string(severity)}, value);
    }
  };
  for (const FeatureStatus& feature : monitor.features) {
    place(feature.segment, feature.name, feature.kind, 0);
    if (!feature.quality.empty()) place(feature.segment, feature.name, kQuality, 0);
  }
  for (const AlertStatus& alert : monitor.alerts) {
    place(alert.segment, alert.feature, alert.kind, 0);
    if (alert.state == AlertState::kFiring) firing[{alert.segment, alert.feature, alert.kind, alert.severity}] = 1;
  }
  for (const auto& [key, value] : firing) out.add("driftd_alert_firing", {monitor.name, key[0], key[1], key[2], key[3]}, value);
}

void add_feature_counts(SampleSet& out, const MonitorStatus& monitor) {
  std::map<std::string, std::uint64_t> judged;
  std::map<std::string, std::set<std::string>> drifted;
  for (const FeatureStatus& feature : monitor.features) judged[feature.segment] += feature.status == Status::kOk ? 1 : 0;
  for (const AlertStatus& alert : monitor.alerts) {
    if (alert.state == AlertState::kFiring && alert.kind != kQuality) drifted[alert.segment].insert(alert.feature);
  }
  for (const auto& [segment, count] : judged) {
    out.add("driftd_features_monitored", {monitor.name, segment}, count);
    out.add("driftd_features_drifted", {monitor.name, segment}, static_cast<std::uint64_t>(drifted[segment].size()));
  }
}

void add_drift(SampleSet& out, std::string_view monitor, const FeatureStatus& feature) {
  out.add("driftd_drift_evaluable", {monitor, feature.segment, feature.name}, feature.status == Status::kOk ? 1.0 : 0.0);
  for (const MethodStatus& method : feature.methods) {
    const std::initializer_list<std::string_view> labels{monitor, feature.segment, feature.name, method.method};
    out.add("driftd_drift_threshold_ratio", labels, method.threshold_ratio);
    out.add("driftd_drift_score", labels, method.effect);
    out.add("driftd_drift_threshold", labels, method.threshold);
  }
}

void add_quality(SampleSet& out, std::string_view monitor, const FeatureStatus& feature) {
  for (const MethodStatus& check : feature.quality) {
    out.add("driftd_quality_threshold_ratio", {monitor, feature.name, check.method}, check.threshold_ratio);
  }
  const std::uint64_t rows = total_rows(feature.classes), mismatches = feature.classes[static_cast<std::size_t>(ValueClass::kWrongType)];
  out.add("driftd_feature_missing_ratio", {monitor, feature.name}, share_of(missing_rows(feature.classes), rows));
  out.add("driftd_feature_out_of_range_ratio", {monitor, feature.name}, feature.out_of_range_ratio);
  out.add("driftd_feature_unseen_category_ratio", {monitor, feature.name}, feature.unseen_ratio);
  out.add("driftd_feature_type_mismatch_ratio", {monitor, feature.name}, share_of(mismatches, rows));
  out.add("driftd_reference_missing_ratio", {monitor, feature.name},
          share_of(missing_rows(feature.reference_classes), total_rows(feature.reference_classes)));
}

Buckets label_delays(const LabelCounters& counters) {
  Buckets buckets;
  for (const std::int64_t bound : kLabelDelaySeconds) buckets.upper.push_back(static_cast<double>(bound));
  buckets.counts.assign(counters.delays.begin(), counters.delays.end());
  buckets.sum = static_cast<double>(counters.delay_ms) / 1000;
  return buckets;
}

void add_performance(SampleSet& out, const std::string& monitor, const LabelStatus& labels) {
  for (const PerformanceStatus& performance : labels.performance) {
    for (const auto& [metric, value] : performance.values) {
      out.add("driftd_performance_value", {monitor, performance.segment, metric, "realised"}, value);
    }
  }
  if (!labels.performance.empty()) {
    const PerformanceStatus& all = labels.performance.front();
    out.add("driftd_label_coverage_ratio", {monitor}, share_of(all.labelled, all.predicted));
  }
}

void add_labels(SampleSet& out, const std::string& monitor, const LabelStatus& labels) {
  const LabelCounters& counters = labels.counters;
  out.add("driftd_labels_joined_total", {monitor}, counters.joined);
  for (const auto& [reason, count] : {std::pair{"expired", counters.expired},
                                      {"duplicate", counters.duplicates},
                                      {"correction", counters.corrections},
                                      {"repeated_prediction", counters.repeated_predictions},
                                      {"unusable", counters.unusable},
                                      {"capacity", counters.left_out}}) {
    out.add("driftd_labels_unmatched_total", {monitor, reason}, count);
  }
  out.add("driftd_label_delay_seconds", {monitor}, label_delays(counters));
  out.add("driftd_join_pending_records", {monitor}, labels.pending_predictions);
}

// The output of the model: as any feature, and under names of its own, because a monitor has one.
void add_prediction(SampleSet& out, std::string_view monitor, const FeatureStatus& feature) {
  for (const MethodStatus& method : feature.methods) {
    const std::initializer_list<std::string_view> labels{monitor, feature.segment, method.method};
    out.add("driftd_prediction_drift_threshold_ratio", labels, method.threshold_ratio);
    out.add("driftd_prediction_drift_score", labels, method.effect);
  }
}

void add_detail(SampleSet& out, std::string_view monitor, const FeatureStatus& feature) {
  const std::initializer_list<std::string_view> labels{monitor, feature.segment, feature.name};
  out.add("driftd_drift_p_value", labels, std::exp(feature.log_p));
  out.add("driftd_drift_detectable_effect", labels, feature.detectable_effect);
}

struct Bin {
  std::string label;
  std::uint64_t reference = 0, current = 0;
};

// At most kMostBins: of more the largest of the reference stay as they are, so that the choice does not change from window to window, and
// the rest is one. What the reference does not have is one bin, whatever its names are: names from outside are no label values.
std::vector<Bin> shown_bins(const FeatureStatus& feature) {
  std::vector<Bin> bins;
  for (const CellStatus& cell : feature.cells) {
    bins.push_back({cell.label.starts_with(kUnseenCells) && cell.reference == 0 ? std::string(kUnseenCells) : cell.label, cell.reference,
                    cell.current});
  }
  if (bins.size() <= kMostBins) return bins;
  std::ranges::stable_sort(bins, std::greater{}, &Bin::reference);
  Bin rest{std::string(kOtherBins), 0, 0};
  for (std::size_t i = kMostBins - 1; i < bins.size(); ++i) {
    rest.reference += bins[i].reference;
    rest.current += bins[i].current;
  }
  bins.resize(kMostBins - 1);
  bins.push_back(std::move(rest));
  return bins;
}

// Their number comes first, so that names in the order of text are bins in their order.
void add_bins(SampleSet& out, std::string_view monitor, const FeatureStatus& feature) {
  std::size_t number = 0;
  for (Bin& bin : shown_bins(feature)) {
    ++number;
    bin.label.insert(0, (number < 10 ? "0" : "") + std::to_string(number) + " ");
    out.add("driftd_feature_bin_ratio", {monitor, feature.name, bin.label, "reference"}, share_of(bin.reference, feature.reference_rows));
    out.add("driftd_feature_bin_ratio", {monitor, feature.name, bin.label, "current"}, share_of(bin.current, feature.rows));
  }
}

void add_feature(SampleSet& out, const MonitorStatus& monitor, const FeatureStatus& feature, bool detailed) {
  const bool whole = feature.segment == kAllRows;
  add_drift(out, monitor.name, feature);
  if (feature.kind == kPrediction) add_prediction(out, monitor.name, feature);
  if (feature.kind == kPerformance && !monitor.loss_metric.empty()) {
    out.add("driftd_performance_threshold_ratio", {monitor.name, feature.segment, monitor.loss_metric, "realised"}, feature.ratio);
  }
  if (whole) add_quality(out, monitor.name, feature);
  if (detailed) add_detail(out, monitor.name, feature);
  if (detailed && whole && feature.shows_bins) add_bins(out, monitor.name, feature);
}

// Whether the last window is so long ago that it says nothing of now.
bool is_idle(const MonitorStatus& monitor, const DaemonStatus& status, Milliseconds expire_after) {
  const std::int64_t last = std::max(monitor.last_evaluation_wall_us, status.started_wall_us);
  if (last == kNoTime || status.now_wall_us == kNoTime) return false;
  const std::int64_t limit_us = std::chrono::duration_cast<std::chrono::microseconds>(expire_after).count();
  const std::int64_t windows_us = monitor.window_us == kNoTime ? 0 : 3 * monitor.window_us;
  return status.now_wall_us - last > std::max(limit_us, windows_us);
}

void add_monitor(SampleSet& out, const MonitorStatus& monitor, bool idle, bool detailed) {
  add_windows(out, monitor);
  add_reference(out, monitor);
  add_alert_counts(out, monitor);
  add_feature_counts(out, monitor);
  add_firing(out, monitor);
  if (monitor.labels) add_labels(out, monitor.name, *monitor.labels);
  if (idle) return;
  for (const auto& [segment, rows] : monitor.window_samples) out.add("driftd_window_samples", {monitor.name, segment}, rows);
  if (monitor.labels) add_performance(out, monitor.name, *monitor.labels);
  for (const FeatureStatus& feature : monitor.features) add_feature(out, monitor, feature, detailed);
}

void add_history(SampleSet& out, const HistoryStatus& history) {
  if (!history.enabled) return;
  out.add("driftd_history_size_bytes", {}, history.size_bytes);
  out.add("driftd_history_dropped_total", {}, history.dropped);
}

}  // namespace

SampleSet collect_samples(const DaemonStatus& status, const HttpActivity& http, const ProcessUsage& process, const MetricsConfig& config) {
  const bool detailed = config.level == MetricsLevel::kDetailed;
  SampleSet out;
  add_daemon(out, status);
  add_process(out, process);
  add_http(out, http);
  add_queues(out, status);
  add_sinks(out, status);
  add_history(out, status.history);
  add_topics(out, status, detailed);
  add_kafka(out, status);
  add_streams(out, status);
  for (const auto& monitor : status.monitors) add_monitor(out, *monitor, is_idle(*monitor, status, config.expire_after), detailed);
  return out;
}

}  // namespace driftd
