// A source of records: Kafka, or files. Owned by the source thread, which alone calls it (except where said).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/source/message.h"

namespace driftd {

struct SourceEvent {
  enum class Kind : std::uint8_t {
    kNothing,    // nothing within the timeout
    kPartition,  // a partition appeared: `partition` is its new index, `id` its name, `start` its first offset
    kBatch,      // records of `partition`
    kCaughtUp,   // the end of `partition` was reached; more may come
    kFinished,   // no more records of `partition` will ever come (files)
  };
  Kind kind = Kind::kNothing;
  std::uint32_t partition = 0;
  TopicPartition id;
  std::int64_t start = 0;
  std::unique_ptr<MessageBatch> batch;
  std::string topic_id = {};  // kPartition: "" = there is none
};

class Source {
 public:
  virtual ~Source() = default;
  virtual SourceEvent poll(std::chrono::milliseconds timeout) = 0;
  virtual void pause(std::uint32_t partition) = 0;  // back-pressure: nothing is dropped
  virtual void resume(std::uint32_t partition) = 0;
  virtual bool answers() const { return true; }                   // false: nobody can say whether there is more to read
  virtual void recycle(std::unique_ptr<MessageBatch> batch) = 0;  // any thread: the batch may be reused
};

}  // namespace driftd
