#include "daemon/api/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>
#include <tuple>
#include <vector>

#include "daemon/api/envelope.h"
#include "daemon/runtime/counted.h"
#include "daemon/runtime/json_writer.h"

namespace driftd {
namespace {

std::string finish(JsonWriter& json) { return json.key("warnings").begin_array().end_array().end_object().take() + "\n"; }

// A list of the slice's items; `write` writes the fields of one.
template <class Item>
std::string list(const std::vector<const Item*>& items, ListSlice slice, const std::function<void(JsonWriter&, const Item&)>& write) {
  JsonWriter json;
  json.begin_object().field("status", "success").key("data").begin_array();
  const std::size_t first = std::min(slice.first, items.size()), end = first + std::min(slice.limit, items.size() - first);
  for (std::size_t i = first; i < end; ++i) {
    json.begin_object();
    write(json, *items[i]);
    json.end_object();
  }
  json.end_array().key("next");
  end < items.size() ? json.string(std::to_string(end)) : json.null();
  return finish(json);
}

void window_fields(JsonWriter& json, const MonitorStatus& monitor) {
  json.key("window").begin_object();
  time_field(json, "start", monitor.window_start_us);
  time_field(json, "end", monitor.window_end_us);
  const auto seconds = [](std::int64_t length_us) { return length_us == kNoTime ? kNoNumber : static_cast<double>(length_us) / 1e6; };
  json.field("interval_seconds", seconds(monitor.window_us)).field("advance_seconds", seconds(monitor.advance_us));
  json.field("rows", monitor.window_rows).field("minimum_samples", monitor.minimum_samples);
  json.field("closed", all_closed(monitor)).key("samples").begin_object();
  for (const auto& [segment, rows] : monitor.window_samples) json.field(segment, rows);
  json.end_object().end_object();
}

void reference_fields(JsonWriter& json, const MonitorStatus& monitor) {
  json.key("reference").begin_object().field("id", monitor.reference_id).field("samples", monitor.reference_rows);
  time_field(json, "created", monitor.reference_created_us);
  json.end_object();
}

std::uint64_t count_alerts(const MonitorStatus& monitor, AlertState state) {
  return static_cast<std::uint64_t>(std::ranges::count(monitor.alerts, state, &AlertStatus::state));
}

// Null where the monitor has no labels on a topic of their own.
void label_fields(JsonWriter& json, const std::optional<LabelStatus>& labels) {
  json.key("labels");
  if (!labels) {
    json.null();
    return;
  }
  const LabelCounters& counters = labels->counters;
  json.begin_object().field("joined", counters.joined).field("expired", counters.expired).field("duplicates", counters.duplicates);
  json.field("corrections", counters.corrections).field("repeated_predictions", counters.repeated_predictions);
  json.field("unusable", counters.unusable).field("left_out", counters.left_out).field("pending", labels->pending_predictions);
  time_field(json, "window_start", labels->window_start_us);
  time_field(json, "window_end", labels->window_end_us);
  json.key("performance").begin_array();
  for (const PerformanceStatus& performance : labels->performance) {
    json.begin_object().field("segment", performance.segment).field("predicted", performance.predicted);
    json.field("labelled", performance.labelled).key("values").begin_object();
    for (const auto& [metric, value] : performance.values) json.field(metric, value);
    json.end_object().end_object();
  }
  json.end_array().end_object();
}

void monitor_fields(JsonWriter& json, const MonitorStatus& monitor) {
  json.field("name", monitor.name).field("stream", monitor.stream);
  json.field("alerts_firing", count_alerts(monitor, AlertState::kFiring));
  json.field("alerts_pending", count_alerts(monitor, AlertState::kPending));
  json.field("drift_threshold_ratio", worst_ratio(monitor)).field("features", static_cast<std::uint64_t>(monitor.features.size()));
  json.field("false_alarm_interval_seconds", monitor.false_alarm_interval_seconds);
  time_field(json, "last_evaluation", monitor.last_evaluation_wall_us);
  window_fields(json, monitor);
  reference_fields(json, monitor);
  label_fields(json, monitor.labels);
}

void history_fields(JsonWriter& json, const MonitorStatus& monitor) {
  json.key("history").begin_array();
  for (std::size_t i = 0; i < monitor.history_end_us.size(); ++i) {
    json.begin_object();
    time_field(json, "end", monitor.history_end_us[i]);
    json.key("samples");
    i < monitor.history_rows.size() ? json.number(monitor.history_rows[i]) : json.null();
    json.end_object();
  }
  json.end_array();
}

void method_list(JsonWriter& json, std::string_view name, const std::vector<MethodStatus>& methods) {
  json.key(name).begin_array();
  for (const MethodStatus& method : methods) {
    json.begin_object().field("method", method.method).field("status", status_name(method.status)).field("alarm", method.alarm);
    json.field("statistic", method.statistic).field("effect", method.effect).field("log_p_value", method.log_p);
    json.field("threshold", method.threshold).field("threshold_ratio", method.threshold_ratio);
    json.field("before", method.before).field("after", method.after).end_object();
  }
  json.end_array();
}

void feature_fields(JsonWriter& json, const FeatureStatus& feature) {
  json.field("name", feature.name).field("segment", feature.segment).field("kind", feature.kind);
  json.field("type", feature.numeric ? "numeric" : "categorical").field("status", status_name(feature.status));
  json.field("drift_threshold_ratio", feature.ratio).field("alert", alert_state_name(feature.alert));
  json.field("samples", feature.rows).field("reference_samples", feature.reference_rows);
  json.field("missing_ratio", share_of(missing_rows(feature.classes), total_rows(feature.classes)));
  json.field("reference_missing_ratio", share_of(missing_rows(feature.reference_classes), total_rows(feature.reference_classes)));
  json.field("out_of_range_ratio", feature.out_of_range_ratio).field("unseen_category_ratio", feature.unseen_ratio);
  method_list(json, "methods", feature.methods);
  method_list(json, "quality", feature.quality);
  json.key("ratio_history").begin_array();
  for (const double ratio : feature.ratio_history) json.number(ratio);
  json.end_array();
}

void alert_fields(JsonWriter& json, const MonitorStatus& monitor, const AlertStatus& alert) {
  json.field("alert_id", alert.alert_id).field("monitor", monitor.name).field("kind", alert.kind).field("feature", alert.feature);
  json.field("segment", alert.segment).field("severity", alert.severity).field("state", alert_state_name(alert.state));
  time_field(json, "since", alert.since_us);
  time_field(json, "opened", alert.opened_us);
  time_field(json, "resolved", alert.resolved_us);
  json.field("summary", alert.summary);
}

void partition_fields(JsonWriter& json, const PartitionStatus& partition) {
  const std::int64_t lag = partition_lag(partition);
  json.field("topic", partition.id.topic).field("partition", static_cast<std::int64_t>(partition.id.partition));
  json.field("next_offset", partition.next_offset).key("end_offset");
  partition.end_offset < 0 ? json.null() : json.number(partition.end_offset);
  json.key("lag_records");
  lag < 0 ? json.null() : json.number(lag);
  time_field(json, "watermark", partition.watermark_us);
  json.field("idle", partition.idle).field("paused", partition.paused).field("records", partition.records).field("bytes", partition.bytes);
  json.field("rows", partition.rows).field("late", partition.late).field("duplicates", partition.duplicates).field("lost", partition.lost);
  json.field("skipped", partition.skipped).key("rejected").begin_object();
  for (std::size_t i = 0; i < kRejects; ++i) json.field(reject_name(static_cast<Reject>(i)), partition.rejected[i]);
  json.end_object();
}

std::vector<std::string> stream_names(const DaemonStatus& status) {
  std::vector<std::string> names;
  for (const PartitionStatus& partition : status.partitions) names.push_back(partition.stream);
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

}  // namespace

std::string_view alert_state_name(AlertState state) {
  switch (state) {
    case AlertState::kInactive: return "inactive";
    case AlertState::kPending: return "pending";
    case AlertState::kFiring: return "firing";
    case AlertState::kResolved: return "resolved";
  }
  return "";
}

std::string buildinfo_json(const DaemonStatus& status) {
  return document([&](JsonWriter& json) {
    json.field("version", status.version).field("revision", status.revision).field("config_hash", status.config_hash);
  });
}

std::string streams_json(const DaemonStatus& status) {
  return document([&](JsonWriter& json) {
    json.key("streams").begin_array();
    for (const std::string& name : stream_names(status)) {
      json.begin_object().field("name", name);
      time_field(json, "watermark", stream_watermark(status, name));
      json.key("partitions").begin_array();
      for (const PartitionStatus& partition : status.partitions) {
        if (partition.stream != name) continue;
        json.begin_object();
        partition_fields(json, partition);
        json.end_object();
      }
      json.end_array().end_object();
    }
    json.end_array();
  });
}

std::string monitors_json(const DaemonStatus& status, ListSlice slice) {
  std::vector<const MonitorStatus*> items;
  for (const auto& monitor : status.monitors) items.push_back(monitor.get());
  return list<MonitorStatus>(items, slice, monitor_fields);
}

std::string monitor_json(const MonitorStatus& monitor) {
  return document([&](JsonWriter& json) {
    monitor_fields(json, monitor);
    history_fields(json, monitor);
  });
}

std::string features_json(const MonitorStatus& monitor, std::string_view segment, bool by_ratio, ListSlice slice) {
  std::vector<const FeatureStatus*> items;
  for (const FeatureStatus& feature : monitor.features) {
    if (segment.empty() || feature.segment == segment) items.push_back(&feature);
  }
  const auto worst_first = [](const FeatureStatus* feature) {
    const bool none = std::isnan(feature->ratio);
    return std::pair(none, none ? 0 : -feature->ratio);
  };
  if (by_ratio) std::ranges::stable_sort(items, {}, worst_first);
  return list<FeatureStatus>(items, slice, feature_fields);
}

namespace {

// Where a cell of numbers begins and ends, by its label: "(80, 120]", "≤ 5", "> 9", "3", which is a value by itself. NaN: nowhere.
struct Bounds {
  double lower = kNoNumber, upper = kNoNumber;
};

double number_of(std::string_view text) {
  double value = kNoNumber;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : kNoNumber;
}

Bounds bounds_of(std::string_view label) {
  constexpr std::string_view kUpTo = "\xe2\x89\xa4 ", kOver = "> ", kBetween = ", ";
  if (label.starts_with(kUpTo)) return {kNoNumber, number_of(label.substr(kUpTo.size()))};
  if (label.starts_with(kOver)) return {number_of(label.substr(kOver.size())), kNoNumber};
  const std::size_t comma = label.find(kBetween);
  if (!label.starts_with('(') || !label.ends_with(']') || comma == std::string_view::npos) return {number_of(label), number_of(label)};
  const std::size_t second = comma + kBetween.size();
  return {number_of(label.substr(1, comma - 1)), number_of(label.substr(second, label.size() - second - 1))};
}

double psi_of(const FeatureStatus& feature) {
  const auto found = std::ranges::find(feature.methods, "psi", &MethodStatus::method);
  return found == feature.methods.end() ? kNoNumber : found->statistic;
}

}  // namespace

std::string distribution_json(const MonitorStatus& monitor, const FeatureStatus& feature) {
  std::uint64_t reference_rows = 0, rows = 0;
  for (const CellStatus& cell : feature.cells) {
    reference_rows += cell.reference;
    rows += cell.current;
  }
  return document([&](JsonWriter& json) {
    json.field("monitor", monitor.name).field("feature", feature.name).field("segment", feature.segment);
    json.field("status", status_name(feature.status)).field("samples", feature.rows).field("reference_samples", feature.reference_rows);
    window_fields(json, monitor);
    reference_fields(json, monitor);
    json.field("psi", psi_of(feature)).key("cells").begin_array();
    for (const CellStatus& cell : feature.cells) {
      const Bounds bounds = feature.numeric ? bounds_of(cell.label) : Bounds{};
      json.begin_object().field("label", cell.label).field("lower", bounds.lower).field("upper", bounds.upper);
      json.field("reference", cell.reference).field("current", cell.current);
      json.field("reference_ratio", share_of(cell.reference, reference_rows)).field("current_ratio", share_of(cell.current, rows));
      json.field("contribution", cell.contribution).end_object();
    }
    json.end_array();
  });
}

std::string alerts_json(const DaemonStatus& status, std::string_view state, std::string_view monitor, ListSlice slice) {
  struct Owned {
    const MonitorStatus* monitor;
    const AlertStatus* alert;
  };
  std::vector<Owned> owned;
  for (const auto& each : status.monitors) {
    if (!monitor.empty() && each->name != monitor) continue;
    for (const AlertStatus& alert : each->alerts) {
      if (state.empty() || alert_state_name(alert.state) == state) owned.push_back({each.get(), &alert});
    }
  }
  std::vector<const Owned*> items;
  for (const Owned& one : owned) items.push_back(&one);
  return list<Owned>(items, slice, [](JsonWriter& json, const Owned& one) { alert_fields(json, *one.monitor, *one.alert); });
}

namespace {

void timeline_field(JsonWriter& json, const std::vector<PastTransition>& timeline) {
  json.key("timeline").begin_array();
  for (const PastTransition& to : timeline) {
    json.begin_object().field("event_id", to.event_id).field("transition", to.transition).field("severity", to.severity);
    time_field(json, "window_start", to.window.start_us);
    time_field(json, "window_end", to.window.end_us);
    json.field("summary", to.summary).key("event").raw(to.event).end_object();
  }
  json.end_array();
}

void sinks_field(JsonWriter& json, const DaemonStatus& status) {
  json.key("sinks").begin_array();
  for (const SinkStatus& sink : status.sinks) {
    json.begin_object().field("name", sink.name).field("delivered", sink.delivered).field("retried", sink.retried);
    json.field("failed", sink.failed).field("waiting", sink.waiting).end_object();
  }
  json.end_array();
}

void string_list(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

}  // namespace

std::string alert_json(const MonitorStatus& monitor, const AlertStatus& alert, const std::vector<PastTransition>& timeline) {
  return document([&](JsonWriter& json) {
    alert_fields(json, monitor, alert);
    json.key("event");
    alert.event_json.empty() ? json.null() : json.raw(alert.event_json);
    timeline_field(json, timeline);
  });
}

std::string past_alert_json(const std::vector<PastTransition>& timeline) {
  const PastTransition &first = timeline.front(), &last = timeline.back();
  const bool resolved = last.transition == "resolved";
  AlertStatus alert;
  alert.alert_id = last.alert_id;
  alert.kind = last.kind;
  alert.feature = last.feature;
  alert.segment = last.segment;
  alert.severity = last.severity;
  alert.state = resolved ? AlertState::kResolved : last.transition == "pending" ? AlertState::kPending : AlertState::kFiring;
  alert.since_us = first.window.start_us;
  alert.opened_us = first.window.end_us;
  if (resolved) alert.resolved_us = last.window.end_us;
  alert.summary = last.summary;
  alert.event_json = last.event;
  MonitorStatus monitor;
  monitor.name = last.monitor;
  return alert_json(monitor, alert, timeline);
}

namespace {

void write_changes(JsonWriter& json, const ReloadStatus& reload) {
  string_list(json, "kept", reload.kept);
  string_list(json, "reset", reload.reset);
  string_list(json, "added", reload.added);
  string_list(json, "removed", reload.removed);
}

void write_problems(JsonWriter& json, const ReloadStatus& reload) {
  json.key("problems").begin_array();
  for (const ReloadProblem& problem : reload.problems) {
    json.begin_object().field("source", problem.source).field("line", problem.line).field("column", problem.column);
    json.field("message", problem.message).end_object();
  }
  json.end_array();
}

void write_reload(JsonWriter& json, const ReloadStatus* reload) {
  json.key("last_reload");
  if (reload == nullptr) {
    json.null();
    return;
  }
  json.begin_object();
  time_field(json, "time", reload->wall_us);
  json.field("asked_by", reload->asked_by).field("successful", reload->problems.empty());
  write_changes(json, *reload);
  write_problems(json, *reload);
  json.end_object();
}

}  // namespace

std::string reloaded_json(const ReloadStatus& reload) {
  return document([&](JsonWriter& json) { write_changes(json, reload); });
}

std::string reload_refused_json(const ReloadStatus& reload) {
  JsonWriter json;
  json.begin_object().field("status", "error").field("errorType", "bad_data");
  json.field("error", fmt::format("{}; the configuration in force stays", counted(reload.problems.size(), "problem")));
  write_problems(json, reload);
  return json.end_object().take() + "\n";
}

std::string config_json(const DaemonStatus& status, std::string_view yaml) {
  return document([&](JsonWriter& json) {
    json.field("yaml", yaml).field("config_hash", status.config_hash);
    time_field(json, "taken", status.config_reload_wall_us);
    write_reload(json, status.reload.get());
  });
}

std::string runtime_json(const DaemonStatus& status, const RuntimeFacts& facts) {
  const auto write = [&](JsonWriter& json) {
    time_field(json, "now", facts.now_us);
    time_field(json, "started", std::isnan(facts.start_time_seconds) ? kNoTime : static_cast<std::int64_t>(facts.start_time_seconds * 1e6));
    json.field("ready", status.ready);
    string_list(json, "not_ready", status.not_ready);
    string_list(json, "stalled", status.stalled);
    json.field("cpu_seconds", facts.cpu_seconds).field("resident_memory_bytes", facts.resident_bytes);
    json.field("open_files", facts.open_fds).field("most_open_files", facts.max_fds);
    json.key("snapshot").begin_object();
    time_field(json, "last_success", status.snapshot_last_success_wall_us);
    json.field("size_bytes", status.snapshot_size_bytes).field("written", status.snapshots).field("failures", status.snapshot_failures);
    json.end_object().key("history").begin_object().field("enabled", status.history.enabled);
    json.field("size_bytes", status.history.size_bytes).field("windows", status.history.windows);
    json.field("dropped", status.history.dropped).field("failing", status.history.failing).end_object();
    sinks_field(json, status);
    json.key("kafka_errors").begin_object();
    for (const auto& [code, count] : status.kafka_errors) json.field(code, count);
    json.end_object().key("log_messages").begin_object();
    for (const auto& [level, count] : status.log_messages) json.field(level, count);
    json.end_object();
  };
  return document(write);
}

}  // namespace driftd
