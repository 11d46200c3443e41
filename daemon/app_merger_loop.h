// The body of the merger thread: applies outputs of the shards, aligns barriers into snapshots, feeds the sink, publishes status.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/app_messages.h"
#include "daemon/engine_merger.h"
#include "daemon/engine_status.h"
#include "daemon/runtime/heartbeat.h"
#include "daemon/runtime/published.h"
#include "daemon/sink/sink.h"
#include "daemon/state/file_store.h"
#include "daemon/status.h"

namespace driftd {

// What the merger publishes; the source's part of the status comes from the source.
struct EngineStatus {
  std::vector<std::shared_ptr<const MonitorStatus>> monitors;
  std::vector<PartitionStatus> partitions;
  SinkStatus sink;
  std::vector<SinkStatus> pushes;  // in the order of EnginePlan::pushes: what waits, and what was given up because too much did
  std::map<std::pair<std::string, std::string>, std::uint64_t> dead_letters;  // as in DaemonStatus
  std::int64_t snapshot_last_success_wall_us = kNoTime;
  std::uint64_t snapshot_size_bytes = 0, snapshots = 0, snapshot_failures = 0;
  Timings snapshot_times;                            // from the first barrier to the disk, failures included
  std::map<std::string, std::uint64_t> state_bytes;  // as in DaemonStatus
  std::uint64_t outbox_bytes = 0;
  std::map<TopicPartition, std::int64_t> durable_offsets;  // next offset in the last snapshot: what may be committed
};

struct MergerLoopOptions {
  std::uint32_t shards = 1;
  FileStore* store = nullptr;                               // nullptr: no snapshots
  RecordSink* sink = nullptr;                               // nullptr: records stay in the outbox and are dropped (replay)
  std::vector<RecordSink*> pushes = {};                     // in the order of EnginePlan::pushes; empty: as if there were none
  std::uint64_t outbox_bytes = 64ULL << 20;                 // more unacknowledged than this: outputs wait, and so the source
  std::function<bool()> flush_sink = {};                    // at the end, before the last snapshot: gives the sink a moment to deliver
  std::function<void()> before_snapshot = {};               // what must be safe elsewhere before a snapshot forgets how to make it again
  std::function<void(const ClosedWindow&)> on_window = {};  // log, replay and demo listen here
  std::vector<std::shared_ptr<const MonitorStatus>> before = {};  // monitors of the engine whose place this one takes: their counts go on
};

class MergerLoop {
 public:
  MergerLoop(const EnginePlan& plan, MergerQueue& in, MergerLoopOptions options, FlowMeter& meter);

  // Restores from a snapshot. Error: what is wrong with it.
  std::expected<void, std::string> restore(const Snapshot& snapshot);
  // Positions are durable before the first poll (decision 7); at the very start as generation 0. states: those of a snapshot.
  std::expected<void, StoreError> save_initial(const std::map<TopicPartition, std::int64_t>& positions,
                                               const std::map<std::string, std::string>& topic_ids = {},
                                               const std::map<TopicPartition, std::string>& states = {});

  // Until every shard stopped. False: a failure that ends the process; failure() tells.
  bool run();
  void drain() { draining_ = true; }  // any thread: the end is near, wait for no sink
  const std::string& failure() const { return failure_; }

  const Heartbeat& heartbeat() const { return heartbeat_; }
  const Published<EngineStatus>& status() const { return status_; }
  const std::atomic<bool>& snapshot_wanted() const { return snapshot_wanted_; }
  EngineMerger& engine() { return engine_; }

 private:
  void handle(MergerInput input);
  void apply(ShardOutput output);
  void align(MergerInput input);
  void save(std::map<TopicPartition, std::string> states);
  void feed_sink();
  void feed_pushes();
  void flush_sink();
  bool outbox_full() const;
  void publish(bool force);
  void release_held();

  const EnginePlan& plan_;
  MergerQueue& in_;
  MergerLoopOptions options_;
  FlowMeter& meter_;
  EngineMerger engine_;
  std::map<std::uint32_t, TopicPartition> ids_;
  std::map<std::uint32_t, PartitionCounters> counters_;
  std::uint64_t generation_ = 0;
  bool restored_ = false;
  std::uint32_t stopped_ = 0;

  // Barrier alignment: what shards that have passed the barrier say waits until the others passed it.
  std::optional<std::uint64_t> aligning_;
  std::chrono::steady_clock::time_point aligning_since_;
  std::vector<bool> passed_;
  std::map<TopicPartition, std::string> states_;
  std::vector<MergerInput> held_;

  std::vector<std::shared_ptr<const MonitorStatus>> monitor_status_;  // null: changed since it was published
  std::vector<MonitorProgress> monitor_progress_;                     // by monitor
  std::vector<std::uint64_t> told_given_up_;                          // by receiver: how many the log knows
  EngineStatus progress_;                                             // snapshot fields
  Published<EngineStatus> status_;
  std::chrono::steady_clock::time_point last_publish_{};
  std::atomic<bool> snapshot_wanted_ = false;
  std::atomic<bool> draining_ = false;
  std::string failure_;
  Heartbeat heartbeat_;
};

}  // namespace driftd
