#include "detectors/reference/cells.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace driftd {
namespace {

using Counts = std::vector<std::uint64_t>;

std::vector<ValueCount> one_to(std::size_t n) {
  std::vector<ValueCount> values;
  for (std::size_t i = 1; i <= n; ++i) values.push_back({static_cast<double>(i), 1});
  return values;
}

}  // namespace

TEST_CASE("a value on an edge belongs to the cell on its left") {
  const NumericCells cells{.discrete = false, .edges = {1.0, 2.0}, .coarse = {0, 1, 2, 3}};
  CHECK(cells.cell(0.5) == 0);
  CHECK(cells.cell(1.0) == 0);
  CHECK(cells.cell(1.5) == 1);
  CHECK(cells.cell(2.5) == 2);
}

TEST_CASE("a discrete column has a cell for each value and one for others") {
  const NumericCells cells{.discrete = true, .edges = {1.0, 2.0}, .coarse = {0, 1, 2, 3}};
  CHECK(cells.cell(1.0) == 0);
  CHECK(cells.cell(2.0) == 1);
  CHECK(cells.cell(1.5) == 2);
  CHECK(cells.cell(3.0) == 2);
}

TEST_CASE("quantile cells of distinct values hold equal counts") {
  const auto cells = freeze_numeric_cells(one_to(1000), false, 10, 5);
  CHECK(cells.edges == std::vector<double>{100, 200, 300, 400, 500, 600, 700, 800, 900});
  CHECK(cells.coarse == std::vector<std::uint32_t>{0, 2, 4, 6, 8, 10});
  const auto counts = count_cells(cells, one_to(1000));
  CHECK(counts == Counts(10, 100));
  CHECK(coarse_counts<std::uint64_t>(cells.coarse, counts) == Counts(5, 200));
}

TEST_CASE("a freezer counts while it freezes") {
  auto values = one_to(3000);
  values[7].count = 500;
  values[2000].count = 40;
  CellFreezer freezer(3000 + 499 + 39, true);
  for (const auto& v : values) freezer.add(v);
  const auto frozen = freezer.finish();
  CHECK(frozen.cells == freeze_numeric_cells(values, true));
  CHECK(frozen.counts == count_cells(frozen.cells, values));
}

TEST_CASE("which columns are discrete") {
  const auto with_atom = [](std::size_t distinct, std::uint64_t atom) {
    auto values = one_to(distinct);
    values[distinct / 2].count = atom;
    return values;
  };
  const struct {
    const char* name;
    std::vector<ValueCount> input;
    bool want;
  } rows[] = {
      {"20 values", one_to(20), true},
      {"21 values", one_to(21), false},
      {"an atom of .3", with_atom(71, 30), true},
      {"an atom under .3", with_atom(72, 30), false},
      {"an atom and 256 values", with_atom(256, 1000), true},
      {"an atom and 257 values", with_atom(257, 1000), false},
      {"no value", {}, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(freeze_numeric_cells(row.input, true).discrete == row.want);
    CHECK(!freeze_numeric_cells(row.input, false).discrete);
  }
}

TEST_CASE("hardest inputs of quantile cells") {
  const double largest = std::numeric_limits<double>::max();
  const struct {
    const char* name;
    std::vector<ValueCount> input;
    std::vector<double> edges;
    Counts counts;
  } rows[] = {
      {"empty", {}, {}, {0}},
      {"constant", {{5, 9}}, {std::nextafter(5.0, 0.0), 5}, {0, 9, 0}},
      {"lowest double", {{-largest, 1}}, {-largest}, {1, 0}},
      {"neighbours",
       {{1.0, 50}, {std::nextafter(1.0, 2.0), 50}},
       {std::nextafter(1.0, 0.0), 1.0, std::nextafter(1.0, 2.0)},
       {0, 50, 50, 0}},
      {"smallest double", {{0.0, 50}, {5e-324, 50}}, {-5e-324, 0.0, 5e-324}, {0, 50, 50, 0}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto cells = freeze_numeric_cells(row.input, false);
    CHECK(cells.edges == row.edges);
    CHECK(count_cells(cells, row.input) == row.counts);
    CHECK(cells.coarse.front() == 0);
    CHECK(cells.coarse.back() == cells.size());
    CHECK(std::ranges::is_sorted(cells.coarse, std::ranges::less_equal{}));
  }
}

TEST_CASE("a column of 256 atoms has the most edges there can be, one of 257 values half of them") {
  std::vector<ValueCount> atoms;
  for (int value = 0; value < 256; ++value) atoms.push_back({static_cast<double>(value), 7});
  CHECK(freeze_numeric_cells(atoms, false).edges.size() == kMostEdges);
  atoms.push_back({256.0, 7});
  CHECK(freeze_numeric_cells(atoms, false).edges.size() == kMostEdges / 2 - 1);
}

TEST_CASE("one outlier of 1e6 moves only the last edge's neighbourhood, not the cells") {  // field lesson B10
  auto values = one_to(10'000);
  const auto without = freeze_numeric_cells(values, false);
  values.push_back({1e6, 1});
  const auto with = freeze_numeric_cells(values, false);
  REQUIRE(with.edges.size() == without.edges.size());
  for (std::size_t i = 0; i < with.edges.size(); ++i) CHECK(std::abs(with.edges[i] - without.edges[i]) <= 1);
}

TEST_CASE("the dictionary holds frequent categories by count, then by bytes") {
  const std::vector<CategoryCount> counts{{"rare", 4}, {"b", 10}, {"once", 1}, {"a", 10}, {"twice", 2}, {"most", 30}, {"limit", 5}};
  const auto cells = freeze_categories(counts);
  CHECK(cells.dictionary == std::vector<std::string>{"most", "a", "b", "limit"});
  CHECK(cells.known_hashes.size() == 7);
  CHECK(std::ranges::is_sorted(cells.known_hashes));
  CHECK(cells.seen_once == 1);
  CHECK(cells.seen_twice == 1);
  const CategoryIndex index(cells);
  CHECK(index.cell(hash_category("most")) == 0);
  CHECK(index.cell(hash_category("limit")) == 3);
  CHECK(index.cell(hash_category("rare")) == cells.other_known());
  CHECK(index.cell(hash_category("new")) == cells.unseen());
  CHECK(index.cell(hash_category("")) == cells.unseen());
}

TEST_CASE("a dictionary has at most 1,000 categories; the rest is known") {
  std::vector<std::string> names;
  for (int i = 0; i < 3000; ++i) names.push_back("category " + std::to_string(i));
  std::vector<CategoryCount> counts;
  for (const auto& name : names) counts.push_back({name, 5});
  const auto cells = freeze_categories(counts);
  CHECK(cells.dictionary.size() == kDictionarySize);
  CHECK(std::ranges::is_sorted(cells.dictionary));
  const CategoryIndex index(cells);
  Counts found(cells.size(), 0);
  for (const auto& name : names) ++found[index.cell(hash_category(name))];
  CHECK(found[cells.other_known()] == 2000);
  CHECK(found[cells.unseen()] == 0);
}

TEST_CASE("an index without a reference calls everything unseen") {
  CHECK(CategoryIndex(CategoryCells{}).cell(hash_category("x")) == CategoryCells{}.unseen());
}

TEST_CASE("the hash of a category is XXH3_64bits") {  // value of xxhash 0.8, `printf '' | xxh3sum`
  CHECK(hash_category("") == 0x2D06800538D394C2U);
}

}  // namespace driftd
