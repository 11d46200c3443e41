#include "daemon/page/charts.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/daemon/page/well_formed.h"

using namespace driftd;

namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

}  // namespace

TEST_CASE("bars are shares of the largest") {
  CHECK(share_bars(0.1, 0.2, 0.4).text == R"(<svg class="bars" aria-hidden="true"><rect class="reference" y="1" width="25%" height="8"/>)"
                                          R"(<rect class="current" y="11" width="50%" height="8"/></svg>)");
  CHECK(share_bars(0, 0, 0).text.find(R"(width="0%")") != std::string::npos);
  CHECK(single_bar(0.5, 1).text == R"(<svg class="bar" aria-hidden="true"><rect class="part" y="4" width="50%" height="8"/></svg>)");
  CHECK(single_bar(-1, 1).text.find(R"(width="0%")") != std::string::npos);
}

TEST_CASE("a small histogram draws both sides of each cell on one scale") {
  const std::vector<CellStatus> cells{{"a", 50, 10, 0}, {"b", 50, 30, 0}, {"c", 0, 0, 0}};
  const std::string svg = small_histogram(cells).text;
  CHECK(count(svg, R"(class="reference")") == 3);
  CHECK(count(svg, R"(class="current")") == 3);
  CHECK(svg.find(R"(class="current" x="42.67%" y="0.0" width="14.67%" height="40.0")") != std::string::npos);  // 75%: the largest
  CHECK(svg.find(R"(class="reference" x="1.667%" y="13.3" width="30%" height="26.7")") != std::string::npos);
  CHECK(test::well_formed(svg) == "");
  CHECK(test::well_formed(small_histogram({}).text) == "");
}

TEST_CASE("a history has a line at 1, gaps where there is no verdict, squares over the line") {
  const std::vector<double> ratios{0.5, 0.75, kNoNumber, 0.5, 2};
  const std::vector<HistoryPoint> points{{"a", "", false}, {"b", "/b", true}};
  const std::string svg = history_chart(ratios, points).text;
  CHECK(count(svg, R"(class="limit")") == 1);
  CHECK(count(svg, R"(class="trend")") == 2);
  CHECK(count(svg, R"(class="under")") == 3);
  CHECK(count(svg, "#m-over") == 1);
  CHECK(svg.find(R"(<use href="#m-over" x="98%" y="14.0"/>)") != std::string::npos);
  CHECK(svg.find("nan") == std::string::npos);
  CHECK(svg.find(R"(x2="98%" y1="99.8" y2="99.8")") != std::string::npos);  // the line, at 45% of the height
  CHECK(count(svg, R"(class="shown")") == 1);
  CHECK(count(svg, R"(data-read=)") == 2);
  CHECK(svg.find(R"(<a href="/b" tabindex="-1" data-soft>)") != std::string::npos);
  CHECK(test::well_formed(svg) == "");
}

TEST_CASE("the alarm line has one height in every chart; above it the scale is logarithmic") {
  const std::vector<double> calm{0.5, 0.5}, wild{0.5, 100};
  const auto line_of = [](const std::string& svg) { return svg.substr(svg.find("class=\"limit\""), 60); };
  CHECK(line_of(sparkline(calm).text) == line_of(sparkline(wild).text));
  const std::vector<double> ten{10, 100};
  CHECK(sparkline(ten).text.find(R"(y1="10.1")") != std::string::npos);  // half way from the line to the top
}

TEST_CASE("a history of nothing, of one window, of infinite ratios") {
  CHECK(test::well_formed(history_chart({}, {}).text) == "");
  CHECK(test::well_formed(sparkline({}).text) == "");
  const std::vector<double> one{0.5}, none{kNoNumber, kNoNumber};
  CHECK(count(history_chart(one, {}).text, R"(class="under")") == 1);
  CHECK(count(sparkline(none).text, "circle") == 0);
  const std::vector<double> infinite{0.5, std::numeric_limits<double>::infinity()};
  CHECK(history_chart(infinite, {}).text.find("nan") == std::string::npos);
}
