#include "daemon/page/cells.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace driftd;

namespace {

FeatureStatus feature(const std::string& segment, const std::vector<CellStatus>& cells) {
  FeatureStatus out;
  out.segment = segment;
  out.cells = cells;
  for (const CellStatus& cell : cells) {
    out.reference_rows += cell.reference;
    out.rows += cell.current;
  }
  for (CellStatus& cell : out.cells) {
    const double p = share_of(cell.reference, out.reference_rows), q = share_of(cell.current, out.rows);
    if (p > 0 && q > 0) cell.contribution = (q - p) * std::log(q / p);
  }
  return out;
}

}  // namespace

TEST_CASE("cells as shares of their side") {
  const std::vector<CellStatus> cells{{"a", 30, 1, 0.5}, {"b", 10, 3, 0.25}};
  const auto bars = cell_bars(cells);
  REQUIRE(bars.size() == 2);
  CHECK(bars[0].reference == 0.75);
  CHECK(bars[0].current == 0.25);
  CHECK(total_contribution(bars) == 0.75);
  const std::vector<CellStatus> empty{{"a", 0, 0, 0}};
  CHECK(cell_bars(empty)[0].reference == 0);
}

TEST_CASE("of many cells the large ones stay, in order; the rest is one bar") {
  std::vector<CellStatus> cells;
  for (int i = 0; i < 10; ++i) cells.push_back({std::to_string(i), i == 2 || i == 7 ? 100U : 1U, 1, i == 4 ? 1.0 : 0.001});
  const auto bars = drawn_bars(cell_bars(cells), 4);
  REQUIRE(bars.size() == 4);
  CHECK(bars[0].label == "2");
  CHECK(bars[1].label == "4");  // adds most
  CHECK(bars[2].label == "7");
  CHECK(bars[3].label == "7 more");
  CHECK(bars[3].merged == 7);
  CHECK(bars[3].rows == 7);
  CHECK(total_contribution(bars) == doctest::Approx(total_contribution(cell_bars(cells))));
  CHECK(drawn_bars(cell_bars(cells), 10).size() == 10);
}

TEST_CASE("where a numeric cell ends") {
  CHECK(upper_edge("\xe2\x89\xa4 80") == "80");
  CHECK(upper_edge("(80, 1.2e-05]") == "1.2e-05");
  for (const char* label : {"> 80", "DE", "3", "other", "(a, b", ""}) CHECK(upper_edge(label).empty());
}

TEST_CASE("cumulative shares and where they are farthest apart") {
  const std::vector<CellStatus> cells{{"a", 50, 10, 0}, {"b", 25, 20, 0}, {"c", 25, 70, 0}};
  const auto bars = cell_bars(cells);
  const CumulativeShares shares = cumulative_shares(bars);
  CHECK(shares.reference.back() == 1);
  CHECK(shares.current[1] == doctest::Approx(0.3));
  CHECK(shares.widest == 1);
  CHECK(shares.gap == doctest::Approx(0.45));
  CHECK(cumulative_shares({}).gap == 0);
}

TEST_CASE("a change of the mix alone, of the segments alone; the parts sum to the score") {
  // Within each segment nothing changed; A is now three quarters of the rows.
  const FeatureStatus a = feature("A", {{"x", 80, 240, 0}, {"y", 20, 60, 0}}), b = feature("B", {{"x", 20, 20, 0}, {"y", 80, 80, 0}});
  const FeatureStatus all = feature("all", {{"x", 100, 260, 0}, {"y", 100, 140, 0}});
  const FeatureStatus* both[] = {&a, &b};
  const auto mix = mix_change(all, both);
  REQUIRE(mix.has_value());
  CHECK(mix->mix == doctest::Approx(total_contribution(cell_bars(all.cells))));
  CHECK(mix->within == doctest::Approx(0).scale(1));
  // The same sizes; A changed.
  const FeatureStatus changed = feature("A", {{"x", 80, 50, 0}, {"y", 20, 50, 0}}),
                      same = feature("B", {{"x", 20, 20, 0}, {"y", 80, 80, 0}});
  const FeatureStatus after = feature("all", {{"x", 100, 70, 0}, {"y", 100, 130, 0}});
  const FeatureStatus* others[] = {&changed, &same};
  const auto within = mix_change(after, others);
  REQUIRE(within.has_value());
  CHECK(within->mix == doctest::Approx(0).scale(1));
  CHECK(within->within == doctest::Approx(total_contribution(cell_bars(after.cells))));
}

TEST_CASE("segments that are not all rows, or have no past, say nothing of the mix") {
  const FeatureStatus a = feature("A", {{"x", 80, 240, 0}}), b = feature("B", {{"x", 20, 20, 0}}),
                      new_one = feature("C", {{"x", 0, 20, 0}});
  const FeatureStatus all = feature("all", {{"x", 100, 280, 0}});
  const FeatureStatus* part[] = {&a, &b};
  const FeatureStatus* alone[] = {&a};
  const FeatureStatus* with_new[] = {&a, &b, &new_one};
  CHECK_FALSE(mix_change(all, part).has_value());
  CHECK_FALSE(mix_change(a, alone).has_value());
  CHECK_FALSE(mix_change(all, with_new).has_value());
}
