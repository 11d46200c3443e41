#include "daemon/app_source_loop.h"

#include <doctest/doctest.h>

#include "daemon/app_merger_loop.h"
#include "tests/daemon/scripted_source.h"

namespace driftd {

using namespace engine_fixture;

namespace {

using InputKind = ShardInput::Kind;

SourceEvent event_of(SourceEvent::Kind kind) {
  SourceEvent event;
  event.kind = kind;
  event.id = {"t", 0};
  if (kind == SourceEvent::Kind::kBatch) event.batch = std::make_unique<MessageBatch>();
  return event;
}

void drain(ShardQueue& queue, std::vector<InputKind>& kinds) {
  while (auto input = queue.try_pop()) kinds.push_back(input->kind);
}

}  // namespace

TEST_CASE("a full shard pauses its partition, room resumes it, and nothing is lost or turned round") {
  const auto plan = make_plan();
  ShardQueue shard(2);
  MergerQueue merger(8);
  ScriptedSource source;
  FlowMeter meter;
  source.events.push_back(event_of(SourceEvent::Kind::kPartition));
  for (int i = 0; i < 5; ++i) source.events.push_back(event_of(SourceEvent::Kind::kBatch));
  source.events.push_back(event_of(SourceEvent::Kind::kFinished));
  std::vector<InputKind> seen;
  bool was_paused = false;
  source.on_poll = [&] {
    was_paused = was_paused || !source.paused.empty();
    if (source.polls % 6 == 0) drain(shard, seen);
  };
  SourceLoop loop(*plan, source, {{&shard}, merger, meter}, {});
  loop.run(false, false);
  drain(shard, seen);
  CHECK(was_paused);
  CHECK(meter.waited_seconds(FlowMeter::kIngest) > 0);
  CHECK(source.pauses == source.resumes);
  CHECK(seen == std::vector<InputKind>{InputKind::kPartition, InputKind::kBatch, InputKind::kBatch, InputKind::kBatch, InputKind::kBatch,
                                       InputKind::kBatch, InputKind::kFinished, InputKind::kStop});
  CHECK(merger.try_pop()->kind == MergerInput::Kind::kPartition);
}

TEST_CASE("a partition begins with the counters of its state, or where it starts; the status shows them before any record") {
  const auto plan = make_plan();
  EngineShard before(*plan);
  before.add_partition(0, {"t", 0}, 0, {});
  ShardOutput counted;
  before.consume(make_messages(0, make_records(5, 400, 400), 0, 250), counted);
  ShardQueue shard(8);
  MergerQueue merger(8);
  ScriptedSource source;
  FlowMeter meter;
  source.events.push_back(event_of(SourceEvent::Kind::kPartition));
  source.events.push_back(event_of(SourceEvent::Kind::kPartition));
  source.events.back().partition = 1;
  source.events.back().id = {"t", 1};
  source.events.back().start = 77;
  SourceLoop loop(*plan, source, {{&shard}, merger, meter}, {});
  loop.restore(before.save());
  std::atomic<bool> stop = false;
  source.on_poll = [&] { stop = source.events.empty(); };
  loop.run(stop, false);
  for (int i = 0; i < 3; ++i) REQUIRE(shard.try_pop());
  REQUIRE(merger.try_push(MergerInput()));  // kStopped
  MergerLoop merging(*plan, merger, {}, meter);
  REQUIRE(merging.run());
  const auto status = merging.status().load();
  REQUIRE(status->partitions.size() == 2);
  CHECK(status->partitions[0].next_offset == 250);
  CHECK(status->partitions[0].records == 250);
  CHECK(status->partitions[0].rows == counted.counters.rows);
  CHECK(status->partitions[0].watermark_us == counted.counters.watermark_us);
  CHECK(status->partitions[1].next_offset == 77);
  CHECK(status->partitions[1].records == 0);
}

TEST_CASE("a partition is idle at its end and not before") {
  for (const bool caught_up : {false, true}) {
    CAPTURE(caught_up);
    Config config = make_config();
    config.streams[0].time.idle_after = Milliseconds(0);
    const auto plan = make_engine_plan(config, {make_reference()});
    REQUIRE(plan);
    ShardQueue shard(16);
    MergerQueue merger(8);
    ScriptedSource source;
    FlowMeter meter;
    source.events.push_back(event_of(SourceEvent::Kind::kPartition));
    if (caught_up) source.events.push_back(event_of(SourceEvent::Kind::kCaughtUp));
    std::vector<InputKind> seen;
    std::atomic<bool> stop = false;
    int rounds = 0;
    source.on_poll = [&] {
      drain(shard, seen);
      const bool idle = !seen.empty() && seen.back() == InputKind::kIdle;
      stop = idle || (!caught_up && ++rounds == 50);
    };
    SourceLoop(**plan, source, {{&shard}, merger, meter}, {}).run(stop, false);
    CHECK((std::count(seen.begin(), seen.end(), InputKind::kIdle) == 1) == caught_up);
  }
}

TEST_CASE("barriers go to every shard, after so many records and at the end") {
  const auto plan = make_plan();
  ShardQueue first(16), second(16);
  MergerQueue merger(8);
  ScriptedSource source;
  FlowMeter meter;
  source.events.push_back(event_of(SourceEvent::Kind::kPartition));
  source.events.push_back(event_of(SourceEvent::Kind::kBatch));
  source.events.back().batch->messages.resize(10);
  for (Message& message : source.events.back().batch->messages) message.payload = "abcde";
  source.events.push_back(event_of(SourceEvent::Kind::kFinished));
  SourceLoop loop(*plan, source, {{&first, &second}, merger, meter}, {.snapshot_interval = std::chrono::hours(1), .snapshot_records = 10});
  loop.run(false, false);
  CHECK(meter.shard_bytes() == 50);  // nobody took them
  CHECK(meter.waited_seconds(FlowMeter::kIngest) == 0);
  std::vector<InputKind> one, two;
  drain(first, one);
  drain(second, two);
  CHECK(one == std::vector<InputKind>{InputKind::kPartition, InputKind::kBatch, InputKind::kBarrier, InputKind::kFinished,
                                      InputKind::kBarrier, InputKind::kStop});
  CHECK(two == std::vector<InputKind>{InputKind::kBarrier, InputKind::kBarrier, InputKind::kStop});
}

}  // namespace driftd
