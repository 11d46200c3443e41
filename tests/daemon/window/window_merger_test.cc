#include "daemon/window/window_merger.h"

#include <doctest/doctest.h>

#include "daemon/window/partition_panes.h"
#include "tests/daemon/window/fixture.h"

namespace driftd {

using namespace window_fixture;

namespace {

constexpr std::uint32_t kPartitions = 3;

struct Step {
  std::vector<Partial> partials;
  std::int64_t watermark_us;
};

// Stage 1 of each partition, as a list of steps.
std::vector<std::vector<Step>> stage_one(const PanePlan& plan) {
  std::vector<std::vector<Step>> steps(kPartitions);
  for (std::uint32_t p = 0; p < kPartitions; ++p) {
    PartitionPanes panes(p, {{0, &plan}});
    const std::vector<Row> rows = random_rows(100 + p, 3000);
    for (std::size_t at = 0; at < rows.size(); at += 100) {
      Step& step = steps[p].emplace_back();
      panes.add(make_batch(rows, at, at + 100), step.partials);
      step.watermark_us = panes.watermark_us();
    }
    Step& end = steps[p].emplace_back();
    panes.finish(end.partials);
    end.watermark_us = panes.watermark_us();
  }
  return steps;
}

WindowMerger make_merger(const PanePlan& plan) {
  WindowMerger merger({&plan});
  for (std::uint32_t p = 0; p < kPartitions; ++p) merger.add_partition(0, p, {"t", static_cast<std::int32_t>(p)});
  return merger;
}

// Interleaves the partitions at random; with `restart` the merger is saved and restored at every step.
std::vector<Window> run(const PanePlan& plan, std::uint64_t seed, bool restart) {
  auto steps = stage_one(plan);
  std::mt19937_64 random(seed);
  WindowMerger merger = make_merger(plan);
  std::vector<std::size_t> next(kPartitions, 0);
  std::vector<Window> windows;
  for (std::size_t left = kPartitions * steps[0].size(); left > 0;) {
    const std::uint32_t p = static_cast<std::uint32_t>(random() % kPartitions);
    if (next[p] == steps[p].size()) continue;
    Step& step = steps[p][next[p]++];
    --left;
    for (Partial& partial : step.partials) merger.add_partial(std::move(partial));
    merger.set_watermark(p, step.watermark_us);
    for (Window& window : merger.take_closed()) windows.push_back(std::move(window));
    if (!restart) continue;
    ByteWriter out;
    merger.save(out);
    merger = WindowMerger({&plan});
    ByteReader in(out.bytes());
    REQUIRE(merger.load(in, {{"t", 0}}));
    REQUIRE(in.done());
    for (std::uint32_t q = 0; q < kPartitions; ++q) merger.add_partition(0, q, {"t", static_cast<std::int32_t>(q)});
  }
  return windows;
}

bool equal(const Window& a, const Window& b) {
  return a.monitor == b.monitor && a.start_us == b.start_us && a.end_us == b.end_us && a.complete == b.complete &&
         a.segments == b.segments && a.offsets == b.offsets && a.unseen == b.unseen && a.values == b.values;
}

}  // namespace

TEST_CASE("windows are equal whatever partition came first, and over a restart at every step") {
  const PanePlan plan = make_plan();
  const std::vector<Window> first = run(plan, 1, false);
  REQUIRE(first.size() > 20);
  for (const std::uint64_t seed : {2, 3, 4}) {
    for (const bool restart : {false, true}) {
      const std::vector<Window> other = run(plan, seed, restart);
      REQUIRE(other.size() == first.size());
      for (std::size_t i = 0; i < first.size(); ++i) CHECK(equal(first[i], other[i]));
    }
  }
}

TEST_CASE("a window sums its segments to all, and its values are in event-time order") {
  const PanePlan plan = make_plan();
  for (const Window& window : run(plan, 1, false)) {
    std::uint64_t rows = 0;
    for (std::size_t s = 1; s < window.segments.size(); ++s) rows += window.segments[s].rows;
    CHECK(window.segments[0].rows == rows);
    const auto& values = window.values[0];
    CHECK(std::is_sorted(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.event_time_us < b.event_time_us; }));
    for (const auto& value : values) CHECK((value.event_time_us >= window.start_us && value.event_time_us < window.end_us));
  }
}

TEST_CASE("a partition without records holds windows back until it is idle; a late partial is dropped and counted") {
  const PanePlan plan = make_plan();
  WindowMerger merger({&plan});
  merger.add_partition(0, 0, {"t", 0});
  merger.add_partition(0, 1, {"t", 1});
  std::vector<Partial> partials;
  PartitionPanes panes(0, {{0, &plan}});
  const std::vector<Row> rows = random_rows(5, 300);
  for (std::size_t at = 0; at < rows.size(); at += 100) panes.add(make_batch(rows, at, at + 100), partials);
  REQUIRE_FALSE(partials.empty());
  Partial late{0, 1, partials.front().pane};
  for (Partial& partial : partials) merger.add_partial(std::move(partial));
  merger.set_watermark(0, panes.watermark_us());
  CHECK(merger.take_closed().empty());
  CHECK(merger.stream_watermark_us(0) == kNoTime);
  merger.set_idle(1, true);
  CHECK(merger.any_idle());
  CHECK_FALSE(merger.take_closed().empty());
  merger.add_partial(std::move(late));
  CHECK(merger.partials_dropped() == 1);
}

TEST_CASE("partitions of a topic that left the configuration are forgotten") {
  const PanePlan plan = make_plan();
  WindowMerger merger = make_merger(plan);
  ByteWriter out;
  merger.save(out);
  WindowMerger other({&plan});
  ByteReader in(out.bytes());
  REQUIRE(other.load(in, {{"another", 0}}));
  other.add_partition(0, 0, {"another", 0});
  other.set_watermark(0, 5000);
  CHECK(other.stream_watermark_us(0) == 5000);
}

}  // namespace driftd
