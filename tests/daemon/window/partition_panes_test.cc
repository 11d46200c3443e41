#include "daemon/window/partition_panes.h"

#include <doctest/doctest.h>

#include "tests/daemon/window/fixture.h"

namespace driftd {

using namespace window_fixture;

namespace {

// Panes of all rows, the batches cut at random places; with `restart` the state is saved and loaded between batches.
std::vector<Partial> run(const std::vector<Row>& rows, const PanePlan& plan, std::uint64_t cut_seed, bool restart,
                         std::uint64_t* late = nullptr) {
  std::mt19937_64 random(cut_seed);
  auto panes = std::make_unique<PartitionPanes>(3, std::vector<PartitionPanes::Monitor>{{0, &plan}});
  std::vector<Partial> closed;
  for (std::size_t at = 0; at < rows.size();) {
    const std::size_t to = std::min(rows.size(), at + 1 + random() % kBatchRows);
    panes->add(make_batch(rows, at, to), closed);
    at = to;
    if (!restart) continue;
    ByteWriter out;
    panes->save(out);
    panes = std::make_unique<PartitionPanes>(3, std::vector<PartitionPanes::Monitor>{{0, &plan}});
    ByteReader in(out.bytes());
    REQUIRE(panes->load(in));
    REQUIRE(in.done());
  }
  panes->finish(closed);
  if (late != nullptr) *late = panes->late_rows();
  return closed;
}

bool equal(const std::vector<Partial>& a, const std::vector<Partial>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Partial& x, const Partial& y) {
    return x.monitor == y.monitor && x.source_partition == y.source_partition && x.pane == y.pane;
  });
}

}  // namespace

TEST_CASE("panes do not depend on how records were cut into batches, nor on restarts between them") {
  const std::vector<Row> rows = random_rows(21, 4000);
  for (const bool segments : {false, true}) {
    CAPTURE(segments);
    const PanePlan plan = make_plan(segments);
    const std::vector<Partial> whole = run(rows, plan, 1, false);
    CHECK(whole.size() > 20);
    CHECK(equal(whole, run(rows, plan, 2, false)));
    CHECK(equal(whole, run(rows, plan, 3, true)));
  }
}

TEST_CASE("every row is counted once, in its pane or as late") {
  const std::vector<Row> rows = random_rows(22, 3000);
  const PanePlan plan = make_plan();
  std::uint64_t late = 0, counted = 0;
  for (const Partial& partial : run(rows, plan, 1, false, &late)) {
    for (std::size_t s = 1; s < partial.pane.segments.size(); ++s) counted += partial.pane.segments[s].rows;
  }
  CHECK(late > 0);
  CHECK(counted + late == rows.size());
}

TEST_CASE("monitors of one stream share their cells and are counted as if each were alone") {
  const std::vector<Row> rows = random_rows(25, 3000);
  PanePlan shorter = make_plan(false), other_cells = make_plan();
  shorter.pane_us = shorter.window_us = shorter.advance_us = 500;
  other_cells.fields[0].kernel = CellKernel(NumericCells{.discrete = false, .edges = {5, 15, 25}, .coarse = {0, 1, 2, 3, 4}});
  other_cells.fields[0].cells_id = "another reference/number";
  const PanePlan segmented = make_plan();
  const PanePlan* const plans[] = {&segmented, &shorter, &other_cells};
  PartitionPanes together(3, {{0, plans[0]}, {1, plans[1]}, {2, plans[2]}});
  std::vector<Partial> closed;
  for (std::size_t at = 0; at < rows.size(); at += 100) together.add(make_batch(rows, at, at + 100), closed);
  together.finish(closed);
  for (std::uint32_t monitor = 0; monitor < 3; ++monitor) {
    CAPTURE(monitor);
    std::vector<Partial> of_monitor;
    std::copy_if(closed.begin(), closed.end(), std::back_inserter(of_monitor), [&](const Partial& p) { return p.monitor == monitor; });
    for (Partial& partial : of_monitor) partial.monitor = 0;
    CHECK(equal(of_monitor, run(rows, *plans[monitor], 1, false)));
  }
}

