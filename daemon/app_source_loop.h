// The body of the source thread: polls, hands batches to the shard that owns the partition, pauses what a full shard cannot
// take or what waits for a schema, decides who is idle, and asks for snapshots. Never blocks on the engine for longer than a poll.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/app_messages.h"
#include "daemon/engine_plan.h"
#include "daemon/registry/schema_registry.h"
#include "daemon/runtime/heartbeat.h"
#include "daemon/source/source.h"

namespace driftd {

struct SourceLoopOptions {
  std::chrono::milliseconds snapshot_interval{0};  // 0: no snapshots (replay)
  std::uint64_t snapshot_records = 0;
  bool blocking = false;                    // replay: wait for a full shard instead of pausing the partition
  std::function<void()> every_second = {};  // on the source thread; may be empty
  SchemaRegistry* registry = nullptr;       // for streams whose records name schemas; null: there are none
};

class SourceLoop {
 public:
  using Clock = std::chrono::steady_clock;
  // What it is given outlives it.
  struct Links {
    std::vector<ShardQueue*> shards;
    MergerQueue& merger;
    FlowMeter& meter;
  };
  SourceLoop(const EnginePlan& plan, Source& source, Links links, SourceLoopOptions options);

  // States of a snapshot, for the partitions that are announced later.
  void restore(std::map<TopicPartition, std::string> states) { restored_ = std::move(states); }
  // Handles announcements and batches until `stop` is set or every partition is finished; then a last barrier and kStop.
  void run(const std::atomic<bool>& stop, const std::atomic<bool>& snapshot_wanted);
  const Heartbeat& heartbeat() const { return heartbeat_; }

 private:
  struct Partition {
    TopicPartition id;
    std::uint32_t shard = 0;
    std::uint32_t stream = 0;
    bool schemas = false;  // its records name schemas that have to be known before a shard can read them
    bool caught_up = false, paused = false, finished = false;
    Clock::time_point last_record{}, idle_said{};
    std::deque<ShardInput> waiting;  // what a full shard could not take, or waits for a schema, in order
  };
  void handle(SourceEvent event);
  void add_partition(const SourceEvent& event);
  void deliver(std::uint32_t index, ShardInput input);
  void retry_waiting();
  bool schemas_known(const Partition& partition, ShardInput& input);
  void meter_waiting();
  void mark_idle();
  void barrier();
  void housekeeping();
  bool all_finished() const;
  void push(std::uint32_t shard, ShardInput input);  // waits for room
  bool try_push(std::uint32_t shard, ShardInput& input);

  const EnginePlan& plan_;
  Source& source_;
  std::vector<ShardQueue*> shards_;
  MergerQueue& merger_;
  FlowMeter& meter_;
  SourceLoopOptions options_;
  std::map<TopicPartition, std::string> restored_;
  std::map<std::uint32_t, Partition> partitions_;
  std::size_t waiting_ = 0;  // inputs in Partition::waiting
  bool shard_full_ = false;  // one of them waits for room, and not for a schema
  std::uint64_t barrier_ = 0;
  std::uint64_t records_since_snapshot_ = 0;
  Clock::time_point last_snapshot_{};
  Clock::time_point last_idle_check_{};
  Clock::time_point last_second_{};
  Clock::time_point last_look_{};  // at what waits
  Heartbeat heartbeat_;
};

}  // namespace driftd
