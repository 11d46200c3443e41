#include "daemon/app_merger_loop.h"

#include <doctest/doctest.h>

#include <numeric>

#include "tests/daemon/engine_fixture.h"
#include "tests/temp_folder.h"

namespace driftd {

using namespace engine_fixture;

TEST_CASE("a snapshot of two shards holds what each had consumed at its barrier, not what came after it") {
  const auto plan = make_plan();
  const TempFolder folder;
  auto store = FileStore::open(folder.path("state"), 2);
  REQUIRE(store);
  MergerQueue queue(32);
  EngineShard shards[] = {EngineShard(*plan), EngineShard(*plan)};
  EngineMerger expected(*plan);
  const auto records = make_records(8, 3000, 3000);
  const auto push = [&](MergerInput::Kind kind, std::uint32_t shard, std::size_t from = 0, std::size_t to = 0, bool before = false) {
    MergerInput input;
    input.kind = kind;
    input.shard = input.partition = shard;
    input.id = {"t", static_cast<std::int32_t>(shard)};
    input.barrier = 1;
    if (kind == MergerInput::Kind::kBarrier) input.states = shards[shard].save();
    if (to > 0) shards[shard].consume(make_messages(shard, records, from, to), input.output);
    if (before) expected.apply(input.output);
    REQUIRE(queue.try_push(std::move(input)));
  };
  using enum MergerInput::Kind;
  for (std::uint32_t s = 0; s < 2; ++s) {
    shards[s].add_partition(s, {"t", static_cast<std::int32_t>(s)}, 0, {});
    expected.add_partition(s, {"t", static_cast<std::int32_t>(s)});
    push(kPartition, s);
  }
  push(kOutput, 0, 0, 1500, true);
  push(kBarrier, 0);
  push(kOutput, 0, 1500, 3000);  // waits for the barrier of shard 1
  push(kOutput, 1, 0, 2500, true);
  push(kBarrier, 1);
  push(kStopped, 0);
  push(kStopped, 1);
  MergerLoopOptions options;
  options.shards = 2;
  options.store = &*store;
  FlowMeter meter;
  MergerLoop loop(*plan, queue, options, meter);
  REQUIRE(loop.run());

  const auto loaded = store->load();
  REQUIRE(loaded);
  REQUIRE(*loaded);
  const auto offset = [&](const char* section) { return saved_next_offset((*loaded)->find(section)->bytes); };
  CHECK(offset("partition/t/0") == 1500);
  CHECK(offset("partition/t/1") == 2500);
  Snapshot want;
  expected.save(want);
  for (const SnapshotSection& section : want.sections) {
    CAPTURE(section.id);
    REQUIRE((*loaded)->find(section.id) != nullptr);
    CHECK((*loaded)->find(section.id)->bytes == section.bytes);
  }
  const auto status = loop.status().load();
  CHECK(status->snapshots == 1);
  CHECK(std::accumulate(status->snapshot_times.counts.begin(), status->snapshot_times.counts.end(), 0) == 1);
  std::uint64_t windows = 0;
  for (const SnapshotSection& section : (*loaded)->sections) {
    if (section.id == kMergerSection || partition_of_section(section.id)) windows += section.bytes.size();
  }
  CHECK(status->state_bytes.at("windows") == windows);
  CHECK(status->state_bytes.at("detectors") > 0);
  CHECK(status->state_bytes.at("labels") == 0);
  const auto& times = status->monitors.at(0)->evaluation_times;
  CHECK(std::accumulate(times.counts.begin(), times.counts.end(), std::uint64_t{0}) == all_closed(*status->monitors.at(0)));
  CHECK(status->durable_offsets.at({"t", 0}) == 1500);
  CHECK(status->partitions.at(0).next_offset == 3000);  // what was held back came after it
}

TEST_CASE("a shard's failure ends the merger with its words") {
  const auto plan = make_plan();
  MergerQueue queue(2);
  MergerInput failed;
  failed.kind = MergerInput::Kind::kFailed;
  failed.failure = "broken";
  REQUIRE(queue.try_push(std::move(failed)));
  FlowMeter meter;
  MergerLoop loop(*plan, queue, {}, meter);
  CHECK_FALSE(loop.run());
  CHECK(loop.failure() == "broken");
}

}  // namespace driftd
