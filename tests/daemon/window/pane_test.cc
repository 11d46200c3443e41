#include "daemon/window/pane.h"

#include <doctest/doctest.h>

#include "daemon/window/partition_panes.h"
#include "tests/daemon/window/fixture.h"

namespace driftd {
namespace {

using namespace window_fixture;

std::string bytes_of(const Pane& pane) {
  ByteWriter out;
  save_pane(pane, out);
  return out.take();
}

// The closed panes of a few hundred random rows: counts, unseen names and kept values in all of them.
std::vector<Partial> closed_panes(const PanePlan& plan) {
  PartitionPanes panes(3, {{0, &plan}});
  const std::vector<Row> rows = random_rows(7, 500);
  std::vector<Partial> closed;
  for (std::size_t from = 0; from < rows.size(); from += kBatchRows)
    panes.add(make_batch(rows, from, std::min(rows.size(), from + kBatchRows)), closed);
  panes.finish(closed);
  return closed;
}

}  // namespace

TEST_CASE("a time belongs to the pane that starts at or before it, also before 1970") {
  const struct {
    const char* name;
    std::int64_t time, want;
  } rows[] = {
      {"its first moment", 2000, 2000}, {"its last", 2999, 2000},  {"1970", 0, 0},
      {"just before 1970", -1, -1000},  {"a start", -1000, -1000}, {"before a start", -1001, -2000},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(pane_start(row.time, 1000) == row.want);
  }
}

TEST_CASE("a new pane has a place for each segment and no cells before the first row") {
  const PanePlan plan = make_plan();
  const Pane pane = make_pane(plan, 5000);
  CHECK(pane.start_us == 5000);
  CHECK(pane.complete);
  REQUIRE(pane.segments.size() == 4);  // all, a, b, __other__
  for (const auto& counts : pane.segments) CHECK_FALSE(is_started(counts));
  const auto counts = make_counts(plan);
  CHECK(is_started(counts));
  CHECK(counts.cells.values() == std::vector<std::uint32_t>(11, 0));
  CHECK(counts.classes.size() == 3 * kValueClasses);
  CHECK(counts.min[0] > counts.max[0]);
}

TEST_CASE("a pane comes back from its bytes as it was") {
  for (const bool segments : {false, true}) {
    CAPTURE(segments);
    const PanePlan plan = make_plan(segments);
    const std::vector<Partial> closed = closed_panes(plan);
    REQUIRE(closed.size() > 3);
    CHECK_FALSE(closed[1].pane.unseen[1].empty());
    CHECK_FALSE(closed[1].pane.values[0].empty());
    for (const Partial& partial : closed) {
      const std::string bytes = bytes_of(partial.pane);
      ByteReader in(bytes);
      Pane loaded;
      REQUIRE(load_pane(plan, in, loaded));
      CHECK(in.done());
      CHECK(loaded == partial.pane);
    }
  }
}

TEST_CASE("a pane that was cut anywhere is refused") {
  const PanePlan plan = make_plan();
  const std::string bytes = bytes_of(closed_panes(plan)[1].pane);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader in(std::string_view(bytes).substr(0, size));
    Pane loaded;
    CHECK_MESSAGE(!load_pane(plan, in, loaded), size);
  }
}

TEST_CASE("a count beyond 32 bits is refused, not cut") {
  PanePlan plan = make_plan(false);
  Pane pane = make_pane(plan, 0);
  pane.segments[0] = make_counts(plan);
  pane.segments[0].cells.set(0, std::numeric_limits<std::uint32_t>::max());
  std::string bytes = bytes_of(pane);
  const std::size_t at = bytes.find("\xFF\xFF\xFF\xFF\x0F");
  REQUIRE(at != std::string::npos);
  ByteReader good(bytes);
  CHECK(load_pane(plan, good, pane));
  bytes[at + 4] = '\x1F';
  ByteReader in(bytes);
  CHECK_FALSE(load_pane(plan, in, pane));
}

}  // namespace driftd
