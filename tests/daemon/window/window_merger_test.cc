#include "daemon/window/window_merger.h"

#include <doctest/doctest.h>

#include <map>
#include <numeric>
#include <random>

#include "daemon/runtime/event_time.h"
#include "daemon/window/partition_panes.h"
#include "tests/daemon/window/fixture.h"

namespace driftd {

using namespace window_fixture;

namespace {

using Partitions = std::vector<std::vector<Row>>;  // rows by source partition

Partitions random_partitions(std::uint64_t seed) {
  Partitions partitions;
  for (std::uint64_t p = 0; p < 3; ++p) partitions.push_back(random_rows(seed + p, 3000));
  return partitions;
}

// Stage 1 of each partition, as a list of steps.
struct Step {
  std::vector<Partial> partials;
  std::int64_t watermark_us;
};
std::vector<std::vector<Step>> stage_one(const PanePlan& plan, const Partitions& partitions) {
  std::vector<std::vector<Step>> steps(partitions.size());
  for (std::uint32_t p = 0; p < partitions.size(); ++p) {
    PartitionPanes panes(p, {{0, &plan}});
    const std::vector<Row>& rows = partitions[p];
    for (std::size_t at = 0; at < rows.size(); at += 100) {
      Step& step = steps[p].emplace_back();
      panes.add(make_batch(rows, at, std::min(rows.size(), at + 100)), step.partials);
      step.watermark_us = panes.watermark_us();
    }
    Step& end = steps[p].emplace_back();
    panes.finish(end.partials);
    end.watermark_us = panes.watermark_us();
  }
  return steps;
}

void add_partitions(std::size_t count, WindowMerger& merger) {
  for (std::uint32_t p = 0; p < count; ++p) merger.add_partition(0, p, {"t", static_cast<std::int32_t>(p)});
}

// Interleaves the partitions at random; with `restart` the merger is saved and restored at every step.
std::vector<Window> run(const PanePlan& plan, const Partitions& partitions, std::uint64_t seed, bool restart) {
  auto steps = stage_one(plan, partitions);
  std::mt19937_64 random(seed);
  WindowMerger merger({&plan});
  add_partitions(steps.size(), merger);
  std::vector<std::size_t> next(steps.size(), 0);
  std::size_t left = 0;
  for (const auto& of_partition : steps) left += of_partition.size();
  std::vector<Window> windows;
  while (left > 0) {
    const std::uint32_t p = static_cast<std::uint32_t>(random() % steps.size());
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
    add_partitions(steps.size(), merger);
  }
  CHECK(merger.partials_dropped() == 0);
  return windows;
}

bool equal(const Window& a, const Window& b) {
  return a.monitor == b.monitor && a.start_us == b.start_us && a.end_us == b.end_us && a.closed_by == b.closed_by &&
         a.complete == b.complete && a.segments == b.segments && a.offsets == b.offsets && a.unseen == b.unseen && a.values == b.values;
}

}  // namespace

namespace {

// Each kind of window over the same panes.
struct Shape {
  const char* name;
  std::int64_t window_us, advance_us;
  std::uint64_t rows;
};
constexpr Shape kShapes[] = {
    {"one after the other", 1000, 1000, 0},
    {"hopping", 1000, 250, 0},
    {"hopping, with panes shorter than the advance", 900, 600, 0},
    {"hopping, in gaps of rows", 40, 10, 0},
    {"by count", 200, 200, 100},
    {"by count, of one pane each", 200, 200, 1},
    {"by count, more than ever come", 50, 50, 100'000},
};

PanePlan plan_of(const Shape& shape, bool segments = true) {
  PanePlan plan = window_fixture::make_plan(segments);
  plan.window_us = shape.window_us;
  plan.advance_us = shape.advance_us;
  plan.pane_us = std::gcd(shape.window_us, shape.advance_us);
  plan.window_rows = shape.rows;
  return plan;
}

}  // namespace

TEST_CASE("windows are equal whatever partition came first, and over a restart at every step") {
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.name);
    const PanePlan plan = plan_of(shape);
    const Partitions partitions = random_partitions(100);
    const std::vector<Window> first = run(plan, partitions, 1, false);
    REQUIRE(first.size() >= (shape.rows > 10'000 ? 1 : 20));
    for (const std::uint64_t seed : {2, 3}) {
      for (const bool restart : {false, true}) {
        const std::vector<Window> other = run(plan, partitions, seed, restart);
        REQUIRE(other.size() == first.size());
        for (std::size_t i = 0; i < first.size(); ++i) CHECK(equal(first[i], other[i]));
      }
    }
  }
}

namespace {

// ---- The oracle: windows from the list of rows, straight from the definitions. ----

struct Kept {
  std::int64_t time;
  std::int32_t partition;
  std::int64_t offset;
  const Row* row;
  auto operator<=>(const Kept&) const = default;
};

std::int64_t floor_to(std::int64_t time, std::int64_t step) {
  std::int64_t k = time / step;
  while (k * step > time) --k;
  return k * step;
}

// Rows that are not late, by (time, partition, offset). A row is late where the watermark before it has passed the end of its pane
// plus lateness; the watermark is the largest so far of the 8th largest of the last 256 times.
std::vector<Kept> keep(const PanePlan& plan, const Partitions& partitions) {
  std::vector<Kept> kept;
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    std::vector<std::int64_t> times;
    std::int64_t watermark = kNoTime;
    for (const Row& row : partitions[p]) {
      const bool late = watermark != kNoTime && floor_to(row.time, plan.pane_us) + plan.pane_us + plan.lateness_us <= watermark;
      if (!late) kept.push_back({row.time, static_cast<std::int32_t>(p), row.offset, &row});
      times.push_back(row.time);
      std::vector<std::int64_t> last(times.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(times.size(), 256)), times.end());
      std::sort(last.rbegin(), last.rend());
      if (last.size() >= 8) watermark = std::max(watermark, last[7]);
    }
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

std::uint32_t segment_of(const std::string& category) { return category == "a" ? 1 : category == "b" ? 2 : 3; }
std::size_t number_cell(double value) { return value <= 10 ? 0 : value <= 20 ? 1 : value <= 30 ? 2 : 3; }
std::size_t category_cell(const std::string& name) { return name == "a" ? 4 : name == "b" ? 5 : name == "rare" ? 6 : 7; }

void count_row(const Row& row, CellCounts<std::uint64_t>& counts) {
  const auto count = [&](std::size_t field, bool valid, ValueClass other, std::size_t cell) {
    ++counts.of_class(field, valid ? ValueClass::kValid : other);
    if (valid) ++counts.cells[cell];
  };
  ++counts.rows;
  const bool has_number = row.number == row.number, has_error = row.error == row.error;
  count(0, has_number, ValueClass::kNull, number_cell(row.number));
  count(1, true, ValueClass::kNull, category_cell(row.category));
  count(2, has_error, ValueClass::kAbsent, row.error == 0 ? 8 : 9);
  // Extremes are those of the outer cells: only they can lie beyond the reference.
  if (has_number && (row.number <= 10 || row.number > 30)) {
    counts.below[0] += row.number < 0 ? 1 : 0;
    counts.above[0] += row.number > 40 ? 1 : 0;
    counts.min[0] = std::min(counts.min[0], row.number);
    counts.max[0] = std::max(counts.max[0], row.number);
  }
  if (has_error && row.error == 0) {
    counts.min[2] = std::min(counts.min[2], row.error);
    counts.max[2] = std::max(counts.max[2], row.error);
  }
}

// The window of the rows with a time in [start, end); its values are those of the rows from `fresh` on. Rows 0: there is none.
Window window_of(const PanePlan& plan, const std::vector<Kept>& kept, std::int64_t start, std::int64_t end, std::int64_t fresh) {
  Window window;
  window.start_us = start;
  window.end_us = end;
  CellCounts<std::uint64_t> zero;
  zero.cells.assign(11, 0);
  zero.classes.assign(3 * kValueClasses, 0);
  zero.below.assign(3, 0);
  zero.above.assign(3, 0);
  zero.min.assign(3, std::numeric_limits<double>::infinity());
  zero.max.assign(3, -std::numeric_limits<double>::infinity());
  window.segments.assign(plan.segments.size(), zero);
  window.unseen.resize(3);
  window.values.resize(3);
  std::map<std::int32_t, OffsetRange> offsets;
  for (const Kept& one : kept) {
    if (one.time < start || one.time >= end) continue;
    const Row& row = *one.row;
    const std::uint32_t segment = plan.segments.columns.empty() ? 0 : segment_of(row.category);
    count_row(row, window.segments[0]);
    if (segment > 0) count_row(row, window.segments[segment]);
    if (row.category.starts_with("new")) ++window.unseen[1][row.category];
    if (one.time >= fresh && row.number == row.number) window.values[0].push_back({one.time, one.offset, segment, row.number});
    OffsetRange& range = offsets.try_emplace(one.partition, OffsetRange{{"t", one.partition}, one.offset, one.offset}).first->second;
    range.from = std::min(range.from, one.offset);
    range.to = std::max(range.to, one.offset);
  }
  for (auto& [partition, range] : offsets) window.offsets.push_back(range);
  return window;
}

// Every window with a row: by time at each multiple of the advance, by count cut at the multiples of the pane.
std::vector<Window> oracle(const PanePlan& plan, const std::vector<Kept>& kept) {
  std::vector<Window> windows;
  const auto add = [&](std::int64_t start, std::int64_t end, std::int64_t fresh) {
    Window window = window_of(plan, kept, start, end, fresh);
    if (window.segments[0].rows > 0) windows.push_back(std::move(window));
  };
  const std::int64_t first = floor_to(kept.front().time, plan.pane_us);
  if (plan.window_rows == 0) {
    for (std::int64_t start = floor_to(first - plan.window_us, plan.advance_us); start <= kept.back().time; start += plan.advance_us) {
      add(start, start + plan.window_us, start + plan.window_us - plan.advance_us);
    }
    return windows;
  }
  std::int64_t start = first;
  std::uint64_t rows = 0;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (rows++ == 0) start = floor_to(kept[i].time, plan.pane_us);
    const std::int64_t end = floor_to(kept[i].time, plan.pane_us) + plan.pane_us;
    const bool last = i + 1 == kept.size();
    if (!last && (rows < plan.window_rows || kept[i + 1].time < end)) continue;
    add(start, end, start);
    windows.back().closed_by = rows >= plan.window_rows ? ClosedBy::kCount : ClosedBy::kTime;
    rows = 0;
  }
  return windows;
}

}  // namespace

TEST_CASE("windows are those that a list of all rows gives") {
  const std::uint64_t seed = std::random_device{}();
  MESSAGE("seed " << seed);
  for (const Shape& shape : kShapes) {
    for (const bool segments : {false, true}) {
      CAPTURE(shape.name);
      CAPTURE(segments);
      const PanePlan plan = plan_of(shape, segments);
      const Partitions partitions = random_partitions(seed);
      const std::vector<Window> want = oracle(plan, keep(plan, partitions));
      const std::vector<Window> got = run(plan, partitions, seed, false);
      REQUIRE(got.size() == want.size());
      for (std::size_t i = 0; i < got.size(); ++i) {
        CAPTURE(i);
        REQUIRE(equal(got[i], want[i]));
      }
    }
  }
}

TEST_CASE("windows by count are equal however rows are spread over partitions, as long as none is late") {
  PanePlan plan = plan_of({"by count", 100, 100, 150});
  plan.lateness_us = 1000;
  const std::vector<Row> rows = random_rows(77, 6000);
  std::vector<Window> first;
  for (const std::size_t count : {1, 2, 5}) {
    CAPTURE(count);
    std::mt19937_64 random(count);
    Partitions partitions(count);
    for (Row row : rows) {
      auto& partition = partitions[random() % count];
      row.offset = static_cast<std::int64_t>(partition.size());
      partition.push_back(row);
    }
    const std::vector<Window> windows = run(plan, partitions, 1, true);
    if (first.empty()) first = windows;
    CHECK(windows.size() > 20);
    REQUIRE(windows.size() == first.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
      CHECK(windows[i].start_us == first[i].start_us);
      CHECK(windows[i].end_us == first[i].end_us);
      CHECK(windows[i].segments == first[i].segments);
      CHECK(windows[i].closed_by == first[i].closed_by);
    }
  }
}

TEST_CASE("a pane that lost offsets makes every window incomplete that holds it") {
  const PanePlan plan = plan_of({"hopping", 1000, 250, 0});
  WindowMerger merger({&plan});
  add_partitions(1, merger);
  for (const std::int64_t start : {0, 250, 1000, 3000}) {
    Pane pane = make_pane(plan, start);
    pane.first_offset = pane.last_offset = start;
    pane.complete = start != 250;
    pane.segments[1] = make_counts(plan);
    pane.segments[1].rows = 1;
    merger.add_partial({0, 0, std::move(pane)});
  }
  merger.set_watermark(0, PartitionPanes::kFinished);
  std::vector<std::int64_t> incomplete;
  for (const Window& window : merger.take_closed()) {
    if (!window.complete) incomplete.push_back(window.start_us);
  }
  CHECK(incomplete == std::vector<std::int64_t>{-500, -250, 0, 250});
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

TEST_CASE("rows of an idle partition are in the windows that close without it, as many as it had") {
  PanePlan plan = make_plan(false);
  WindowMerger merger({&plan});
  merger.add_partition(0, 0, {"t", 0});
  merger.add_partition(0, 1, {"t", 1});
  PartitionPanes thin(1, {{0, &plan}});
  std::vector<Partial> partials;
  std::vector<SilentUntil> until;
  const auto tell = [&] {
    for (Partial& partial : partials) merger.add_partial(std::move(partial));
    partials.clear();
  };
  const std::vector<Row> rows{{0, 100, 5, "a", 0}, {1, 200, 5, "a", 0}, {2, 300, 6, "b", 1}};
  thin.add(make_batch(rows, 0, 2), partials);
  CHECK(thin.idle({}, partials, until));
  tell();
  // It wakes, and falls silent again: what it shows now takes the place of what it showed before.
  thin.add(make_batch(rows, 2, 3), partials);
  CHECK(thin.idle({}, partials, until));
  tell();
  merger.set_idle(1, true);
  merger.set_watermark(0, 1100);
  const std::vector<Window> windows = merger.take_closed();
  REQUIRE(windows.size() == 1);
  CHECK(windows[0].segments[0].rows == 3);
  CHECK(windows[0].closed_by == ClosedBy::kTime);
  REQUIRE(windows[0].offsets.size() == 1);
  CHECK(windows[0].offsets[0].to == 2);
}

TEST_CASE("silence closes a window when all partitions are silent past its end, and only then") {
  const PanePlan plan = make_plan(false);
  WindowMerger merger({&plan});
  merger.add_partition(0, 0, {"t", 0});
  merger.add_partition(0, 1, {"t", 1});
  for (const std::int64_t start : {0, 1000}) {
    Pane pane = make_pane(plan, start);
    pane.segments[0] = make_counts(plan);
    pane.segments[0].rows = 5;
    merger.add_pane(0, {"t", 0}, std::move(pane));
  }
  merger.set_idle(0, true);
  merger.set_silent_until(0, {0, 2000});
  CHECK(merger.take_closed().empty());  // the other one is active
  merger.set_idle(1, true);
  CHECK(merger.take_closed().empty());  // and has not been silent for long
  merger.set_silent_until(1, {0, 1000});
  std::vector<Window> windows = merger.take_closed();
  REQUIRE(windows.size() == 1);
  CHECK(windows[0].end_us == 1000);
  CHECK(windows[0].closed_by == ClosedBy::kIdle);
  // One that wakes takes its word back, and gives it again from the beginning.
  merger.set_idle(1, false);
  merger.set_idle(1, true);
  merger.set_silent_until(0, {0, 3000});
  CHECK(merger.take_closed().empty());
  merger.set_silent_until(1, {0, 3000});
  CHECK(merger.take_closed().size() == 1);
}

TEST_CASE("windows from the past that come after a silence are windows") {
  for (const std::uint64_t by_count : {0, 3}) {
    CAPTURE(by_count);
    PanePlan plan = make_plan(false);
    plan.window_rows = by_count;
    WindowMerger merger({&plan});
    merger.add_partition(0, 0, {"t", 0});
    merger.set_idle(0, true);
    merger.set_silent_until(0, {0, 1'000'000});
    CHECK(merger.take_closed().empty());
    Pane pane = make_pane(plan, 2000);
    pane.segments[0] = make_counts(plan);
    pane.segments[0].rows = 5;
    merger.add_pane(0, {"t", 0}, std::move(pane));
    CHECK(merger.partials_dropped() == 0);
    CHECK(merger.take_closed().size() == 1);
  }
}

TEST_CASE("partitions of a topic that left the configuration are forgotten") {
  const PanePlan plan = make_plan();
  WindowMerger merger({&plan});
  add_partitions(3, merger);
  ByteWriter out;
  merger.save(out);
  WindowMerger other({&plan});
  ByteReader in(out.bytes());
  REQUIRE(other.load(in, {{"another", 0}}));
  other.add_partition(0, 0, {"another", 0});
  other.set_watermark(0, 5000);
  CHECK(other.stream_watermark_us(0) == 5000);
}

TEST_CASE("state with a time that no record can have is refused") {
  const PanePlan plan = make_plan();
  for (const std::int64_t watermark : {kMaxEventTime, 5 * kMaxEventTime}) {
    WindowMerger merger({&plan});
    add_partitions(1, merger);
    merger.set_watermark(0, watermark);
    ByteWriter out;
    merger.save(out);
    ByteReader in(out.bytes());
    WindowMerger other({&plan});
    CHECK(other.load(in, {{"t", 0}}) == (watermark == kMaxEventTime));
  }
}

TEST_CASE("state of version 1 is read, with windows by count and from before there were any") {
  const PanePlan plan = make_plan();
  const std::vector<Row> rows = random_rows(6, 300);
  std::vector<Partial> partials;
  PartitionPanes panes(0, {{0, &plan}});
  for (std::size_t at = 0; at < rows.size(); at += 100) panes.add(make_batch(rows, at, at + 100), partials);
  REQUIRE_FALSE(partials.empty());
  WindowMerger merger({&plan});
  add_partitions(2, merger);
  for (Partial& partial : partials) merger.add_partial(std::move(partial));
  ByteWriter out;
  merger.save(out);

  const auto before_counts = [](std::string_view bytes) {
    ByteReader in(bytes);
    ByteWriter old;
    const std::size_t partitions = in.count(14);
    old.varint(partitions);
    for (std::size_t i = 0; i < partitions; ++i) {
      save_id(load_id(in), old);
      old.i64(in.i64());
      old.boolean(in.boolean());
    }
    old.u64(in.u64());
    old.varint(in.varint());
    old.string(in.string());
    std::string body(in.string());
    body.erase(8, 8);  // gathered_until_us
    old.string(body);
    REQUIRE(in.done());
    return old.take();
  };
  struct Version {
    std::uint32_t number;
    std::string bytes;
    bool is_read;
  };
  const Version versions[] = {
      {2, out.bytes(), true}, {1, out.bytes(), true}, {1, before_counts(out.bytes()), true}, {2, before_counts(out.bytes()), false}};
  for (const Version& version : versions) {
    CAPTURE(version.number);
    WindowMerger other({&plan});
    ByteReader in(version.bytes);
    REQUIRE((other.load(in, {{"t", 0}}, version.number) && in.done()) == version.is_read);
    if (!version.is_read) continue;
    add_partitions(2, other);
    ByteWriter again;
    other.save(again);
    CHECK(again.bytes() == out.bytes());
  }
}

}  // namespace driftd
