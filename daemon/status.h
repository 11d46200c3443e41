// What the outside may see of a running daemon: plain values, published whole by the thread that owns them, read by
// /metrics, /api and the page. A published value never changes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/decode/record_batch.h"
#include "daemon/runtime/timings.h"
#include "daemon/sink/delivery.h"
#include "daemon/source/message.h"
#include "daemon/window/label_counters.h"
#include "detectors/detector.h"
#include "detectors/performance/performance_counts.h"
#include "detectors/reference/value_class.h"

namespace driftd {

enum class AlertState : std::uint8_t { kInactive, kPending, kFiring, kResolved };

// One method's answer for one (segment, feature) in the last closed window.
struct MethodStatus {
  std::string method;  // psi, ks, chi_square, jensen_shannon, ..., missing, ..., adwin
  Status status = Status::kUndefined;
  double statistic = kNoNumber, effect = kNoNumber, log_p = kNoNumber;
  double threshold = kNoNumber;        // fixed limit, if set
  double threshold_ratio = kNoNumber;  // 1 = alarm; NaN: this method does not judge
  bool alarm = false;
  double before = kNoNumber, after = kNoNumber;  // quality: shares of reference and window; sequential: means around the last cut
};

// One coarse cell, in real values.
struct CellStatus {
  std::string label;  // "(80, 120]", "DE", "other", "unseen"
  std::uint64_t reference = 0, current = 0;
  double contribution = 0;  // to PSI
};

struct FeatureStatus {
  std::string name;
  std::string segment;  // "all" or "k=v"
  std::string kind;     // drift | prediction | performance
  bool numeric = false;
  Status status = Status::kInsufficient;
  std::uint64_t reference_rows = 0, rows = 0;  // valid values on each side
  ClassCounts reference_classes{}, classes{};
  double out_of_range_ratio = kNoNumber, unseen_ratio = kNoNumber;  // share of rows; NaN: does not apply
  double ratio = kNoNumber;                                         // worst drift threshold ratio; NaN: no verdict
  double log_p = kNoNumber;                                         // "different at all": shown, it decides nothing
  double detectable_effect = kNoNumber;                             // least PSI found at power 0.8; NaN: none, or not asked for
  bool shows_bins = false;                                          // features.bins names it
  AlertState alert = AlertState::kInactive;
  std::vector<MethodStatus> methods;
  std::vector<MethodStatus> quality;  // checks: missing, type_mismatch, out_of_range, unseen_category
  std::vector<CellStatus> cells;
  std::vector<double> ratio_history;  // last windows, oldest first; NaN where no verdict
};

struct AlertStatus {
  std::string alert_id, kind, feature, segment, severity;  // severity: warning | critical
  AlertState state = AlertState::kInactive;
  std::int64_t since_us = 0;   // start of the window that opened it
  std::int64_t opened_us = 0;  // end of that window
  std::int64_t resolved_us = kNoTime;
  std::string summary;
  std::string event_json;  // the last event sent for it
};

// The last alert that a counter of transitions counted.
struct AlertExemplar {
  std::string alert_id;
  std::int64_t wall_us = 0;
};

inline constexpr std::size_t kLengthsOfMean = 20;
inline constexpr std::uint64_t kCalibratedWindows = 100;  // worth of rows that a reference needs

// How predictions compare with labels that come later.
struct PerformanceStatus {
  std::string segment;
  std::uint64_t predicted = 0, labelled = 0;
  std::vector<PerformanceValue> values;
};

struct LabelStatus {
  std::int64_t window_start_us = kNoTime, window_end_us = kNoTime;  // last window whose labels are in
  std::int64_t join_within_us = 0;
  std::vector<PerformanceStatus> performance;  // of that window, by segment
  LabelCounters counters;
  std::uint64_t pending_predictions = 0;
};

struct MonitorStatus {
  std::string name, stream;
  std::string reference_id, reference_path;
  std::uint64_t reference_rows = 0;
  std::int64_t reference_created_us = kNoTime;
  std::int64_t window_us = kNoTime;   // length; by count the mean of the last windows (kLengthsOfMean at most), kNoTime: none yet
  std::int64_t advance_us = kNoTime;  // between the starts of two hopping windows; kNoTime: one after the other
  std::uint64_t window_rows = 0;      // > 0: windows by count
  std::uint64_t minimum_samples = 0;
  double false_alarm_interval_seconds = kNoNumber;                  // NaN: no level stated
  std::int64_t window_start_us = kNoTime, window_end_us = kNoTime;  // last closed window
  std::int64_t last_evaluation_wall_us = kNoTime;
  std::map<std::string, std::uint64_t> window_samples;                             // by segment
  std::map<std::string, std::uint64_t> windows_closed;                             // by reason: time, count, idle
  std::map<std::string, std::uint64_t> evaluations;                                // by result: ok, insufficient
  std::map<std::pair<std::string, std::string>, std::uint64_t> alert_transitions;  // (severity, to)
  std::map<std::pair<std::string, std::string>, AlertExemplar> alert_exemplars;    // by the same; since the start
  std::map<std::string, std::uint64_t> alerts_suppressed;                          // by reason
  Timings evaluation_times;                                                        // since the start
  std::string loss_metric;  // the measure that the losses judged as feature `error` make up: accuracy, mae; "": there are none
  std::vector<std::int64_t> history_end_us;  // windows of ratio_history, oldest first
  std::vector<std::uint64_t> history_rows;   // rows of `all` in them
  std::optional<LabelStatus> labels;         // of a monitor with labels on a topic of their own
  std::vector<FeatureStatus> features;       // by (segment, name)
  std::vector<AlertStatus> alerts;           // open first, then the last resolved ones
};

struct PartitionStatus {
  TopicPartition id;
  std::string stream;
  std::int64_t next_offset = 0;
  std::int64_t end_offset = -1;  // newest known; -1 unknown
  std::int64_t watermark_us = kNoTime;
  bool idle = false, paused = false;
  std::int64_t last_record_us = kNoTime;  // record time of the newest that was processed; kNoTime: none since the start
  std::uint64_t records = 0, bytes = 0, rows = 0, late = 0, duplicates = 0, lost = 0, skipped = 0;
  std::uint64_t rejected[kRejects] = {};  // by Reject
};

// What stands between two stages.
struct QueueStatus {
  std::string stage;          // ingest: batches of records for the shards; window: their results for the merger; alert: events
  std::uint64_t entries = 0;  // that wait
  std::optional<std::uint64_t> capacity, bytes;  // in entries; of payload. nullopt: not limited by, not known in them
  double held_back_seconds = 0;                  // that the stage before it waited because it was full, since the start
};

struct SinkStatus {
  std::string name;                                                   // kafka | alertmanager/ADDRESS | webhook/NAME
  std::uint64_t delivered = 0, retried = 0, failed = 0, waiting = 0;  // of alerts and windows; failed: given up
  DeliveryTimes times{};
  bool delivered_is_state = false;  // counted over restarts
};

inline constexpr std::array<std::int64_t, 10> kRegistryMilliseconds{1, 2, 5, 10, 50, 100, 500, 1000, 5000, 10'000};

// What the schema registry was asked and answered.
struct RegistryStatus {
  enum Result : std::uint8_t { kOk, kNotFound, kError };
  static constexpr std::size_t kResults = 3;
  struct Requests {
    std::array<std::uint64_t, kRegistryMilliseconds.size() + 1> durations{};  // by bucket; the last: longer
    double seconds = 0;
  };
  std::array<Requests, kResults> requests{};  // by result
  std::uint64_t cache_entries = 0;
  std::vector<std::string> problems;  // what stands in the way of schemas that records wait for, with the way out
};

// Closed windows on disk (history.db), for the page and the API.
struct HistoryStatus {
  bool enabled = false;
  std::uint64_t size_bytes = 0;  // of its files
  std::uint64_t windows = 0;     // written since the start
  std::uint64_t dropped = 0;     // windows that could not be written since the start
  bool failing = false;          // the last write did not succeed
};

// The last time that the configuration was read again.
struct ReloadProblem {
  std::string source;                  // file, or "--set a.b"
  std::uint32_t line = 0, column = 0;  // 0: the source as a whole
  std::string message;
};
struct ReloadStatus {
  std::string asked_by;  // signal, http, file
  std::int64_t wall_us = kNoTime;
  std::vector<ReloadProblem> problems;  // empty: it was taken
  // Monitors: state goes on, begins anew; there were none, there are none any more. Sorted.
  std::vector<std::string> kept, reset, added, removed;
};

struct DaemonStatus {
  std::string grafana_url;  // where its dashboards are; "" = not known
  bool ready = false;
  std::vector<std::string> not_ready;  // reasons, one a line
  std::vector<std::string> stalled;    // threads that did not move in time, one a line; empty: healthy
  std::string version, revision, config_hash;
  std::vector<std::shared_ptr<const MonitorStatus>> monitors;
  std::vector<PartitionStatus> partitions;  // sorted by id
  std::vector<SinkStatus> sinks;
  std::map<std::pair<std::string, std::string>, std::uint64_t> dead_letters;  // (stream, result: ok, retry, error)
  std::int64_t snapshot_last_success_wall_us = kNoTime;
  std::uint64_t snapshot_size_bytes = 0, snapshots = 0, snapshot_failures = 0;
  std::optional<RegistryStatus> registry;  // where a stream has schemas
  Timings snapshot_times;
  std::vector<QueueStatus> queues;
  std::map<std::string, std::uint64_t> state_bytes;               // by component: windows, labels, detectors, queues
  std::map<std::string, std::uint64_t> kafka_errors;              // by librdkafka's enum name
  std::map<std::string, std::int32_t> topic_partitions;           // as the brokers say
  std::uint64_t partitions_assigned = 0, partitions_revoked = 0;  // changes of what is read
  std::uint64_t commits_ok = 0, commits_failed = 0;               // of offsets to the group
  bool config_reload_ok = true;                                   // the last reload; the start counts as one
  std::int64_t config_reload_wall_us = kNoTime;                   // of the last that was taken
  std::shared_ptr<const ReloadStatus> reload;                     // null: there was none since the start
  std::uint64_t reloads_begun = 0, reloads_ended = 0;             // unequal: one is under way
  std::int64_t now_wall_us = kNoTime, started_wall_us = kNoTime;  // when this was published, and the process began
  std::map<std::string, std::uint64_t> log_messages;              // by level
  HistoryStatus history;
};

// What follows from the values above, for all who show them.
double share_of(std::uint64_t part, std::uint64_t whole);  // NaN of nothing
std::uint64_t total_rows(const ClassCounts& rows);
std::uint64_t missing_rows(const ClassCounts& rows);           // without a value: absent, null, NaN
std::uint64_t all_closed(const MonitorStatus& monitor);        // windows, whatever ended them
double worst_ratio(const MonitorStatus& monitor);              // over all features and segments; NaN: no verdict
std::int64_t partition_lag(const PartitionStatus& partition);  // records to the end; -1: unknown
// Age of the newest record that was processed, while others wait; 0 at the end; kNoTime: unknown.
std::int64_t partition_lag_us(const PartitionStatus& partition, std::int64_t now_us);
// The least of the stream's partitions that are not idle; all idle: the largest; kNoTime: not known yet.
std::int64_t stream_watermark(const DaemonStatus& status, std::string_view stream);
std::string problem_text(const ReloadProblem& problem);  // "driftd.yaml:7:14: message"

// What was counted since the start of the process, and no state remembers, by parts that a reload has ended: no counter goes back.
// Of monitors nothing: the engine goes on with theirs. Partitions that are not read again yet stay as they were.
void add_before(const DaemonStatus& before, DaemonStatus& now);

}  // namespace driftd
