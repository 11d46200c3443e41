#include "daemon/reference/column_survey.h"

#include <doctest/doctest.h>

#include "tests/conformance/generator.h"
#include "tests/daemon/table/csv_cell.h"

namespace driftd {
namespace {

using Nothing = std::expected<void, TableError>;

// Cells of rows of random numbers, with a column of texts, one that turns to text late, and one with gaps.
struct Table {
  explicit Table(std::size_t rows) {
    SplitMix64 random(11);
    for (std::size_t row = 0; row < rows; ++row) {
      const auto draw = random.next();
      add(std::to_string(next_n8(random)));
      add(std::to_string(row));
      add("t" + std::to_string(draw % 1000));
      add(row == rows - 3 ? "late" : std::to_string(draw % 9));
      add(draw % 5 == 0 ? "" : draw % 7 == 0 ? "nan" : std::to_string(draw % 100));
    }
  }
  void add(const std::string& text) {
    cells.push_back(csv_cell(text));
    cells.back().column = static_cast<std::uint32_t>((cells.size() - 1) % names.size());
  }
  RowBlock rows(std::size_t first, std::size_t count) const {
    return {std::span(cells).subspan(first * names.size(), count * names.size()), count};
  }

  std::vector<std::string> names{"x", "row", "text", "late", "gaps"};
  std::vector<Cell> cells;
};

struct Found {
  std::vector<ColumnEvidence::Finding> findings;
  std::vector<std::optional<FeatureReference>> features;
};

Found found(const Table& table, std::size_t rows, std::size_t step, std::size_t memory_bytes, bool* spilled = nullptr) {
  ReferenceOptions options;
  options.memory_bytes = memory_bytes;
  SpillFile spill;
  Crew crew(4);
  ColumnSurvey survey(options, spill, crew);
  for (std::size_t row = 0; row < rows; row += step) REQUIRE(survey.add(table.rows(row, std::min(step, rows - row)), table.names));
  Found found;
  for (const auto& evidence : survey.take_evidence()) found.findings.push_back(evidence.finding());
  for (auto& numbers : survey.take_numbers()) {
    found.features.push_back(numbers ? std::optional(*numbers->freeze(rows)) : std::nullopt);
  }
  if (spilled != nullptr) *spilled = spill.used();
  return found;
}

void check_equal(const Found& a, const Found& b) {
  CHECK(a.findings == b.findings);
  REQUIRE(a.features.size() == b.features.size());
  for (std::size_t i = 0; i < a.features.size(); ++i) {
    CAPTURE(i);
    REQUIRE(a.features[i].has_value() == b.features[i].has_value());
    if (!a.features[i]) continue;
    CHECK(a.features[i]->mean == b.features[i]->mean);
    CHECK(a.features[i]->standard_deviation == b.features[i]->standard_deviation);
    CHECK(a.features[i]->numeric == b.features[i]->numeric);
    CHECK(a.features[i]->segments[0].cells == b.features[i]->segments[0].cells);
    CHECK(a.features[i]->segments[0].classes == b.features[i]->segments[0].classes);
  }
}

}  // namespace

TEST_CASE("large blocks on several threads show what single rows show") {
  constexpr std::size_t kRows = 20'000;
  const Table table(kRows);
  const auto one_by_one = found(table, kRows, 1, 64 << 20);
  using Finding = ColumnEvidence::Finding;
  CHECK(one_by_one.findings ==
        std::vector<Finding>{Finding::kNumeric, Finding::kRowNumbers, Finding::kCategorical, Finding::kCategorical, Finding::kNumeric});
  CHECK(one_by_one.features[0]);
  CHECK(!one_by_one.features[2]);
  CHECK(!one_by_one.features[3]);
  check_equal(found(table, kRows, 5000, 64 << 20), one_by_one);
  check_equal(found(table, kRows, kRows, 64 << 20), one_by_one);
}

TEST_CASE("numbers beyond the memory are spilled, with the same result") {
  constexpr std::size_t kRows = 20'000;
  const Table table(kRows);
  bool spilled = false;
  const auto in_memory = found(table, kRows, 5000, 64 << 20, &spilled);
  CHECK(!spilled);
  check_equal(found(table, kRows, 5000, 100'000, &spilled), in_memory);
  CHECK(spilled);
}

TEST_CASE("columns that come later take their share of the memory from the others") {
  ReferenceOptions options;
  options.memory_bytes = 4096 * sizeof(double);
  SpillFile spill;
  Crew crew(1);
  ColumnSurvey survey(options, spill, crew);
  const Cell number = csv_cell("1");
  const RowBlock row{{&number, 1}, 1};
  for (int i = 0; i < 3000; ++i) REQUIRE(survey.add(row, {"a"}));
  CHECK(!spill.used());
  REQUIRE(survey.add(row, {"a", "b"}));
  CHECK(spill.used());
}

TEST_CASE("numbers that nobody wants are not kept") {
  ReferenceOptions options;
  options.exclude = {"a*"};
  options.time_column = "t";
  SpillFile spill;
  Crew crew(1);
  ColumnSurvey survey(options, spill, crew);
  std::vector<Cell> cells(4, csv_cell("1"));
  for (std::uint32_t i = 0; i < 4; ++i) cells[i].column = i;
  REQUIRE(survey.add({cells, 1}, {"a1", "t", "", "x"}));
  const auto numbers = survey.take_numbers();
  REQUIRE(numbers.size() == 4);
  CHECK(!numbers[0]);
  CHECK(!numbers[1]);
  CHECK(!numbers[2]);
  CHECK(numbers[3]);
  for (const auto& evidence : survey.take_evidence()) CHECK(evidence.looks_numeric());
}

}  // namespace driftd
