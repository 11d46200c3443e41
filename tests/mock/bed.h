// What the tests against the mock cluster share: a cluster with topics, records in it, and a reader with a deadline.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/source/kafka_mock.h"
#include "daemon/source/kafka_source.h"

namespace driftd::mock {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr seconds kDeadline{30};  // wide: no test waits for it unless it fails

template <typename T>
T must(std::expected<T, std::string> result) {
  REQUIRE_MESSAGE(result.has_value(), (result ? std::string() : result.error()));
  return std::move(*result);
}

inline std::unique_ptr<MockBroker> cluster(const std::string& topic, int partitions, int brokers = 1) {
  auto broker = must(MockBroker::start(brokers));
  REQUIRE(broker->create_topic(topic, partitions).has_value());
  return broker;
}

inline KafkaConfig kafka_of(const MockBroker& broker) {
  KafkaConfig kafka;
  kafka.brokers = {broker.bootstrap()};
  kafka.librdkafka = {{"reconnect.backoff.max.ms", "200"}};
  return kafka;
}

inline std::vector<StreamConfig> stream_of(const std::string& topic, StartAt start = StartAt::kEarliest) {
  StreamConfig stream;
  stream.name = topic;
  stream.topics = {topic};
  stream.start = start;
  return {stream};
}

// Writes value(i) for i in [from, to), round robin over the partitions, and waits for the acknowledgements.
inline void fill(const MockBroker& broker, const std::string& topic, int partitions, std::pair<int, int> range,
                 const std::function<std::string(int)>& value) {
  auto producer = must(PacedProducer::start(broker.bootstrap(), topic, {}));
  for (int i = range.first; i < range.second; ++i) {
    REQUIRE(producer->produce({i % partitions, std::to_string(i), value(i), (1'000'000LL + i) * 1000}, kDeadline));
  }
  REQUIRE(producer->flush(kDeadline));
}

inline std::string plain(int i) { return "value-" + std::to_string(i); }

// Everything read, by partition.
struct Reader {
  struct Seen {
    std::int64_t start = -1, next = -1;
    std::vector<std::string> values;
    std::vector<OffsetGap> gaps;
    bool caught_up = false;
  };
  KafkaSource& source;
  std::map<TopicPartition, Seen> seen{};
  std::vector<TopicPartition> by_index{};
  std::size_t records = 0;

  void take(SourceEvent event) {
    if (event.kind == SourceEvent::Kind::kPartition) {
      REQUIRE(event.partition == by_index.size());
      by_index.push_back(event.id);
      seen[event.id].start = seen[event.id].next = event.start;
    }
    if (event.kind == SourceEvent::Kind::kCaughtUp) seen[by_index.at(event.partition)].caught_up = true;
    if (event.kind != SourceEvent::Kind::kBatch) return;
    auto& to = seen[by_index.at(event.batch->source_partition)];
    // Records and gaps together cover the offsets without a hole and without an overlap.
    auto gap = event.batch->gaps.begin();
    const auto cover_gaps = [&] {
      for (; gap != event.batch->gaps.end() && gap->from == to.next; ++gap) to.gaps.push_back(*gap), to.next = gap->to;
    };
    for (const auto& message : event.batch->messages) {
      cover_gaps();
      REQUIRE(message.offset == to.next);
      to.next = message.offset + 1;
      to.values.emplace_back(message.payload);
      ++records;
    }
    cover_gaps();
    REQUIRE(gap == event.batch->gaps.end());
    source.recycle(std::move(event.batch));
  }

  // Polls until `done`; false when the deadline came first.
  bool until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + kDeadline;
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      take(source.poll(milliseconds(20)));
    }
    return true;
  }
  bool until_records(std::size_t count) {
    return until([&] { return records >= count; });
  }
};

inline std::vector<SourcePosition> discovered(KafkaSource& source) {
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (std::chrono::steady_clock::now() < deadline) {
    if (auto positions = source.discover(milliseconds(50))) return *positions;
  }
  FAIL("not discovered within the deadline");
  return {};
}

inline std::unique_ptr<KafkaSource> reading(const KafkaConfig& kafka, const std::vector<StreamConfig>& streams,
                                            const std::vector<SourcePosition>& known = {}) {
  auto source = must(KafkaSource::create(kafka, streams, known, {}));
  discovered(*source);
  source->assign();
  return source;
}

}  // namespace driftd::mock
