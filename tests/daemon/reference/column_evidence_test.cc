#include "daemon/reference/column_evidence.h"

#include <doctest/doctest.h>

#include "tests/daemon/table/csv_cell.h"

namespace driftd {
namespace {

using Finding = ColumnEvidence::Finding;

Finding of_csv(const std::vector<std::string>& texts) {
  ColumnEvidence evidence;
  for (const auto& text : texts) evidence.add(csv_cell(text));
  return evidence.finding();
}

Finding of_json(const std::vector<Cell>& cells) {
  ColumnEvidence evidence;
  for (const auto& cell : cells) evidence.add(cell);
  return evidence.finding();
}

const Cell kNumber{.column = 0, .kind = ValueKind::kDouble, .number = 2.5, .integer = 0, .text = {}};
const Cell kString{.column = 0, .kind = ValueKind::kString, .number = 0, .integer = 0, .text = "x"};
const Cell kTrue{.column = 0, .kind = ValueKind::kBoolean, .number = 0, .integer = 0, .text = "true"};
const Cell kArray{.column = 0, .kind = ValueKind::kContainer, .number = 0, .integer = 0, .text = {}};

}  // namespace

TEST_CASE("what the cells of a CSV column show") {
  const struct {
    const char* name;
    std::vector<std::string> input;
    Finding want;
  } rows[] = {
      {"numbers", {"1", "3", "2"}, Finding::kNumeric},
      {"numbers and empty cells", {"", "1.5", "", "2.5"}, Finding::kNumeric},
      {"numbers, nan and inf", {"1", "nan", "inf", "2"}, Finding::kNumeric},
      {"growing, but not whole", {"1", "1.5", "2"}, Finding::kNumeric},
      {"one text among numbers", {"1", "2", "x", "1"}, Finding::kCategorical},
      {"row numbers", {"0", "1", "5"}, Finding::kRowNumbers},
      {"row numbers with a repeat", {"0", "1", "1"}, Finding::kNumeric},
      {"one number", {"7"}, Finding::kNumeric},
      {"texts", {"a", "b", "a"}, Finding::kCategorical},
      {"texts that never repeat", {"a", "b", "", "c"}, Finding::kAllDistinct},
      {"one text", {"a"}, Finding::kCategorical},
      {"numbers first, then a text: not all were watched", {"1", "a", "b"}, Finding::kCategorical},
      {"times", {"2026-03-01T10:05:00Z", "", "2026-03-01T10:05:00Z"}, Finding::kTimes},
      {"times and something else", {"2026-03-01T10:05:00Z", "soon", "soon"}, Finding::kCategorical},
      {"something else and times", {"soon", "2026-03-01T10:05:00Z", "soon"}, Finding::kCategorical},
      {"nothing", {"", ""}, Finding::kEmpty},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(of_csv(row.input) == row.want);
  }
}

TEST_CASE("what the values of a JSON field show") {
  CHECK(of_json({kNumber, kNumber}) == Finding::kNumeric);
  CHECK(of_json({kString, kString}) == Finding::kCategorical);
  CHECK(of_json({kTrue, kTrue}) == Finding::kCategorical);
  CHECK(of_json({kNumber, kNumber, kString}) == Finding::kNumeric);
  CHECK(of_json({kNumber, kString}) == Finding::kCategorical);
  CHECK(of_json({kArray, kNumber}) == Finding::kNumeric);
  CHECK(of_json({kArray}) == Finding::kArrays);
}

TEST_CASE("a repeat is found among many texts, and the watch ends at its limit") {
  RepeatWatch late;
  for (int i = 0; i < 100'000; ++i) late.add(std::to_string(i));
  CHECK(late.all_distinct());
  late.add("99");
  CHECK(!late.all_distinct());
  RepeatWatch full;
  for (std::size_t i = 0; i < RepeatWatch::kWatchedTexts; ++i) full.add(std::to_string(i));
  full.add("99");
  CHECK(full.all_distinct());
}

}  // namespace driftd
