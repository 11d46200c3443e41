// What the threads of a running engine hand to one another. Source -> shard -> merger; the source also speaks to the merger
// directly where it must be heard before any output of a record that follows.
#pragma once

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
  std::uint64_t barrier = 0;            // kBarrier: everything before it is in the snapshot, nothing after it
};

struct MergerInput {
  enum class Kind : std::uint8_t { kPartition, kOutput, kBarrier, kStopped, kFailed };
  Kind kind = Kind::kStopped;
  std::uint32_t shard = 0;      // kOutput, kBarrier, kStopped: who speaks
  std::uint32_t partition = 0;  // kPartition
  TopicPartition id;            // kPartition
  ShardOutput output;
  std::uint64_t barrier = 0;
  std::map<TopicPartition, std::string> states;  // kBarrier: of the shard's partitions
  std::string failure;                           // kFailed
};

using ShardQueue = BoundedQueue<ShardInput>;
using MergerQueue = BoundedQueue<MergerInput>;

}  // namespace driftd
