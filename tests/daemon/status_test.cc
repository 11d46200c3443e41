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
