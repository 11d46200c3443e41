#include "daemon/page/cell_charts.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"
#include "tests/daemon/page/well_formed.h"

using namespace driftd;
using test::has;

namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

std::vector<CellBar> numeric_bars() {
  const std::vector<CellStatus> cells{{"\xe2\x89\xa4 10", 50, 10, 0.5}, {"(10, 20]", 30, 30, 0}, {"> 20", 20, 60, 0.25}};
  return cell_bars(cells);
}

}  // namespace

TEST_CASE("both sides on one scale, edges between the cells, each cell to be read") {
  const std::string chart = share_chart(numeric_bars(), ShareScale::kLinear).text;
  CHECK(test::well_formed(chart) == "");
  CHECK(count(chart, "class=\"reference\"") == 3);
  CHECK(count(chart, "class=\"current\"") == 3);
  CHECK(has(chart, "class=\"current\" x=\"75%\" width=\"16.67%\" y=\"10.0\" height=\"200.0\""));  // 60%: the largest
  CHECK(has(chart, "x=\"33.33%\" y=\"229.0\">10</text>"));
  CHECK(has(chart, "x=\"66.67%\" y=\"229.0\">20</text>"));
  CHECK(has(chart, "data-read=\"\xe2\x89\xa4 10: 10.0% now (10 rows), 50.0% in the reference; adds 0.5000 to PSI\""));
  CHECK(has(chart, ">20%</text>"));
  CHECK(has(chart, ">60%</text>"));
}

TEST_CASE("on the logarithmic scale a small share is seen") {
  const std::vector<CellStatus> cells{{"a", 1, 1, 0}, {"b", 999, 999, 0}};
  const std::string chart = share_chart(cell_bars(cells), ShareScale::kLog).text;
  CHECK(has(chart, "class=\"current\" x=\"12.5%\" width=\"25%\" y=\"160.0\" height=\"50.0\""));  // a decade of four
  CHECK(has(chart, ">0.01%</text>"));
  CHECK(has(chart, ">1%</text>"));
}

TEST_CASE("what each cell adds, and which way") {
  const std::string chart = contribution_chart(numeric_bars()).text;
  CHECK(test::well_formed(chart) == "");
  CHECK(count(chart, "class=\"shrunk\"") == 1);
  CHECK(count(chart, "class=\"gained\"") == 2);
}

TEST_CASE("cumulative shares with the largest gap") {
  const std::string chart = cumulative_chart(numeric_bars()).text;
  CHECK(test::well_formed(chart) == "");
  CHECK(count(chart, "class=\"curve-reference\"") == 3);
  CHECK(count(chart, "class=\"curve-current\"") == 3);
  CHECK(has(chart, "class=\"gap\" x1=\"33.33%\" x2=\"33.33%\" y1=\"85.0\" y2=\"145.0\""));
}

TEST_CASE("long names are turned and cut, at whole characters") {
  const std::vector<CellStatus> cells{
      {"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4"
       "\xc3\xb6",
       1, 1, 0}};
  const std::string chart = share_chart(cell_bars(cells), ShareScale::kLinear).text;
  CHECK(has(chart, "shares roomy"));
  CHECK(has(chart, "rotate(-38)"));
  CHECK(has(chart, "\xc3\xa4\xe2\x80\xa6</text>"));
}

TEST_CASE("charts of nothing are charts") {
  CHECK(test::well_formed(share_chart({}, ShareScale::kLog).text) == "");
  CHECK(test::well_formed(contribution_chart({}).text) == "");
  CHECK(test::well_formed(cumulative_chart({}).text) == "");
}
