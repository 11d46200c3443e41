// What a snapshot says by itself, without the configuration it belongs to: for `driftd state inspect`. Pure; any thread.
// Cost: one pass over the bytes.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/alert/alert_life.h"
#include "daemon/engine_merger.h"
#include "daemon/engine_shard.h"
#include "daemon/state/snapshot.h"

namespace driftd {

struct PartitionSummary {
  TopicPartition id;
  PartitionCounters counters;
  LastRead last;
  bool idle = false;
  std::uint64_t open_panes = 0;  // of all monitors
};

struct MonitorSummary {
  std::string name;
  std::string definition;        // JSON: what its statistics depend on
  std::uint64_t open_panes = 0;  // of all partitions
  std::uint64_t windows_closed = 0, evaluated = 0, insufficient = 0;
  std::optional<Judgement> last;  // window; nullopt: none yet
  std::vector<OpenAlert> open;
  std::uint64_t resolved = 0;  // that are remembered
  std::vector<std::size_t> detector_bytes;
};

struct SnapshotSummary {
  std::string config_hash;                   // "" = not said
  std::vector<PartitionSummary> partitions;  // as the snapshot has them: by topic and number
  std::vector<MonitorSummary> monitors;
  std::map<std::string, std::uint64_t> outbox;  // records that wait to leave, by topic
  std::uint64_t outbox_bytes = 0, delivered = 0;
};

// The error names the section that cannot be read.
std::expected<SnapshotSummary, std::string> summarize(const Snapshot& snapshot);

// What keeps this driftd from reading the snapshot at all; "" = nothing: the sections have the names and versions it knows.
std::string unknown_section(const Snapshot& snapshot);

}  // namespace driftd
