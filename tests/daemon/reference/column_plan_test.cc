#include "daemon/reference/column_plan.h"

#include <doctest/doctest.h>

#include "tests/daemon/table/csv_cell.h"

namespace driftd {
namespace {

using Role = ColumnRole;

struct Table {
  std::vector<std::string> names;
  std::vector<ColumnEvidence> evidence;

  void add(const std::string& name, const std::vector<std::string>& texts) {
    names.push_back(name);
    auto& column = evidence.emplace_back();
    for (const auto& text : texts) column.add(csv_cell(text));
  }
};

Table sample() {
  Table table;
  table.add("x", {"1.5", "2.5"});
  table.add("c", {"a", "a"});
  table.add("row", {"1", "2"});
  table.add("key", {"k1", "k2"});
  table.add("made", {"2026-03-01T10:05:00Z", "2026-03-01T10:05:00Z"});
  table.add("sent", {"2026-03-01T10:05:00Z", "2026-03-01T10:06:00Z"});
  table.add("", {"1.5", "2.5"});
  table.add("error", {"0", "0"});
  return table;
}

std::expected<ColumnPlan, std::string> planned(const ReferenceOptions& options) {
  const auto table = sample();
  return plan_columns(table.names, table.evidence, options);
}

}  // namespace

TEST_CASE("without a word the values decide") {
  std::vector<std::string> said;
  ReferenceOptions options;
  options.say = [&](const std::string& text) { said.push_back(text); };
  const auto plan = planned(options);
  REQUIRE(plan);
  CHECK(plan->roles == std::vector{Role::kNumeric, Role::kCategorical, Role::kLeftOut, Role::kLeftOut, Role::kLeftOut, Role::kLeftOut,
                                   Role::kLeftOut, Role::kNumeric});
  CHECK(plan->time == 4U);
  CHECK(said == std::vector<std::string>{
                    "'made' is taken as the time of the rows (--time names another)",
                    "'row' is left out: its integers only grow, like row numbers (--numeric 'row' keeps it)",
                    "'key' is left out: no text repeats, as in a key (--categorical 'key' keeps it)",
                    "'sent' is left out: it holds times",
                    "column 7 is left out: it has no name",
                });
}

TEST_CASE("what the operator names is taken as named") {
  ReferenceOptions options;
  options.categorical = {"x", "key"};
  options.numeric = {"c", "ro?"};
  options.time_column = "sent";
  options.exclude = {"made"};
  options.prediction_column = "x";
  options.label_column = "c";
  options.segment_by = {"c", "key"};
  const auto plan = planned(options);
  REQUIRE(plan);
  CHECK(plan->roles == std::vector{Role::kCategorical, Role::kNumeric, Role::kNumeric, Role::kCategorical, Role::kLeftOut, Role::kLeftOut,
                                   Role::kLeftOut, Role::kLeftOut});
  CHECK(plan->time == 5U);
  CHECK(plan->prediction == 0U);
  CHECK(plan->segment_by == std::vector<std::uint32_t>{1, 3});
}

TEST_CASE("a prediction, a label or a segment column is never left out for its looks") {
  ReferenceOptions options;
  options.prediction_column = "row";
  options.segment_by = {"key"};
  const auto plan = planned(options);
  REQUIRE(plan);
  CHECK(plan->roles[2] == Role::kNumeric);
  CHECK(plan->roles[3] == Role::kCategorical);
}

TEST_CASE("what does not fit the table is refused") {
  const auto error = [](auto change) {
    ReferenceOptions options;
    change(options);
    const auto plan = planned(options);
    return plan ? "no error" : plan.error();
  };
  const std::string columns = "; there are: x, c, row, key, made, sent, , error";
  CHECK(error([](auto& o) { o.exclude = {"z*"}; }) == "--exclude 'z*' matches no column" + columns);
  CHECK(error([](auto& o) { o.label_column = "z"; }) == "--label: there is no column 'z'" + columns);
  CHECK(error([](auto& o) { o.numeric = {"x*"}, o.categorical = {"*"}; }) == "column 'x' is asked for as categorical and as numeric");
  CHECK(error([](auto& o) { o.numeric = {"x"}, o.categorical = {"*"}; }) == "no error");  // a name counts for more than a glob
  CHECK(error([](auto& o) { o.exclude = {"*"}; }) == "no column is left that could be a feature");
}

}  // namespace driftd
