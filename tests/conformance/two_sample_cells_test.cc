// cells.tsv: the counts of every pair in cells frozen from its reference, by an independent implementation of algorithms 0.6.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "detectors/reference/cells.h"
#include "tests/conformance/generator.h"

namespace driftd {
namespace {

struct CellsRow {
  std::string pair, group, cells, reference, current;
};

std::vector<CellsRow> read_rows() {
  std::ifstream file(two_sample_folder() / "cells.tsv");
  std::vector<CellsRow> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::vector<std::string> parts;
    for (std::size_t start = 0; start <= line.size();) {
      const std::size_t end = std::min(line.find('\t', start), line.size());
      parts.push_back(line.substr(start, end - start));
      start = end + 1;
    }
    REQUIRE(parts.size() == 5);
    rows.push_back({parts[0], parts[1], parts[2], parts[3], parts[4]});
  }
  return rows;
}

// The elements of a flat JSON list whose strings need no escapes.
std::vector<std::string> list_of(const std::string& json) {
  std::vector<std::string> items;
  for (std::size_t start = 1; start < json.size();) {
    const std::size_t end = json.find_first_of(",]", start);
    std::string item = json.substr(start, end - start);
    std::erase(item, '"');
    items.push_back(item);
    start = end + 1;
  }
  return items;
}

std::vector<double> numbers_of(const std::string& json) {
  std::vector<double> numbers;
  for (const auto& item : list_of(json)) numbers.push_back(std::strtod(item.c_str(), nullptr));
  return numbers;
}

std::vector<std::uint64_t> counts_of(const std::string& json) {
  std::vector<std::uint64_t> counts;
  for (const auto& item : list_of(json)) counts.push_back(std::strtoull(item.c_str(), nullptr, 10));
  return counts;
}

std::vector<ValueCount> value_counts(const std::vector<double>& values) {
  std::map<double, std::uint64_t> counted;
  for (const double value : values) ++counted[value];
  std::vector<ValueCount> counts;
  for (const auto& [value, count] : counted) counts.push_back({value, count});
  return counts;
}

std::vector<std::uint64_t> counts_by_group(const NumericCells& cells, const std::string& group, const std::vector<ValueCount>& values) {
  const auto fine = count_cells(cells, values);
  return group == "k10" ? fine : coarse_counts<std::uint64_t>(cells.coarse, fine);
}

// The upper edges of what the group counts in: fine cells, or coarse ones.
std::vector<double> upper_edges(const NumericCells& cells, const std::string& group) {
  if (group == "k10") return cells.edges;
  std::vector<double> edges;
  for (std::size_t c = 1; c + 1 < cells.coarse.size(); ++c) edges.push_back(cells.edges[cells.coarse[c] - 1]);
  return edges;
}

void check_quantile_cells(const CellsRow& row) {
  const auto reference = value_counts(two_sample_values(row.pair, "reference"));
  const auto cells = freeze_numeric_cells(reference, false, row.group == "k10" ? 10 : kFineCells);
  CHECK(upper_edges(cells, row.group) == numbers_of(row.cells));
  CHECK(counts_by_group(cells, row.group, reference) == counts_of(row.reference));
  CHECK(counts_by_group(cells, row.group, value_counts(two_sample_values(row.pair, "current"))) == counts_of(row.current));
}

// `values` has a cell for each value of both samples, ours one for each value of the reference and `other` for the rest.
void check_discrete_cells(const CellsRow& row) {
  const auto reference = value_counts(two_sample_values(row.pair, "reference"));
  const auto cells = freeze_numeric_cells(reference, true);
  REQUIRE(cells.discrete);
  const auto values = numbers_of(row.cells);
  std::vector<std::uint64_t> want_reference(cells.size(), 0), want_current(cells.size(), 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    want_reference[cells.cell(values[i])] += counts_of(row.reference)[i];
    want_current[cells.cell(values[i])] += counts_of(row.current)[i];
  }
  CHECK(count_cells(cells, reference) == want_reference);
  CHECK(count_cells(cells, value_counts(two_sample_values(row.pair, "current"))) == want_current);
  for (const auto& v : reference) CHECK(std::ranges::count(values, v.value) == 1);
}

std::vector<std::uint64_t> category_counts(const CategoryCells& cells, const std::vector<std::string>& texts) {
  const CategoryIndex index(cells);
  std::vector<std::uint64_t> counts(cells.size(), 0);
  for (const auto& text : texts) ++counts[index.cell(hash_category(text))];
  return counts;
}

void check_category_cells(const CellsRow& row) {
  const auto reference = two_sample_texts(row.pair, "reference");
  std::map<std::string_view, std::uint64_t> counted;
  for (const auto& text : reference) ++counted[text];
  std::vector<CategoryCount> counts;
  for (const auto& [name, count] : counted) counts.push_back({name, count});
  const auto cells = freeze_categories(counts);
  auto labels = cells.dictionary;
  labels.insert(labels.end(), {"other_known", "unseen"});
  CHECK(labels == list_of(row.cells));
  CHECK(category_counts(cells, reference) == counts_of(row.reference));
  CHECK(category_counts(cells, two_sample_texts(row.pair, "current")) == counts_of(row.current));
}

}  // namespace

TEST_CASE("cells of every pair are those of cells.tsv") {
  std::map<std::string, int> checked;
  const std::set<std::string> texts{"colours", "unseen", "lost", "binary"};
  for (const auto& row : read_rows()) {
    CAPTURE(row.pair);
    CAPTURE(row.group);
    ++checked[row.group];
    if (row.group == "k10" || row.group == "k256b10") {
      check_quantile_cells(row);
    } else if (row.group == "cells") {
      check_category_cells(row);
    } else if (!texts.contains(row.pair)) {
      check_discrete_cells(row);
    }
  }
  CHECK(checked == std::map<std::string, int>{{"cells", 4}, {"k10", 18}, {"k256b10", 18}, {"values", 5}});
}

TEST_CASE("the generator draws the numbers that its description states") {
  SplitMix64 random(1);
  CHECK(next_n8(random) == 0.3216968790880209);
  CHECK(next_n8(random) == 1.969631844515044);
  CHECK(next_n8(random) == -0.3865819472995702);
}

}  // namespace driftd
