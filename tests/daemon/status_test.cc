#include "daemon/status.h"

#include <doctest/doctest.h>

#include "tests/daemon/status_fixture.h"

using namespace driftd;

namespace {

PartitionStatus partition(std::int64_t watermark, bool idle = false, const char* stream = "s") {
  PartitionStatus out;
  out.stream = stream;
  out.watermark_us = watermark;
  out.idle = idle;
  return out;
}

}  // namespace

TEST_CASE("the watermark of a stream") {
  struct Row {
    const char* name;
    std::vector<PartitionStatus> partitions;
    std::int64_t want;
  };
  const Row rows[] = {
      {"no partition", {}, kNoTime},
      {"another stream's", {partition(5, false, "other")}, kNoTime},
      {"the least", {partition(7), partition(5), partition(1, false, "other")}, 5},
      {"the first may be the least", {partition(5), partition(7)}, 5},
      {"an idle one does not hold back", {partition(5, true), partition(7)}, 7},
      {"one that knows no time yet holds back", {partition(5), partition(kNoTime)}, kNoTime},
      {"all idle: the largest", {partition(5, true), partition(7, true)}, 7},
      {"before 1970", {partition(-9), partition(-5, true)}, -9},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    DaemonStatus status;
    status.partitions = row.partitions;
    CHECK(stream_watermark(status, "s") == row.want);
  }
}

TEST_CASE("lag, and rows without a value") {
  PartitionStatus at;
  at.next_offset = 10;
  CHECK(partition_lag(at) == -1);
  at.end_offset = 13;
  CHECK(partition_lag(at) == 3);
  at.end_offset = 8;  // the end is older than the position
  CHECK(partition_lag(at) == 0);
  const ClassCounts rows{1, 2, 4, 8, 16, 32, 64};
  CHECK(missing_rows(rows) == 2 + 4 + 8);
  CHECK(total_rows(rows) == 127);
}

TEST_CASE("lag in time is the age of the newest record while others wait") {
  PartitionStatus at = test::make_partition("t", 0, "s", 10, -1);
  at.last_record_us = 40;
  CHECK(partition_lag_us(at, 100) == kNoTime);  // the end is not known
  at.end_offset = 10;
  CHECK(partition_lag_us(at, 100) == 0);
  at.end_offset = 11;
  CHECK(partition_lag_us(at, 100) == 60);
  CHECK(partition_lag_us(at, 30) == 0);  // the record is of the future
  at.last_record_us = kNoTime;
  CHECK(partition_lag_us(at, 100) == kNoTime);
}

TEST_CASE("counters of parts that a reload ended go on in those that take their place") {
  DaemonStatus before = test::make_status();
  before.snapshots = 7;
  before.snapshot_failures = 2;
  before.snapshot_times.add(0.002);
  before.snapshot_last_success_wall_us = 50;
  before.commits_ok = 4;
  before.kafka_errors = {{"_TRANSPORT", 3}, {"_ALL_BROKERS_DOWN", 1}};
  before.dead_letters = {{{"s", "ok"}, 5}, {{"gone", "ok"}, 9}};
  before.queues = {{"ingest", 4, 8, 1, 1.5}};
  before.sinks = {{"kafka", 10, 1, 0, 3, {}, true}, {"webhook/w", 6, 2, 1, 4, {}}, {"webhook/gone", 1, 1, 1, 1, {}}};
  before.partitions = {partition(5), partition(6)};
  before.partitions[0].id = {"t", 0};
  before.partitions[0].duplicates = 2;
  before.partitions[0].last_record_us = 77;
  before.registry.emplace();
  before.registry->requests[RegistryStatus::kOk].durations[0] = 3;
  before.registry->cache_entries = 9;
  DaemonStatus now;
  now.snapshots = 1;
  now.snapshot_times.add(3.0);
  now.commits_ok = 1;
  now.kafka_errors = {{"_TRANSPORT", 1}};
  now.dead_letters = {{{"s", "ok"}, 1}};
  now.queues = {{"ingest", 1, 8, 0, 0.25}};
  now.sinks = {{"kafka", 11, 0, 0, 0, {}, true}, {"webhook/w", 1, 0, 0, 0, {}}};
  now.partitions = {partition(9)};
  now.partitions[0].id = {"t", 0};
  now.registry.emplace();
  now.registry->requests[RegistryStatus::kOk].durations[0] = 1;
  add_before(before, now);
  CHECK(now.snapshots == 8);
  CHECK(now.snapshot_failures == 2);
  CHECK(now.snapshot_times.sum_seconds == before.snapshot_times.sum_seconds + 3.0);
  CHECK(now.snapshot_last_success_wall_us == 50);
  CHECK(now.commits_ok == 5);
  CHECK(now.kafka_errors == std::map<std::string, std::uint64_t>{{"_ALL_BROKERS_DOWN", 1}, {"_TRANSPORT", 4}});
  CHECK(now.dead_letters.size() == 1);
  CHECK(now.dead_letters.at({"s", "ok"}) == 6);
  CHECK(now.queues[0].held_back_seconds == 1.75);
  CHECK(now.queues[0].entries == 1);
  REQUIRE(now.sinks.size() == 2);
  CHECK(now.sinks[0].delivered == 11);  // over restarts
  CHECK(now.sinks[0].retried == 1);
  CHECK(now.sinks[1].delivered == 7);
  CHECK(now.sinks[1].failed == 1);
  CHECK(now.sinks[1].waiting == 0);
  REQUIRE(now.partitions.size() == 1);
  CHECK(now.partitions[0].watermark_us == 9);
  CHECK(now.partitions[0].duplicates == 2);
  CHECK(now.partitions[0].last_record_us == 77);
  CHECK(now.registry->requests[RegistryStatus::kOk].durations[0] == 4);
  CHECK(now.registry->cache_entries == 0);
  DaemonStatus nothing_read_yet;
  add_before(before, nothing_read_yet);
  CHECK(nothing_read_yet.partitions.size() == 2);
}
