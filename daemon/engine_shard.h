// Stage 1 of the engine: the source partitions of one shard, records in, closed panes out. No I/O, no clock; thread: one shard.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/decode/decoder.h"
#include "daemon/engine_plan.h"
#include "daemon/sink/sink.h"
#include "daemon/source/last_read.h"
#include "daemon/source/message.h"
#include "daemon/state/snapshot.h"
#include "daemon/window/partition_panes.h"

namespace driftd {

// Exact over restarts: part of the state.
struct PartitionCounters {
  std::int64_t next_offset = 0;
  std::int64_t watermark_us = kNoTime;
  std::uint64_t records = 0, bytes = 0, rows = 0, late = 0, lost = 0, skipped = 0;
  std::array<std::uint64_t, kRejects> rejected{};
  std::int64_t last_record_us = kNoTime;  // record time of the newest record since the start; no part of the state
};

// What one batch of messages (or an end, or an idle mark) of one partition caused.
struct ShardOutput {
  enum class Mark : std::uint8_t { kNone, kIdle, kFinished };
  std::uint32_t source_partition = 0;
  Mark mark = Mark::kNone;
  PartitionCounters counters;
  std::vector<Partial> partials;
  std::vector<SilentUntil> silent_until;  // kIdle
  std::vector<OutRecord> dead_letters;
};

class EngineShard {
 public:
  explicit EngineShard(const EnginePlan& plan);

  // state: of save(), or empty for a partition that starts afresh at next_offset. topic_id: the present one; "" = none is known, and
  // that of the state stays. False: corrupt.
  bool add_partition(std::uint32_t source_partition, const TopicPartition& id, std::int64_t next_offset, std::string_view state,
                     std::string_view topic_id = {});
  void consume(const MessageBatch& batch, ShardOutput& output);
  void finish(std::uint32_t source_partition, ShardOutput& output);
  bool idle(std::uint32_t source_partition, const Silence& silence, ShardOutput& output);  // false: there is nothing new to say

  // State of each partition, by name: next_offset, counters, what was read last, panes. Equal state, equal bytes.
  std::map<TopicPartition, std::string> save() const;

 private:
  struct Partition {
    TopicPartition id;
    std::uint32_t stream = 0;
    PartitionCounters counters;
    LastRead last;
    PartitionPanes panes;
  };
  struct StreamDecoder {
    std::unique_ptr<Decoder> decoder;
    RecordBatch batch;
  };
  void apply_gaps(Partition& partition, const MessageBatch& batch);
  void reject(Partition& partition, const MessageBatch& batch, const RejectedRecord& rejected, ShardOutput& output);
  void report(const Partition& partition, ShardOutput& output) const;

  const EnginePlan& plan_;
  std::vector<StreamDecoder> streams_;
  std::map<std::uint32_t, Partition> partitions_;
};

// The section of a snapshot that holds a partition's state: "partition/<topic>/<number>"; and back, nullopt: another section.
std::string partition_section(const TopicPartition& id);
std::optional<TopicPartition> partition_of_section(const std::string& section);
// Version 2 has what was read last.
inline constexpr std::uint32_t kPartitionVersion = 2;
SnapshotSection save_partition_section(const TopicPartition& id, std::string state);
// The state in such a section, as of version kPartitionVersion, whatever version it has. "" = corrupt.
std::string partition_state(const SnapshotSection& section);

// What saved partition state says without a plan; nullopt: corrupt.
struct SavedPartition {
  PartitionCounters counters;
  LastRead last;
  std::map<std::string, std::uint64_t> open_panes;  // by state_key of the monitor
};
std::optional<SavedPartition> read_saved_partition(std::string_view state);

// next_offset of saved partition state; nullopt: corrupt.
std::optional<std::int64_t> saved_next_offset(std::string_view state);

}  // namespace driftd
