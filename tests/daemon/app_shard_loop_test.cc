#include "daemon/app_shard_loop.h"

#include <doctest/doctest.h>

#include "tests/daemon/scripted_source.h"

namespace driftd {

using namespace engine_fixture;

TEST_CASE("a barrier holds exactly what the shard had consumed; batches go back to the source") {
  const auto plan = make_plan();
  const auto records = make_records(5, 400, 400);
  ShardQueue in(16);
  MergerQueue out(16);
  ScriptedSource source;
  FlowMeter meter;
  REQUIRE(in.try_push(partition_input(0)));
  REQUIRE(in.try_push(batch_input(make_messages(0, records, 0, 250))));
  ShardInput barrier_input;
  barrier_input.kind = ShardInput::Kind::kBarrier;
  barrier_input.barrier = 9;
  REQUIRE(in.try_push(std::move(barrier_input)));
  REQUIRE(in.try_push(batch_input(make_messages(0, records, 250, 400))));
  REQUIRE(in.try_push(ShardInput()));  // kStop
  meter.enter(7);                      // of a batch for another shard
  ShardLoop(*plan, 3, in, out, meter).run(source);
  CHECK(meter.shard_bytes() == 7);

  EngineShard expected(*plan);
  expected.add_partition(0, {"t", 0}, 0, {});
  ShardOutput ignored;
  expected.consume(make_messages(0, records, 0, 250), ignored);
  CHECK(out.try_pop()->output.counters.next_offset == 250);
  const auto barrier = out.try_pop();
  CHECK(barrier->kind == MergerInput::Kind::kBarrier);
  CHECK(barrier->shard == 3);
  CHECK(barrier->barrier == 9);
  CHECK(barrier->states == expected.save());
  CHECK(out.try_pop()->output.counters.next_offset == 400);
  CHECK(out.try_pop()->kind == MergerInput::Kind::kStopped);
  CHECK(source.recycled == 2);
}

TEST_CASE("damaged state of a partition ends the engine with its name") {
  const auto plan = make_plan();
  ShardQueue in(4);
  MergerQueue out(4);
  ScriptedSource source;
  FlowMeter meter;
  ShardInput damaged = partition_input(0);
  damaged.state = "x";
  REQUIRE(in.try_push(std::move(damaged)));
  REQUIRE(in.try_push(ShardInput()));  // kStop
  ShardLoop(*plan, 0, in, out, meter).run(source);
  const auto failed = out.try_pop();
  CHECK(failed->kind == MergerInput::Kind::kFailed);
  CHECK(failed->failure == "the state of partition 0 of topic 't' cannot be read");
}

}  // namespace driftd
