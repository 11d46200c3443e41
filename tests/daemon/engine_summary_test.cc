#include "daemon/engine_summary.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/daemon/engine_fixture.h"

namespace driftd {

using namespace engine_fixture;

TEST_CASE("a snapshot is understood without its configuration") {
  const Snapshot snapshot = make_snapshot();
  const auto summary = summarize(snapshot);
  REQUIRE(summary);
  CHECK(summary->config_hash == "c0ffee012345");
  REQUIRE(summary->partitions.size() == 2);
  const PartitionSummary& first = summary->partitions[0];
  CHECK(first.id == TopicPartition{"t", 0});
  CHECK(first.counters.next_offset == 6000);
  CHECK(first.counters.records == 6000);
  CHECK(first.counters.rows + first.counters.rejected[static_cast<std::size_t>(Reject::kMalformed)] == 6000);
  CHECK(first.counters.rejected[static_cast<std::size_t>(Reject::kMalformed)] > 50);
  CHECK(first.open_panes == 1);
  CHECK(first.last.record.offset == 5999);
  CHECK_FALSE(first.idle);
  CHECK(summary->partitions[1].idle);
  REQUIRE(summary->monitors.size() == 1);
  const MonitorSummary& monitor = summary->monitors[0];
  CHECK(monitor.name == "m");
  CHECK(monitor.definition == make_plan()->panes[0].state_key);
  CHECK(monitor.open_panes == 2);
  CHECK(monitor.windows_closed == 10);
  CHECK(monitor.evaluated + monitor.insufficient == 10);
  REQUIRE(monitor.last);
  CHECK(monitor.last->end_us - monitor.last->start_us == 60'000'000);
  CHECK(monitor.detector_bytes.size() == 1);
  CHECK(monitor.detector_bytes[0] > 100);
  REQUIRE(monitor.open.size() >= 2);
  for (const OpenAlert& alert : monitor.open) CHECK_FALSE(alert.summary.empty());
  CHECK(summary->outbox.at("events") >= 10);
  CHECK(summary->outbox.at("dead") > 100);
}

TEST_CASE("what cannot be read is named, what is unknown is refused") {
  const Snapshot whole = make_snapshot();
  CHECK(unknown_section(whole) == "");
  for (std::size_t i = 0; i < whole.sections.size(); ++i) {
    Snapshot cut = whole;
    const std::string id = cut.sections[i].id;
    if (id == kConfigSection) continue;  // any text is a hash
    CAPTURE(id);
    cut.sections[i].bytes.resize(7);
    const auto summary = summarize(cut);
    REQUIRE_FALSE(summary);
    CHECK(summary.error() == "section '" + id + "' cannot be read");
  }
  for (const SnapshotSection& section : whole.sections) {
    Snapshot ahead = whole;
    auto& changed = *std::ranges::find(ahead.sections, section.id, &SnapshotSection::id);
    changed.version = 9;
    CAPTURE(section.id);
    CHECK((unknown_section(ahead) == "") == !section.mandatory);
    if (section.id != kMergerSection) continue;
    CHECK(unknown_section(ahead) ==
          "section 'merger' of the snapshot has version 9, and this driftd reads up to 2: it was written by a newer one");
  }
  Snapshot newer = whole;
  newer.sections.push_back({"weather", 1, true, ""});
  CHECK(unknown_section(newer) == "the snapshot has a section 'weather' that this driftd does not know: it was written by a newer one");
  newer.sections.back().mandatory = false;
  CHECK(unknown_section(newer) == "");
  CHECK(summarize(newer).has_value());
}

}  // namespace driftd
