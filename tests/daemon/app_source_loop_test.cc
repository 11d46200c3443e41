#include "daemon/app_source_loop.h"

#include <doctest/doctest.h>

#include <algorithm>

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

TEST_CASE("a partition waits for its schema, in order, and the others go on") {
  Config config = make_config();
  config.streams[0].format = Format::kAvro;
  const auto plan = make_engine_plan(config, {make_reference()});
  REQUIRE(plan);
  std::map<std::string, HttpAnswer> answers{{"/schemas/ids/1", {200, R"({"schema":"\"int\""})"}}};
  SchemaRegistry registry({}, [&](const std::string& target) -> std::expected<HttpAnswer, std::string> {
    if (!answers.contains(target)) return std::unexpected("down");
    return answers.at(target);
  });
  ShardQueue shard(16);
  MergerQueue merger(8);
  ScriptedSource source;
  const std::string known{'\0', '\0', '\0', '\0', '\1'}, unknown{'\0', '\0', '\0', '\0', '\2'};
  const auto add = [&](std::uint32_t partition, const std::string& payload) {
    SourceEvent event = event_of(SourceEvent::Kind::kBatch);
    event.partition = event.batch->source_partition = partition;
    event.batch->messages.push_back({0, 0, payload, {}, false});
    source.events.push_back(std::move(event));
  };
  for (std::uint32_t partition : {0U, 1U}) {
    source.events.push_back(event_of(SourceEvent::Kind::kPartition));
    source.events.back().partition = partition;
    source.events.back().id.partition = static_cast<std::int32_t>(partition);
  }
  add(0, unknown);
  add(1, known);
  std::vector<std::pair<std::uint32_t, std::int32_t>> seen;  // partition, id of its schema
  std::vector<std::size_t> paused;
  std::atomic<bool> stop = false;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  source.on_poll = [&] {
    registry.step(std::chrono::milliseconds(0));
    paused.push_back(source.paused.size());
    while (auto input = shard.try_pop()) {
      if (input->kind != ShardInput::Kind::kBatch) continue;
      const WriterSchema* schema = input->batch->messages[0].schema;
      seen.emplace_back(input->partition, schema == nullptr ? 0 : schema->id);
      answers["/schemas/ids/2"] = {200, R"({"schema":"\"long\""})"};  // now the registry is back
      if (input->partition == 0) stop = true;
    }
    if (std::chrono::steady_clock::now() > deadline) stop = true;
  };
  SourceLoopOptions options;
  options.registry = &registry;
  FlowMeter meter;
  SourceLoop(**plan, source, {{&shard}, merger, meter}, options).run(stop, false);
  CHECK(seen == std::vector<std::pair<std::uint32_t, std::int32_t>>{{1, 1}, {0, 2}});
  CHECK(std::ranges::find(paused, 1U) != paused.end());
  CHECK(source.pauses == source.resumes);
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

TEST_CASE("the silence of a source that cannot be asked is none of its partitions") {
  Config config = make_config();
  config.streams[0].time.idle_after = Milliseconds(0);
  const auto plan = make_engine_plan(config, {make_reference()});
  REQUIRE(plan);
  ShardQueue shard(16);
  MergerQueue merger(8);
  ScriptedSource source;
  source.away = true;
  FlowMeter meter;
  source.events.push_back(event_of(SourceEvent::Kind::kPartition));
  source.events.push_back(event_of(SourceEvent::Kind::kCaughtUp));
  std::vector<ShardInput> idle;
  std::atomic<bool> stop = false;
  const auto began = std::chrono::steady_clock::now();
  const auto elapsed = [&] { return std::chrono::steady_clock::now() - began; };
  int polls_late = 0;
  source.on_poll = [&] {
    while (auto input = shard.try_pop()) {
      if (input->kind == InputKind::kIdle) idle.push_back(std::move(*input));
    }
    // It looks every 100 ms: between these two polls it has looked at 150 ms or later, and found nobody.
    if (source.away && elapsed() > std::chrono::milliseconds(250) && ++polls_late == 2) {
      CHECK(idle.empty());
      source.away = false;
    }
    stop = !idle.empty();
  };
  SourceLoop(**plan, source, {{&shard}, merger, meter}, {}).run(stop, false);
  CHECK(std::chrono::microseconds(idle.at(0).silence.for_us) <= elapsed() - std::chrono::milliseconds(150));
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
