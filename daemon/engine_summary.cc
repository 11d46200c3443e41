#include "daemon/engine_summary.h"

#include <fmt/format.h>

#include <numeric>

#include "daemon/monitor/verdict_codec.h"

namespace driftd {

namespace {

// By state_key: the panes that all partitions hold open for it.
using OpenPanes = std::map<std::string, std::uint64_t>;

bool add_partition(const TopicPartition& id, const SnapshotSection& section, SnapshotSummary& summary, OpenPanes& open) {
  const auto saved = read_saved_partition(partition_state(section));
  if (!saved) return false;
  PartitionSummary partition{id, saved->counters, saved->last, false, 0};
  for (const auto& [key, panes] : saved->open_panes) {
    partition.open_panes += panes;
    open[key] += panes;
  }
  summary.partitions.push_back(std::move(partition));
  return true;
}

// The fields of a monitor's section in the order that EngineMerger::save gives them.
bool add_monitor(std::string_view name, const SnapshotSection& section, SnapshotSummary& summary) {
  ByteReader in(section.bytes);
  MonitorSummary monitor;
  monitor.name = name;
  monitor.definition = in.string();
  auto alerts = read_saved_alerts(in.string());
  ByteReader judge(in.string());
  monitor.detector_bytes = MonitorJudge::read_sizes(judge);
  if (!in.ok() || !alerts || !judge.done()) return false;
  monitor.open = std::move(alerts->open);
  monitor.resolved = alerts->resolved;
  const MonitorHistory history = load_history(in, section.version);
  monitor.windows_closed = std::accumulate(history.windows_closed.begin(), history.windows_closed.end(), std::uint64_t{0});
  monitor.evaluated = history.evaluations_ok;
  monitor.insufficient = history.evaluations_insufficient;
  if (in.boolean() && !load_judgement(in, monitor.last.emplace())) return false;
  summary.monitors.push_back(std::move(monitor));
  return in.done();
}

// A receiver by HTTP counts under its name, as a topic does under its own.
bool add_outbox(const SnapshotSection& section, SnapshotSummary& summary) {
  ByteReader in(section.bytes);
  Outbox outbox;
  if (!outbox.load(in, section.version) || !in.done()) return false;
  for (const auto& [to, waiting] : outbox.waiting_by_topic()) summary.outbox[to] += waiting;
  summary.outbox_bytes += outbox.bytes();
  summary.delivered += outbox.delivered();
  return true;
}

bool mark_idle(std::string_view bytes, SnapshotSummary& summary) {
  ByteReader in(bytes);
  const auto idle = WindowMerger::read_idle(in);
  for (PartitionSummary& partition : summary.partitions) {
    if (const auto found = idle.find(partition.id); found != idle.end()) partition.idle = found->second;
  }
  return in.ok();
}

bool add_section(const SnapshotSection& section, SnapshotSummary& summary, OpenPanes& open) {
  if (const auto id = partition_of_section(section.id)) return add_partition(*id, section, summary, open);
  const std::string_view name = section.id;
  if (name.starts_with(kMonitorSection)) return add_monitor(name.substr(kMonitorSection.size()), section, summary);
  if (name == kConfigSection) summary.config_hash = section.bytes;
  if (name == kOutboxSection || name.starts_with(kPushSection)) return add_outbox(section, summary);
  return true;
}

}  // namespace

std::expected<SnapshotSummary, std::string> summarize(const Snapshot& snapshot) {
  SnapshotSummary summary;
  OpenPanes open;
  for (const SnapshotSection& section : snapshot.sections) {
    if (!add_section(section, summary, open)) return std::unexpected("section '" + section.id + "' cannot be read");
  }
  const SnapshotSection* merger = snapshot.find(kMergerSection);
  if (merger != nullptr && !mark_idle(merger->bytes, summary)) return std::unexpected("section 'merger' cannot be read");
  for (MonitorSummary& monitor : summary.monitors) {
    if (const auto found = open.find(monitor.definition); found != open.end()) monitor.open_panes = found->second;
  }
  return summary;
}

namespace {

// The newest version of a section that this driftd reads. All were 1 at first.
std::uint32_t known_version(const SnapshotSection& section) {
  if (partition_of_section(section.id)) return kPartitionVersion;
  if (section.id.starts_with(kMonitorSection)) return kMonitorVersion;
  if (section.id == kOutboxSection || section.id.starts_with(kPushSection)) return Outbox::kVersion;
  return section.id == kMergerSection ? WindowMerger::kVersion : 1;
}

}  // namespace

std::string unknown_section(const Snapshot& snapshot) {
  for (const SnapshotSection& section : snapshot.sections) {
    if (!section.mandatory || section.version <= known_version(section)) continue;
    return fmt::format("section '{}' of the snapshot has version {}, and this driftd reads up to {}: it was written by a newer one",
                       section.id, section.version, known_version(section));
  }
  std::vector<std::string_view> known{kConfigSection, kMergerSection, kOutboxSection};
  for (const SnapshotSection& section : snapshot.sections) {
    const bool of_many =
        section.id.starts_with(kMonitorSection) || section.id.starts_with(kLabelsSection) || section.id.starts_with(kPushSection);
    if (of_many || partition_of_section(section.id)) known.push_back(section.id);
  }
  return unknown_mandatory_section(snapshot, known);
}

}  // namespace driftd