TEST_CASE("cells, classes and edges of a pane are those of its rows") {
  const PanePlan plan = make_plan(false);
  std::vector<Row> rows{
      {0, 10, 5, "a", 0}, {1, 20, 10, "b", 1}, {2, 30, 45, "rare", 1}, {3, 40, kNoNumber, "new", kNoNumber}, {4, 50, -3, "new", 0}};
  PartitionPanes panes(0, {{0, &plan}});
  std::vector<Partial> closed;
  panes.add(make_batch(rows, 0, rows.size()), closed);
  CHECK(closed.empty());
  panes.finish(closed);
  REQUIRE(closed.size() == 1);
  const auto& counts = closed[0].pane.segments[0];
  CHECK(counts.rows == 5);
  CHECK(counts.cells.values() == std::vector<std::uint32_t>{3, 0, 0, 1, 1, 1, 1, 2, 2, 2, 0});
  CHECK(counts.of_class(0, ValueClass::kValid) == 4);
  CHECK(counts.of_class(0, ValueClass::kNull) == 1);
  CHECK(counts.below[0] == 1);
  CHECK(counts.above[0] == 1);
  CHECK(counts.min[0] == -3);
  CHECK(counts.max[0] == 45);
  CHECK(closed[0].pane.unseen[1] == UnseenNames{{"new", 2}});
  CHECK(closed[0].pane.values[0].size() == 4);
  CHECK(closed[0].pane.first_offset == 0);
  CHECK(closed[0].pane.last_offset == 4);
}

