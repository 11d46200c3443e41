// A Kafka inside the process, for `driftd demo` and the tests: librdkafka's mock cluster. Loopback only, no security.
// It forgets: a partition keeps 5 MiB of compressed batches or 100,000 batches, whichever is less (older ones are gone
// as by retention). No compaction, no transactions, no topic administration over the wire, no look-up by time.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/source/kafka_handles.h"

namespace driftd {

// Any one thread at a time. The cluster lives as long as this.
class MockBroker {
 public:
  static std::expected<std::unique_ptr<MockBroker>, std::string> start(int brokers);

  std::string bootstrap() const;  // "127.0.0.1:PORT,..."
  std::expected<void, std::string> create_topic(const std::string& name, int partitions);

  // Faults, for tests. Brokers count from 1.
  void set_down(int broker);
  void set_up(int broker);
  void fail_next(std::int16_t api_key, int error, int times);  // the next requests of this kind get this error code

 private:
  MockBroker(KafkaClient client, KafkaMockCluster cluster) : client_(std::move(client)), cluster_(std::move(cluster)) {}
  KafkaClient client_;
  KafkaMockCluster cluster_;  // destroyed before its client
};

// Writes records at the pace of whoever reads them, so that the mock never forgets what was not read yet. One thread.
class PacedProducer {
 public:
  struct Record {
    std::int32_t partition = 0;
    std::string_view key, value;
    std::int64_t time_us = 0;
  };
  struct Pace {
    std::function<std::uint64_t()> read;  // records of the topic read so far; null: no pacing
    std::uint64_t most_ahead = 0;         // records written and not read
  };

  static std::expected<std::unique_ptr<PacedProducer>, std::string> start(const std::string& bootstrap, std::string topic, Pace pace);

  // Waits for the reader at most `budget`. False: the record was not written, try again.
  bool produce(const Record& record, std::chrono::milliseconds budget);
  bool flush(std::chrono::milliseconds budget);  // true: everything written is acknowledged
  std::uint64_t failed() const { return failed_; }

 private:
  PacedProducer(KafkaClient client, std::string topic, Pace pace);
  void serve(std::chrono::milliseconds wait);
  KafkaClient client_;
  KafkaQueue events_;
  std::string topic_;
  Pace pace_;
  std::uint64_t written_ = 0, failed_ = 0;
};

}  // namespace driftd
