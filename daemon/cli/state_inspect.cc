#include "daemon/cli/state_inspect.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "daemon/cli/state.h"
#include "daemon/decode/json_flatten.h"
#include "daemon/runtime/event_time.h"
#include "daemon/runtime/json_writer.h"
#include "daemon/window/partition_panes.h"

namespace driftd {
namespace {

std::uint64_t rejected(const PartitionCounters& counters) {
  return std::accumulate(counters.rejected.begin(), counters.rejected.end(), std::uint64_t{0});
}

std::string time_text(std::int64_t time_us) {
  if (time_us == PartitionPanes::kFinished) return "finished";
  return time_us >= kMinEventTime && time_us <= kMaxEventTime ? format_event_time(time_us) : "-";
}

std::uint64_t rows_of(const MonitorSummary& monitor) {
  return monitor.last && !monitor.last->segment_rows.empty() ? monitor.last->segment_rows.front() : 0;
}

// The reference's id in a monitor's definition.
std::string reference_of(const std::string& definition) {
  JsonFlattener flattener;
  if (flattener.flatten(definition)) return "-";
  const auto found = std::ranges::find(flattener.fields(), "reference", &JsonField::path);
  return found == flattener.fields().end() ? "-" : std::string(found->text);
}

std::string sections_table(const Snapshot& snapshot) {
  std::size_t width = 7;
  for (const auto& section : snapshot.sections) width = std::max(width, section.id.size());
  std::string text = fmt::format("\n{:<{}}  {:>12}  {}\n", "section", width, "bytes", "checksum");
  for (const auto& section : snapshot.sections) {
    text += fmt::format("{:<{}}  {:>12}  {:016x}\n", section.id, width, section.bytes.size(), section_checksum(section));
  }
  return text;
}

std::string partitions_table(const std::vector<PartitionSummary>& partitions) {
  std::size_t width = 9;
  const auto name = [](const PartitionSummary& partition) { return fmt::format("{}/{}", partition.id.topic, partition.id.partition); };
  for (const auto& partition : partitions) width = std::max(width, name(partition).size());
  std::string text = fmt::format("\n{:<{}}  {:>12}  {:<24}  {:>12}  {:>12}  {:>8}  {:>8}  {:>8}  {:>10}\n", "partition", width,
                                 "next offset", "watermark", "records", "rows", "late", "rejected", "lost", "open panes");
  for (const auto& partition : partitions) {
    const PartitionCounters& counters = partition.counters;
    text += fmt::format("{:<{}}  {:>12}  {:<24}  {:>12}  {:>12}  {:>8}  {:>8}  {:>8}  {:>10}{}\n", name(partition), width,
                        counters.next_offset, time_text(counters.watermark_us), counters.records, counters.rows, counters.late,
                        rejected(counters), counters.lost, partition.open_panes, partition.idle ? "  idle" : "");
  }
  return text;
}

// What the next start compares with the brokers.
std::string last_reads_table(const std::vector<PartitionSummary>& partitions) {
  std::size_t width = 9;
  const auto name = [](const PartitionSummary& partition) { return fmt::format("{}/{}", partition.id.topic, partition.id.partition); };
  for (const auto& partition : partitions) width = std::max(width, name(partition).size());
  std::string text =
      fmt::format("\n{:<{}}  {:>12}  {:<24}  {:<16}  {}\n", "partition", width, "last record", "its time", "xxh3", "topic id");
  for (const auto& partition : partitions) {
    const auto& [topic_id, record] = partition.last;
    const bool any = record.offset >= 0;
    text += fmt::format("{:<{}}  {:>12}  {:<24}  {:<16}  {}\n", name(partition), width, any ? std::to_string(record.offset) : "-",
                        time_text(record.time_us), any ? fmt::format("{:016x}", record.xxh3) : "-", topic_id.empty() ? "-" : topic_id);
  }
  return text;
}

std::string monitor_lines(const MonitorSummary& monitor) {
  const auto bytes = std::accumulate(monitor.detector_bytes.begin(), monitor.detector_bytes.end(), std::size_t{0});
  std::string text =
      fmt::format("\nmonitor {}\n  reference   {}\n  windows     {} closed, {} judged, {} with too few rows; {} open panes\n", monitor.name,
                  reference_of(monitor.definition), monitor.windows_closed, monitor.evaluated, monitor.insufficient, monitor.open_panes);
  if (monitor.last) {
    text += fmt::format("  last        {} to {}, {} rows\n", time_text(monitor.last->start_us), time_text(monitor.last->end_us),
                        rows_of(monitor));
  }
  text += fmt::format("  detectors   {} sequential, {} bytes\n", monitor.detector_bytes.size(), bytes);
  text += fmt::format("  alerts      {} open, {} resolved remembered\n", monitor.open.size(), monitor.resolved);
  for (const OpenAlert& alert : monitor.open) {
    text += fmt::format("    {} {} {} since {}: {}\n", alert.alert_id, alert.critical ? "critical" : "warning",
                        alert.firing ? "firing" : "pending", time_text(alert.start_us), alert.summary);
  }
  return text;
}

std::string outbox_line(const SnapshotSummary& summary) {
  std::string text = fmt::format("\noutbox: {} delivered", summary.delivered);
  for (const auto& [topic, count] : summary.outbox) text += fmt::format(", {} waiting for {}", count, topic);
  return text + fmt::format(", {} bytes waiting\n", summary.outbox_bytes);
}

void write_time(JsonWriter& json, std::string_view name, std::int64_t time_us) {
  json.key(name);
  time_us >= kMinEventTime&& time_us <= kMaxEventTime ? json.string(format_event_time(time_us)) : json.null();
}

void write_sections(JsonWriter& json, const Snapshot& snapshot) {
  json.key("sections").begin_array();
  for (const auto& section : snapshot.sections) {
    json.begin_object().field("id", section.id).field("version", section.version).field("mandatory", section.mandatory);
    json.field("size_bytes", std::uint64_t{section.bytes.size()}).field("xxh3_64", fmt::format("{:016x}", section_checksum(section)));
    json.end_object();
  }
  json.end_array();
}

void write_partition(JsonWriter& json, const PartitionSummary& partition) {
  const PartitionCounters& counters = partition.counters;
  json.begin_object().field("topic", partition.id.topic).field("partition", partition.id.partition);
  json.field("next_offset", counters.next_offset).field("idle", partition.idle);
  json.field("finished", counters.watermark_us == PartitionPanes::kFinished);
  write_time(json, "watermark", counters.watermark_us);
  json.field("records", counters.records).field("bytes", counters.bytes).field("rows", counters.rows).field("late", counters.late);
  json.field("lost", counters.lost).field("skipped", counters.skipped).key("rejected").begin_object();
  for (std::size_t i = 0; i < kRejects; ++i) json.field(reject_name(static_cast<Reject>(i)), counters.rejected[i]);
  json.end_object().field("open_panes", partition.open_panes).field("topic_id", partition.last.topic_id).key("last_record");
  if (partition.last.record.offset >= 0) {
    json.begin_object().field("offset", partition.last.record.offset);
    write_time(json, "time", partition.last.record.time_us);
    json.field("xxh3_64", fmt::format("{:016x}", partition.last.record.xxh3)).end_object();
  } else {
    json.null();
  }
  json.end_object();
}

void write_alert(JsonWriter& json, const OpenAlert& alert) {
  json.begin_object().field("alert_id", alert.alert_id).field("state", alert.firing ? "firing" : "pending");
  json.field("severity", alert.critical ? "critical" : "warning").field("method", alert.method);
  write_time(json, "window_start", alert.start_us);
  write_time(json, "window_end", alert.end_us);
  json.field("summary", alert.summary).end_object();
}

void write_monitor(JsonWriter& json, const MonitorSummary& monitor) {
  json.begin_object().field("name", monitor.name).key("definition");
  monitor.definition.starts_with('{') ? json.raw(monitor.definition) : json.string(monitor.definition);
  json.field("windows_closed", monitor.windows_closed).field("evaluated", monitor.evaluated).field("insufficient", monitor.insufficient);
  json.field("open_panes", monitor.open_panes).key("last_window");
  if (monitor.last) {
    json.begin_object();
    write_time(json, "start", monitor.last->start_us);
    write_time(json, "end", monitor.last->end_us);
    json.field("rows", rows_of(monitor)).end_object();
  } else {
    json.null();
  }
  json.key("detector_bytes").begin_array();
  for (const std::size_t bytes : monitor.detector_bytes) json.number(std::uint64_t{bytes});
  json.end_array().key("open_alerts").begin_array();
  for (const OpenAlert& alert : monitor.open) write_alert(json, alert);
  json.end_array().field("resolved_alerts", monitor.resolved).end_object();
}

void write_outbox(JsonWriter& json, const SnapshotSummary& summary) {
  json.key("outbox").begin_object().field("delivered", summary.delivered).field("waiting_bytes", summary.outbox_bytes);
  json.key("waiting").begin_object();
  for (const auto& [topic, count] : summary.outbox) json.field(topic, count);
  json.end_object().end_object();
}

void write_snapshot(JsonWriter& json, const StoredSnapshot& stored, const SnapshotSummary& summary) {
  json.begin_object().field("file", stored.name).field("generation", stored.snapshot.generation);
  json.field("config_hash", summary.config_hash);
  write_sections(json, stored.snapshot);
  json.key("partitions").begin_array();
  for (const auto& partition : summary.partitions) write_partition(json, partition);
  json.end_array().key("monitors").begin_array();
  for (const auto& monitor : summary.monitors) write_monitor(json, monitor);
  json.end_array();
  write_outbox(json, summary);
  json.end_object();
}

}  // namespace

std::string inspect_page(const InspectedState& state) {
  std::string text = state_report(state.dir, state.files).table;
  if (!state.snapshot) return text;
  text += fmt::format("\ngeneration {}", state.snapshot->snapshot.generation);
  if (!state.summary.config_hash.empty()) text += fmt::format(", written under configuration {}", state.summary.config_hash);
  text += '\n' + sections_table(state.snapshot->snapshot) + partitions_table(state.summary.partitions) +
          last_reads_table(state.summary.partitions);
  for (const auto& monitor : state.summary.monitors) text += monitor_lines(monitor);
  return text + outbox_line(state.summary);
}

std::string inspect_json(const InspectedState& state) {
  JsonWriter json(1);
  json.begin_object().field("dir", state.dir).key("generations").begin_array();
  for (const auto& file : state.files) {
    json.begin_object().field("file", file.name).field("generation", file.generation).field("size_bytes", file.size_bytes);
    json.field("problem", file.problem).end_object();
  }
  json.end_array().key("snapshot");
  state.snapshot ? write_snapshot(json, *state.snapshot, state.summary) : void(json.null());
  return json.end_object().take() + '\n';
}

}  // namespace driftd
