#include "daemon/source/kafka_source.h"

#include <algorithm>
#include <random>
#include <set>

#include "tests/mock/bed.h"

using namespace driftd;
using namespace driftd::mock;

namespace {

constexpr std::int16_t kListOffsets = 2;  // Kafka's number of the request
constexpr int kInvalidRequest = 42;       // and of an error that nobody tries again

// Every value of [0, count) once, in the order of its partition.
void check_all_once(const Reader& reader, int partitions, int count) {
  for (int partition = 0; partition < partitions; ++partition) {
    CAPTURE(partition);
    std::vector<std::string> want;
    for (int i = partition; i < count; i += partitions) want.push_back(plain(i));
    CHECK((reader.seen.at({"t", partition}).values == want));
  }
}

}  // namespace

TEST_CASE("source: reads every partition from the start, each record once and in order") {
  const auto broker = cluster("t", 3);
  fill(*broker, "t", 3, {0, 3000}, plain);
  auto source = must(KafkaSource::create(kafka_of(*broker), stream_of("t"), {}, {}));
  const auto positions = discovered(*source);
  CHECK((positions == std::vector<SourcePosition>{{{"t", 0}, 0}, {{"t", 1}, 0}, {{"t", 2}, 0}}));
  source->assign();
  Reader reader{*source};
  REQUIRE(reader.until_records(3000));
  check_all_once(reader, 3, 3000);
  REQUIRE(
      reader.until([&] { return std::all_of(reader.seen.begin(), reader.seen.end(), [](auto& row) { return row.second.caught_up; }); }));
}

