// What the threads of a running engine hand to one another. Source -> shard -> merger; the source also speaks to the merger
// directly where it must be heard before any output of a record that follows.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "daemon/engine_shard.h"
#include "daemon/runtime/bounded_queue.h"
#include "daemon/source/message.h"

namespace driftd {

struct ShardInput {
  enum class Kind : std::uint8_t { kPartition, kBatch, kIdle, kFinished, kBarrier, kStop };
  Kind kind = Kind::kStop;
  std::uint32_t partition = 0;
  TopicPartition id;                    // kPartition
  std::int64_t start = 0;               // kPartition
  std::string state;                    // kPartition: of the snapshot, or empty
  std::string topic_id;                 // kPartition: "" = there is none
  std::unique_ptr<MessageBatch> batch;  // kBatch
  std::uint64_t bytes = 0;              // kBatch: of payload
  std::uint64_t barrier = 0;            // kBarrier: everything before it is in the snapshot, nothing after it
  Silence silence;                      // kIdle
};

struct MergerInput {
  enum class Kind : std::uint8_t { kPartition, kOutput, kBarrier, kStopped, kFailed };
  Kind kind = Kind::kStopped;
  std::uint32_t shard = 0;      // kOutput, kBarrier, kStopped: who speaks
  std::uint32_t partition = 0;  // kPartition
  TopicPartition id;            // kPartition
  ShardOutput output;           // kOutput; kPartition: its counters, with which the partition begins
  std::uint64_t barrier = 0;
  std::map<TopicPartition, std::string> states;  // kBarrier: of the shard's partitions
  std::string failure;                           // kFailed
};

// How long stages waited for the one behind them, and what waits before the shards. Each adds on its own thread, any reads.
class FlowMeter {
 public:
  enum Stage : std::uint8_t { kIngest, kWindow, kAlert };
  void add_wait(Stage stage, std::chrono::nanoseconds time) { waited_ns_[stage].fetch_add(time.count(), std::memory_order_relaxed); }
  double waited_seconds(Stage stage) const { return static_cast<double>(waited_ns_[stage].load(std::memory_order_relaxed)) / 1e9; }
  void enter(std::uint64_t bytes) { shard_bytes_.fetch_add(bytes, std::memory_order_relaxed); }
  void leave(std::uint64_t bytes) { shard_bytes_.fetch_sub(bytes, std::memory_order_relaxed); }
  std::uint64_t shard_bytes() const { return shard_bytes_.load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<std::int64_t>, 3> waited_ns_{};
  std::atomic<std::uint64_t> shard_bytes_ = 0;
};

using ShardQueue = BoundedQueue<ShardInput>;
using MergerQueue = BoundedQueue<MergerInput>;

}  // namespace driftd
