#include "daemon/app_engine.h"

#include <doctest/doctest.h>

#include <deque>
#include <mutex>
#include <set>

#include "daemon/alert/events.h"
#include "tests/daemon/engine_fixture.h"
#include "tests/temp_folder.h"

namespace driftd {

using namespace engine_fixture;

namespace {

constexpr std::uint32_t kPartitions = 3;
constexpr std::size_t kRecords = 4000;

// Three partitions in memory; never idle, finished at their end.
class MemorySource final : public Source {
 public:
  explicit MemorySource(bool finish = true) : finish_(finish) {
    for (std::uint32_t p = 0; p < kPartitions; ++p) records_.push_back(make_records(70 + p, kRecords, 2000));
  }
  SourceEvent poll(std::chrono::milliseconds /*timeout*/) override {
    SourceEvent event;
    if (announced_ < kPartitions) {
      event.kind = SourceEvent::Kind::kPartition;
      event.partition = announced_++;
      event.id = {"t", static_cast<std::int32_t>(event.partition)};
      return event;
    }
    const std::uint32_t p = turn_++ % kPartitions;
    if (paused_.contains(p)) return event;
    event.partition = p;
    if (next_[p] < kRecords) {
      const std::size_t to = std::min(kRecords, next_[p] + 77);
      event.batch = std::make_unique<MessageBatch>(make_messages(p, records_[p], next_[p], to));
      next_[p] = to;
      event.kind = SourceEvent::Kind::kBatch;
    } else if (finish_ && finished_.insert(p).second) {
      event.kind = SourceEvent::Kind::kFinished;
    }
    return event;
  }
  void pause(std::uint32_t partition) override {
    paused_.insert(partition);
    ++pauses;
  }
  void resume(std::uint32_t partition) override { CHECK(paused_.erase(partition) == 1); }
  void recycle(std::unique_ptr<MessageBatch> batch) override { batch.reset(); }
  std::uint64_t pauses = 0;

 private:
  bool finish_;
  std::vector<std::vector<std::string>> records_;
  std::vector<std::size_t> next_ = std::vector<std::size_t>(kPartitions, 0);
  std::uint32_t announced_ = 0, turn_ = 0;
  std::set<std::uint32_t> paused_, finished_;
};

std::string run_with(std::uint32_t shards, bool blocking) {
  const auto plan = make_plan();
  MemorySource source;
  std::string lines;
  MergerLoopOptions options;
  options.shards = shards;
  options.on_window = [&](const ClosedWindow& closed) { lines += window_lines(plan->alerts[0], *closed.judgement); };
  RunningEngine engine(*plan, source, {.blocking = blocking}, std::move(options));
  engine.start();
  CHECK(engine.join());
  std::uint64_t records = 0;
  for (const PartitionStatus& partition : engine.merger().status().load()->partitions) records += partition.records;
  CHECK(records == kPartitions * kRecords);
  return lines;
}

}  // namespace

TEST_CASE("one, two and four shards say the same, whether the source waits or pauses") {
  const std::string one = run_with(1, true);
  CHECK(one.size() > 10'000);
  for (const std::uint32_t shards : {1U, 2U, 4U}) {
    for (const bool blocking : {true, false}) {
      CAPTURE(shards);
      CHECK(run_with(shards, blocking) == one);
    }
  }
}

TEST_CASE("the snapshot at the end holds what every shard consumed, and the engine's state after it") {
  const TempFolder folder;
  auto store = FileStore::open(folder.path("state"), 3);
  REQUIRE(store);
  const auto plan = make_plan();
  MemorySource source;
  MergerLoopOptions options;
  options.shards = 2;
  options.store = &*store;
  RunningEngine engine(*plan, source, {.snapshot_interval = std::chrono::milliseconds(1), .snapshot_records = 1000}, std::move(options));
  engine.start();
  REQUIRE(engine.join());
  CHECK(engine.merger().status().load()->snapshots > 1);
  const auto loaded = store->load();
  REQUIRE(loaded);
  REQUIRE(*loaded);
  for (std::uint32_t p = 0; p < kPartitions; ++p) {
    const SnapshotSection* section = (*loaded)->find("partition/t/" + std::to_string(p));
    REQUIRE(section != nullptr);
    CHECK(saved_next_offset(section->bytes) == static_cast<std::int64_t>(kRecords));
  }
  EngineMerger restored(*plan);
  CHECK(restored.load(**loaded));
  REQUIRE(restored.last_judgement(0) != nullptr);
  CHECK(restored.last_judgement(0)->end_us == engine.merger().engine().last_judgement(0)->end_us);
}

TEST_CASE("asked to stop, the engine finishes what it read; a partition state that cannot be read ends it with the reason") {
  const auto plan = make_plan();
  MemorySource endless(false);
  RunningEngine engine(*plan, endless, {}, {.shards = 2});
  engine.start();
  engine.request_stop();
  CHECK(engine.join());
  MemorySource source;
  RunningEngine damaged(*plan, source, {}, {.shards = 1});
  damaged.source_loop().restore({{TopicPartition{"t", 1}, "nonsense"}});
  damaged.start();
  CHECK_FALSE(damaged.join());
  CHECK(damaged.failure() == "the state of partition 1 of topic 't' cannot be read");
}

}  // namespace driftd