TEST_CASE("source: a record carries time, key and payload; a tombstone is no empty payload") {
  const auto broker = cluster("t", 1);
  fill(*broker, "t", 1, {0, 1}, plain);
  auto source = reading(kafka_of(*broker), stream_of("t"));
  for (bool found = false; !found;) {
    const auto event = source->poll(milliseconds(100));
    if (event.kind != SourceEvent::Kind::kBatch) continue;
    found = true;
    const Message& message = event.batch->messages.at(0);
    CHECK(message.offset == 0);
    CHECK(message.record_time_us == 1'000'000'000);
    CHECK(message.key == "0");
    CHECK(message.payload == "value-0");
    CHECK_FALSE(message.tombstone);
  }
}

TEST_CASE("source: start is resolved once, to numbers") {
  const auto broker = cluster("t", 2);
  fill(*broker, "t", 2, {0, 10}, plain);
  auto source = must(KafkaSource::create(kafka_of(*broker), stream_of("t", StartAt::kLatest), {}, {}));
  CHECK((discovered(*source) == std::vector<SourcePosition>{{{"t", 0}, 5}, {{"t", 1}, 5}}));
  fill(*broker, "t", 2, {10, 20}, plain);
  source->assign();
  Reader reader{*source};
  REQUIRE(reader.until_records(10));
  CHECK(reader.seen.at({"t", 0}).values.front() == "value-10");
}

TEST_CASE("source: known positions win over start, unknown partitions of a known topic start at 0") {
  const auto broker = cluster("t", 2);
  fill(*broker, "t", 2, {0, 10}, plain);
  auto source =
      must(KafkaSource::create(kafka_of(*broker), stream_of("t", StartAt::kLatest), std::vector<SourcePosition>{{{"t", 0}, 3}}, {}));
  CHECK((discovered(*source) == std::vector<SourcePosition>{{{"t", 0}, 3}, {{"t", 1}, 0}}));
}

TEST_CASE("source: pausing at random loses nothing and repeats nothing") {
  const auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto broker = cluster("t", 4);
  fill(*broker, "t", 4, {0, 40'000}, plain);
  auto source = reading(kafka_of(*broker), stream_of("t"));
  Reader reader{*source};
  std::set<std::uint32_t> paused;
  REQUIRE(reader.until([&] {
    if (reader.by_index.size() == 4 && random() % 4 == 0) {
      const std::uint32_t partition = random() % 4;
      paused.erase(partition) ? source->resume(partition) : (paused.insert(partition), source->pause(partition));
    }
    return reader.records >= 40'000;
  }));
  check_all_once(reader, 4, 40'000);
}

TEST_CASE("source: a paused partition delivers nothing and does not hold up the others") {
  const auto broker = cluster("t", 2);
  auto source = reading(kafka_of(*broker), stream_of("t"));
  Reader reader{*source};
  REQUIRE(reader.until([&] { return reader.by_index.size() == 2; }));
  source->pause(1);
  fill(*broker, "t", 2, {0, 4000}, plain);
  REQUIRE(reader.until_records(2000));
  for (int i = 0; i < 10; ++i) reader.take(source->poll(milliseconds(5)));
  CHECK(reader.seen.at({"t", 1}).values.empty());
  CHECK(reader.until([&] { return source->status()->partitions.at(1).paused; }));
  source->resume(1);
  source->resume(1);  // twice: nothing comes twice
  REQUIRE(reader.until_records(4000));
  check_all_once(reader, 2, 4000);
}

TEST_CASE("source: brokers going down and up lose nothing and repeat nothing") {
  const auto broker = cluster("t", 3, 2);
  fill(*broker, "t", 3, {0, 3000}, plain);
  auto source = reading(kafka_of(*broker), stream_of("t"));
  Reader reader{*source};
  REQUIRE(reader.until_records(1000));
  broker->set_down(1);
  broker->set_down(2);
  REQUIRE(reader.until([&] { return !source->status()->errors.empty(); }));
  broker->set_up(1);
  broker->set_up(2);
  fill(*broker, "t", 3, {3000, 6000}, plain);
  REQUIRE(reader.until_records(6000));
  check_all_once(reader, 3, 6000);
  CHECK(source->status()->partitions.at(0).lost == 0);
}

TEST_CASE("source: brokers away at the start are a reason, and heal") {
  const auto broker = cluster("t", 1);
  broker->set_down(1);
  auto source = must(KafkaSource::create(kafka_of(*broker), stream_of("t"), {}, {}));
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  const auto told = [&] {
    const auto status = source->status();
    return !status->not_ready.empty() && status->not_ready[0].find("_TRANSPORT") != std::string::npos;
  };
  while (!told() && std::chrono::steady_clock::now() < deadline) CHECK_FALSE(source->discover(milliseconds(20)).has_value());
  CHECK(told());
  broker->set_up(1);
  CHECK(discovered(*source).size() == 1);
}

TEST_CASE("source: a topic that does not exist is a reason, and is read from 0 once it does") {
  const auto broker = cluster("other", 1);
  auto source = must(KafkaSource::create(kafka_of(*broker), stream_of("late", StartAt::kLatest), {}, {}));
  CHECK(discovered(*source).empty());
  source->assign();
  CHECK((source->status()->not_ready ==
         std::vector<std::string>{"kafka: topic: create it, or correct the topics in the configuration (topic 'late': does not exist)"}));
  REQUIRE(broker->create_topic("late", 1).has_value());
  fill(*broker, "late", 1, {0, 5}, plain);
  Reader reader{*source};
  REQUIRE(reader.until_records(5));
  CHECK(reader.seen.at({"late", 0}).start == 0);
  REQUIRE(reader.until([&] { return source->status()->not_ready.empty(); }));
}

TEST_CASE("source: what retention took is lost, exactly") {
  const auto broker = cluster("t", 1);
  // Random values do not compress: 12 MB in, the mock keeps 5 MiB.
  const auto value = [](int i) {
    std::mt19937_64 random(static_cast<std::uint64_t>(i));
    std::string noise(4000, ' ');
    for (auto& byte : noise) byte = static_cast<char>(random());
    return noise;
  };
  fill(*broker, "t", 1, {0, 3000}, value);
  // The snapshot's last record is gone with them: nothing to compare, and no reason to stop.
  auto source = must(KafkaSource::create(kafka_of(*broker), stream_of("t"), std::vector<SourcePosition>{{{"t", 0}, 10}}, {},
                                         {.last_reads = {{{"t", 0}, {"", {9, 7, 7}}}}}));
  discovered(*source);
  source->assign();
  Reader reader{*source};
  REQUIRE(reader.until([&] { return reader.seen.contains({"t", 0}) && reader.seen.at({"t", 0}).next == 3000; }));
  const auto& seen = reader.seen.at({"t", 0});
  REQUIRE(seen.gaps.size() == 1);
  CHECK(seen.gaps[0].lost);
  CHECK(seen.gaps[0].from == 10);
  CHECK(seen.gaps[0].to > 1000);
  CHECK(static_cast<std::int64_t>(seen.values.size()) == 3000 - seen.gaps[0].to);
  REQUIRE(reader.until([&] { return source->status()->partitions.at(0).lost > 0; }));
  CHECK(source->status()->partitions.at(0).lost == static_cast<std::uint64_t>(seen.gaps[0].to - 10));
}

TEST_CASE("source: a position beyond the end stops that topic and says so") {
  const auto broker = cluster("t", 1);
  REQUIRE(broker->create_topic("u", 1).has_value());
  fill(*broker, "t", 1, {0, 10}, plain);
  fill(*broker, "u", 1, {0, 10}, plain);
  auto streams = stream_of("t");
  streams[0].topics.push_back("u");
  auto source = reading(kafka_of(*broker), streams, {{{"t", 0}, 500}, {{"u", 0}, 0}});
  Reader reader{*source};
  REQUIRE(reader.until([&] { return !source->status()->not_ready.empty(); }));
  CHECK((source->status()->not_ready ==
         std::vector<std::string>{"kafka: topic 't' ends at 10 in partition 0, before the position 500: it was deleted and created anew, "
                                  "or cut back; it is no longer read: start driftd again with --reset-state"}));
  REQUIRE(reader.until_records(10));
  CHECK(reader.seen.at({"u", 0}).values.size() == 10);
}

TEST_CASE("source: what a snapshot says was read last is read again, and must be the same") {
  const auto broker = cluster("t", 1);
  REQUIRE(broker->create_topic("u", 1).has_value());
  fill(*broker, "t", 1, {0, 10}, plain);
  fill(*broker, "u", 1, {0, 10}, plain);
  auto streams = stream_of("t");
  streams[0].topics.push_back("u");
  const std::string value = plain(4), way_out = ": its state does not fit; --reset-state starts afresh";
  const RecordMark fourth = mark_of({4, 1'000'004'000, value, "4", false});
  RecordMark other = fourth;
  other.xxh3 ^= 1;
  struct Row {
    const char* name;
    std::int64_t next;
    LastRead last;
    std::string want;  // "" = read on
  };
  const Row rows[] = {
      {"the same", 5, {"", fourth}, ""},
      {"nothing is known of it", 5, {}, ""},
      {"another payload", 5, {"", other}, "topic 't' was deleted and created anew, or cut back: the record at offset 4 of partition 0"},
      {"another time", 5, {"", {4, 7, fourth.xxh3}}, "the record at offset 4 of partition 0 is not the one that was read there"},
      {"a shorter log", 50, {"", {49, 7, 7}}, "the log of partition 0 ends at offset 10, and it was read up to 50"},
      {"shorter by one", 11, {"", {10, 7, 7}}, "the log of partition 0 ends at offset 10, and it was read up to 11"},
      {"a shorter log, of which nothing is known", 50, {}, "the log of partition 0 ends at offset 10, and it was read up to 50"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const std::vector<SourcePosition> known{{{"t", 0}, row.next}, {{"u", 0}, 0}};
    auto source = must(KafkaSource::create(kafka_of(*broker), streams, known, {}, {.last_reads = {{{"t", 0}, row.last}}}));
    discovered(*source);
    CHECK_FALSE(source->topic_ids().at("t").empty());
    source->assign();
    Reader reader{*source};
    REQUIRE(reader.until([&] { return row.want.empty() ? reader.records >= 15 : !source->status()->diverged.empty(); }));
    CHECK(source->status()->diverged.contains(row.want));
    if (!row.want.empty()) {
      CHECK(source->status()->diverged.contains(way_out));
      REQUIRE(reader.until_records(10));
      CHECK(reader.seen.at({"t", 0}).values.empty());
      continue;
    }
    CHECK(source->status()->diverged.empty());
    CHECK(reader.seen.at({"t", 0}).values.front() == "value-5");
    CHECK(reader.seen.at({"t", 0}).values.size() == 5);
    CHECK(source->status()->partitions.at(0).duplicates == 0);
  }
}

TEST_CASE("source: a topic with another id than the snapshot's is not begun") {
  const auto broker = cluster("t", 1);
  auto source = must(KafkaSource::create(kafka_of(*broker), stream_of("t"), std::vector<SourcePosition>{{{"t", 0}, 3}}, {},
                                         {.last_reads = {{{"t", 0}, {"another", {}}}}}));
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (source->status()->diverged.empty() && std::chrono::steady_clock::now() < deadline) {
    CHECK_FALSE(source->discover(milliseconds(20)).has_value());
  }
  CHECK(
      source->status()->diverged.starts_with("topic 't' was deleted and created anew since the snapshot was written, which had read "
                                             "partition 0 up to offset 3: its state does not fit; --reset-state"));
  CHECK(source->status()->refused);
}

TEST_CASE("source: a log whose ends nobody tells is a reason, and keeps no other question from being asked") {
  const auto broker = cluster("t", 1);
  fill(*broker, "t", 1, {0, 10}, plain);
  auto streams = stream_of("t");
  streams[0].topics.push_back("late");
  broker->fail_next(kListOffsets, kInvalidRequest, 10'000);
  auto source = reading(kafka_of(*broker), streams, {{{"t", 0}, 500}});
  Reader reader{*source};
  const auto says = [&](const std::string& words) {
    const auto reasons = source->status()->not_ready;
    return std::any_of(reasons.begin(), reasons.end(), [&](const auto& reason) { return reason.contains(words); });
  };
  REQUIRE(reader.until([&] { return says("topic 't': where the log of partition 0 begins and ends: Broker: Invalid request"); }));
  // Only an answer about the topics brings this one.
  REQUIRE(broker->create_topic("late", 1).has_value());
  fill(*broker, "late", 1, {0, 10}, plain);
  REQUIRE(reader.until_records(10));
  CHECK(reader.seen.at({"late", 0}).values.size() == 10);
}

TEST_CASE("source: the group's offsets are for dashboards, and counted") {
  const auto broker = cluster("t", 1);
  fill(*broker, "t", 1, {0, 10}, plain);
  auto source = reading(kafka_of(*broker), stream_of("t"));
  Reader reader{*source};
  REQUIRE(reader.until_records(10));
  source->commit(std::vector<SourcePosition>{{{"t", 0}, 10}});
  CHECK(reader.until([&] { return source->status()->commits_ok == 1; }));
  CHECK(source->status()->commits_failed == 0);
}

TEST_CASE("source: batches go round, nothing of them is allocated again") {
  const auto broker = cluster("t", 1);
  fill(*broker, "t", 1, {0, 20'000}, plain);
  auto source = reading(kafka_of(*broker), stream_of("t"));
  std::set<const MessageBatch*> made;
  for (std::size_t records = 0; records < 20'000;) {
    auto event = source->poll(milliseconds(100));
    if (event.kind != SourceEvent::Kind::kBatch) continue;
    records += event.batch->messages.size();
    made.insert(event.batch.get());
    CHECK(event.batch->messages.size() <= kBatchMessages);
    source->recycle(std::move(event.batch));
  }
  CHECK(made.size() <= 3);
}

TEST_CASE("source: closes within its budget") {
  const auto broker = cluster("t", 1);
  fill(*broker, "t", 1, {0, 100}, plain);
  auto source = reading(kafka_of(*broker), stream_of("t"));
  Reader reader{*source};
  REQUIRE(reader.until_records(50));
  CHECK(source->close(seconds(5)));
}