TEST_CASE("a silent partition shows what is open once, and closes what ended long enough ago") {
  PanePlan plan = make_plan(false), never = plan;
  plan.idle_close_us = 5000;
  PartitionPanes panes(3, {{0, &plan}, {1, &never}});
  std::vector<Partial> partials;
  std::vector<SilentUntil> until;
  const std::vector<Row> rows{{0, 100, 5, "a", 0}, {1, 1100, 5, "a", 0}, {2, 900, 6, "b", 1}, {3, 1200, 7, "b", 1}};
  panes.add(make_batch(rows, 0, 3), partials);
  CHECK(partials.empty());
  // Not yet silent for long: both monitors show both of their panes.
  CHECK(panes.idle({4999, 100'000}, partials, until));
  REQUIRE(partials.size() == 4);
  CHECK(until.empty());
  CHECK(partials[0].pane.segments[0].rows == 2);
  CHECK_FALSE(panes.idle({4999, 100'000}, partials, until));
  CHECK(partials.size() == 4);
  // The first pane ended at 1,000, is waited for until 1,100, and closes 5,000 later.
  partials.clear();
  CHECK(panes.idle({5000, 6000}, partials, until));
  CHECK(partials.empty());
  REQUIRE(until.size() == 1);
  CHECK(until[0].until_us == 0);
  CHECK(panes.idle({6000, 6100}, partials, until));
  REQUIRE(partials.size() == 1);
  CHECK(partials[0].monitor == 0);
  CHECK(partials[0].pane.start_us == 0);
  CHECK(until.back().monitor == 0);
  CHECK(until.back().until_us == 1000);
  CHECK_FALSE(panes.idle({6000, 6900}, partials, until));
  // A row of the closed pane is late for both, as a row is late or not for a partition; the open one goes on.
  partials.clear();
  panes.add(make_batch(rows, 2, 4), partials);
  CHECK(panes.late_rows() == 1);
  CHECK(panes.idle({10, 6900}, partials, until));
  REQUIRE(partials.size() == 3);
  CHECK(partials[0].pane.start_us == 1000);
  CHECK(partials[0].pane.segments[0].rows == 2);
  CHECK(partials[1].monitor == 1);
  CHECK(partials[1].pane.segments[0].rows == 3);  // which waits for no clock
}

TEST_CASE("a silence with nothing open decides nothing: rows from the past are counted") {
  PanePlan plan = make_plan(false);
  plan.idle_close_us = 5000;
  PartitionPanes panes(3, {{0, &plan}});
  std::vector<Partial> partials;
  std::vector<SilentUntil> until;
  CHECK(panes.idle({6000, 1'000'000}, partials, until));
  REQUIRE(until.size() == 1);
  CHECK(until[0].until_us == 994'000);
  const std::vector<Row> rows{{0, 100, 5, "a", 0}, {1, 3100, 5, "a", 0}};
  panes.add(make_batch(rows, 0, 1), partials);
  CHECK(panes.late_rows() == 0);
  CHECK(panes.idle({6000, 2'000'000}, partials, until));
  REQUIRE(partials.size() == 1);
  // Of what was open only: a later window from the past is not late either.
  panes.add(make_batch(rows, 1, 2), partials);
  CHECK(panes.late_rows() == 0);
}

TEST_CASE("a pane of rows that wait for a join is not shown while it is open") {
  PanePlan plan = make_plan(false);
  plan.rows = PaneRows::kPredictions;
  plan.idle_close_us = 5000;
  PartitionPanes panes(3, {{0, &plan}});
  std::vector<Partial> partials;
  std::vector<SilentUntil> until;
  RecordBatch batch = make_batch({{0, 100, 5, "a", 0}}, 0, 1);
  batch.event_id = {{1, 2}};
  batch.prediction.resize(1);
  batch.prediction[0].kind = Answer::Kind::kNumber;
  panes.add(batch, partials);
  CHECK(panes.idle({10, 100'000}, partials, until));
  CHECK(partials.empty());
  CHECK(panes.idle({5000, 100'000}, partials, until));
  REQUIRE(partials.size() == 1);
  CHECK(partials[0].pane.rows.size() == 1);
}

TEST_CASE("lost offsets mark the open pane, or the next one where none is open, as incomplete") {
  const PanePlan plan = make_plan(false);
  const std::vector<Row> rows = random_rows(23, 2000);
  PartitionPanes panes(0, {{0, &plan}});
  std::vector<Partial> closed;
  panes.mark_incomplete();
  for (std::size_t at = 0; at < rows.size(); at += 100) panes.add(make_batch(rows, at, at + 100), closed);
  panes.finish(closed);
  std::size_t incomplete = 0;
  for (const Partial& partial : closed) incomplete += partial.pane.complete ? 0 : 1;
  CHECK(incomplete == 1);
}

TEST_CASE("state that is cut short or of another definition is refused or left out") {
  const PanePlan plan = make_plan();
  PartitionPanes panes(0, {{0, &plan}});
  std::vector<Partial> closed;
  panes.add(make_batch(random_rows(24, 100), 0, 100), closed);
  ByteWriter out;
  panes.save(out);
  for (std::size_t size = 0; size + 1 < out.bytes().size(); size += 7) {
    PartitionPanes other(0, {{0, &plan}});
    ByteReader in(std::string_view(out.bytes()).substr(0, size));
    CHECK_FALSE((other.load(in) && in.done()));
  }
  const PanePlan changed = make_plan(false);
  PartitionPanes other(0, {{0, &changed}});
  ByteReader in(out.bytes());
  CHECK(other.load(in));
  closed.clear();
  other.finish(closed);
  CHECK(closed.empty());
}

TEST_CASE("a numeric (feature, segment) pane takes at most 2.5 KiB, with the most edges there can be") {
  PanePlan plan;
  FieldPlan field;
  field.cell_count = 513;  // 512 edges: 256 values of equal weight, each in a cell of its own
  plan.fields = {field};
  plan.cells = field.cell_count;
  const PaneCounts counts = make_counts(plan);
  const std::size_t bytes = 4 * (counts.cells.size() + counts.classes.size() + counts.below.size() + counts.above.size()) +
                            8 * (counts.min.size() + counts.max.size()) + sizeof counts;
  CHECK(bytes <= 2560);
}

}  // namespace driftd
