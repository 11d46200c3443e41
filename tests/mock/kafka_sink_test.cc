#include "daemon/sink/kafka_sink.h"

#include <algorithm>
#include <numeric>

#include "tests/mock/bed.h"

using namespace driftd;
using namespace driftd::mock;

namespace {

constexpr std::int16_t kProduceRequest = 0;
constexpr int kOutOfOrderSequence = 45, kTopicAuthorizationFailed = 29;

OutRecord record(std::uint64_t sequence, const std::string& topic = "alerts") {
  return {sequence, topic, "monitor", "event-" + std::to_string(sequence), {{"content-type", "text/plain"}}, 1'000'000'000'000'000};
}

// Sends like the outbox does: again what failed, until `count` are acknowledged.
bool deliver(KafkaSink& sink, const std::string& topic, std::uint64_t count, std::vector<std::uint64_t>& acked) {
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  std::vector<std::uint64_t> to_send;
  for (std::uint64_t sequence = count; sequence > 0; --sequence) to_send.push_back(sequence);
  while (acked.size() < count && std::chrono::steady_clock::now() < deadline) {
    while (!to_send.empty() && sink.send(record(to_send.back(), topic))) to_send.pop_back();
    sink.flush(milliseconds(10));
    for (const auto sequence : sink.take_acked()) acked.push_back(sequence);
    auto failed = sink.take_failed();
    to_send.insert(to_send.end(), failed.rbegin(), failed.rend());
  }
  return acked.size() == count;
}

std::vector<std::uint64_t> one_to(std::uint64_t count) {
  std::vector<std::uint64_t> all(count);
  for (std::uint64_t i = 0; i < count; ++i) all[i] = i + 1;
  return all;
}

}  // namespace

TEST_CASE("sink: delivers in order and acknowledges each record once") {
  const auto broker = cluster("alerts", 1);
  auto sink = must(KafkaSink::create(kafka_of(*broker), {}, {}));
  std::vector<std::uint64_t> acked;
  REQUIRE(deliver(*sink, "alerts", 500, acked));
  CHECK((acked == one_to(500)));
  CHECK(sink->flush(milliseconds(0)));
  CHECK(sink->status()->delivered == 500);
  CHECK(std::accumulate(sink->status()->times.counts.begin(), sink->status()->times.counts.end(), std::uint64_t{0}) == 500);
  CHECK(sink->status()->waiting == 0);
  CHECK(sink->status()->problems.empty());

  auto source = reading(kafka_of(*broker), stream_of("alerts"));
  Reader reader{*source};
  REQUIRE(reader.until_records(500));
  std::vector<std::string> want;
  for (int i = 1; i <= 500; ++i) want.push_back("event-" + std::to_string(i));
  CHECK((reader.seen.at({"alerts", 0}).values == want));
}

TEST_CASE("sink: brokers away hold records back, in order, and lose none") {
  const auto broker = cluster("alerts", 1);
  auto sink = must(KafkaSink::create(kafka_of(*broker), {}, {}));
  std::vector<std::uint64_t> acked;
  broker->set_down(1);
  for (std::uint64_t sequence = 1; sequence <= 10; ++sequence) REQUIRE(sink->send(record(sequence)));
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (sink->status()->problems.empty() && std::chrono::steady_clock::now() < deadline) sink->flush(milliseconds(10));
  CHECK_FALSE(sink->status()->problems.empty());
  CHECK(sink->take_acked().empty());
  broker->set_up(1);
  CHECK(sink->flush(kDeadline));
  CHECK((sink->take_acked() == one_to(10)));
}

TEST_CASE("sink: a missing topic is tried again until it is there, says so, and holds up no other topic") {
  const auto broker = cluster("alerts", 1);
  auto kafka = kafka_of(*broker);
  kafka.librdkafka["topic.metadata.propagation.max.ms"] = "100";
  auto sink = must(KafkaSink::create(kafka, {}, {}));
  REQUIRE(sink->send(record(1, "late")));
  REQUIRE(sink->send(record(2, "alerts")));
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  std::vector<std::uint64_t> acked, failed;
  while ((acked.empty() || failed.empty()) && std::chrono::steady_clock::now() < deadline) {
    sink->flush(milliseconds(10));
    for (const auto sequence : sink->take_acked()) acked.push_back(sequence);
    for (const auto sequence : sink->take_failed()) failed.push_back(sequence);
  }
  CHECK((acked == std::vector<std::uint64_t>{2}));
  CHECK((failed == std::vector<std::uint64_t>{1}));
  const auto problems = sink->status()->problems;
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].starts_with("kafka: topic: "));

  REQUIRE(broker->create_topic("late", 1).has_value());
  acked.clear();
  REQUIRE(deliver(*sink, "late", 1, acked));
  CHECK(sink->status()->problems.empty());
}

TEST_CASE("sink: a record that a broker refuses comes back after a back-off") {
  const auto broker = cluster("alerts", 1);
  auto sink = must(KafkaSink::create(kafka_of(*broker), {}, {}));
  broker->fail_next(kProduceRequest, kTopicAuthorizationFailed, 1);
  std::vector<std::uint64_t> acked;
  REQUIRE(deliver(*sink, "alerts", 3, acked));
  CHECK(sink->status()->retried >= 1);
  std::sort(acked.begin(), acked.end());
  CHECK((acked == one_to(3)));
}

TEST_CASE("sink: a fatal error makes a new producer and nothing is lost") {
  const auto broker = cluster("alerts", 1);
  auto sink = must(KafkaSink::create(kafka_of(*broker), {}, {}));
  std::vector<std::uint64_t> acked;
  REQUIRE(deliver(*sink, "alerts", 5, acked));
  broker->fail_next(kProduceRequest, kOutOfOrderSequence, 1);
  acked.clear();
  REQUIRE(deliver(*sink, "alerts", 50, acked));
  std::sort(acked.begin(), acked.end());
  CHECK((acked == one_to(50)));
  sink->flush(milliseconds(0));
  CHECK(sink->status()->producers >= 2);
}
