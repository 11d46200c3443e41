#include "daemon/cli/state_inspect.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "daemon/decode/json_flatten.h"

namespace driftd {
namespace {

InspectedState sample() {
  PartitionSummary partition{{"rows", 3}, {}, {"dG9waWM", {41, 1'700'000'000'000'000, 0xfeed}}, true, 2};
  partition.counters.next_offset = 42;
  partition.counters.watermark_us = 1'700'000'000'000'000;
  partition.counters.records = 42;
  partition.counters.rows = 40;
  partition.counters.rejected[1] = 2;
  MonitorSummary monitor;
  monitor.name = "fraud";
  monitor.definition = R"({"monitor":"fraud","reference":"abcdef012345"})";
  monitor.open_panes = 2;
  monitor.windows_closed = 9, monitor.evaluated = 8, monitor.insufficient = 1;
  monitor.last.emplace();
  monitor.last->start_us = 1'699'999'900'000'000, monitor.last->end_us = 1'699'999'960'000'000;
  monitor.last->segment_rows = {500};
  monitor.open = {{true, false, Policy::kLevel, "psi", "00ff", 1'699'999'900'000'000, 1'699'999'960'000'000, "amount moved", "{}"}};
  monitor.detector_bytes = {100, 23};
  InspectedState state{"/s", {{"snapshot-7", 7, 99, ""}}, StoredSnapshot{"snapshot-7", "", {}}, {}};
  state.snapshot->snapshot = {7, {{"merger", 1, true, "abc"}}};
  state.summary = {"c0ffee", {partition}, {monitor}, {{"events", 3}}, 77, 5};
  return state;
}

}  // namespace

TEST_CASE("the page shows sections, partitions, monitors and what waits to leave") {
  CHECK(inspect_page(sample()) == R"(snapshot-7  generation 7  99 bytes  ok

generation 7, written under configuration c0ffee

section         bytes  checksum
merger              3  )" + fmt::format("{:016x}", section_checksum(sample().snapshot->snapshot.sections[0])) +
                                      R"(

partition   next offset  watermark                      records          rows      late  rejected      lost  open panes
rows/3               42  2023-11-14T22:13:20Z                42            40         0         2         0           2  idle

partition   last record  its time                  xxh3              topic id
rows/3               41  2023-11-14T22:13:20Z      000000000000feed  dG9waWM

monitor fraud
  reference   abcdef012345
  windows     9 closed, 8 judged, 1 with too few rows; 2 open panes
  last        2023-11-14T22:11:40Z to 2023-11-14T22:12:40Z, 500 rows
  detectors   2 sequential, 123 bytes
  alerts      1 open, 0 resolved remembered
    00ff warning firing since 2023-11-14T22:11:40Z: amount moved

outbox: 5 delivered, 3 waiting for events, 77 bytes waiting
)");
  CHECK(inspect_page({"/s", {}, {}, {}}) == "no snapshot in /s\n");
}

TEST_CASE("the JSON document has the same, with the definition whole") {
  const std::string json = inspect_json(sample());
  JsonFlattener flattener;
  REQUIRE_FALSE(flattener.flatten(json));
  for (const char* part : {R"("config_hash": "c0ffee")", R"("reference":"abcdef012345")", R"("next_offset": 42)", R"("too_large": 2)",
                           R"("watermark": "2023-11-14T22:13:20Z")", R"("idle": true)", R"("summary": "amount moved")", R"("events": 3)",
                           R"("topic_id": "dG9waWM")", R"("xxh3_64": "000000000000feed")"}) {
    CAPTURE(part);
    CHECK(json.contains(part));
  }
  CHECK(inspect_json({"/s", {}, {}, {}}) == "{\n \"dir\": \"/s\",\n \"generations\": [],\n \"snapshot\": null\n}\n");
}

}  // namespace driftd
