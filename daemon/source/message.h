// OUT of the source: raw records of one source partition, in offset order. Source thread -> shard thread.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/source/writer_schema.h"

namespace driftd {

inline constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

// The order in which everything is merged: ascending (topic, partition).
struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

// One record. The views live as long as the batch that holds it.
struct Message {
  std::int64_t offset = 0;
  std::int64_t record_time_us = kNoTime;  // microseconds since 1970; kNoTime: the record has none
  std::string_view payload;
  std::string_view key;
  bool tombstone = false;  // no payload at all, unlike an empty one
  // Of formats with a schema registry: what its writer meant by the bytes; kUnknownSchema: the registry has no such id; null: no id
  // can be read. Lives as long as the batch.
  const WriterSchema* schema = nullptr;
};

// A range of offsets that was not delivered: [from, to). Lost: gone before it was read. Otherwise skipped: markers, compaction.
struct OffsetGap {
  std::int64_t from = 0, to = 0;
  bool lost = false;
};

// Owns what the views of a batch point into (librdkafka messages, or a file's buffer).
class MessageStorage {
 public:
  virtual ~MessageStorage() = default;
};

struct MessageBatch {
  std::uint32_t source_partition = 0;  // index given by the source when it announced the partition
  std::vector<Message> messages;       // offsets strictly increasing
  std::vector<OffsetGap> gaps;         // in offset order
  std::unique_ptr<MessageStorage> storage;
  std::vector<std::shared_ptr<const WriterSchema>> schemas;  // what the messages point at
};

}  // namespace driftd
