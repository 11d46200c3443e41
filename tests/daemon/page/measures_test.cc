#include "daemon/page/measures.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"

using namespace driftd;
using test::has;

namespace {

std::string tables_of(const FeatureStatus& feature) { return measures_section(feature).text + quality_section(feature).text; }

}  // namespace

TEST_CASE("measures: what judges and what is shown only, means of a sequential detector") {
  const MonitorStatus monitor = test::census_monitor();
  const std::string page = tables_of(monitor.features[0]);
  CHECK(has(page, "population stability index</th><td class=\"number\">0.464</td>"));
  CHECK(has(page, "<td class=\"number\">11.4\xc3\x97</td></tr>"));
  CHECK(has(page, "<td class=\"number\">shown only</td></tr>"));
  CHECK_FALSE(has(page, "Fixed limit"));
  const std::string error = tables_of(monitor.features[7]);
  CHECK(has(error, "ADWIN (adaptive windowing), mean 0.17 to 0.19</th>"));
  CHECK_FALSE(has(error, "<th scope=\"col\" class=\"number\">p</th>"));
}

TEST_CASE("quality: the check's own shares, else those of the rows") {
  MonitorStatus monitor = test::census_monitor();
  const std::string page = tables_of(monitor.features[4]);
  CHECK(has(page, "without a value</th>"));
  CHECK(has(page, "<td class=\"number\">1.0%</td><td class=\"number\">3.4%</td><td class=\"number\">1.2\xc3\x97</td>"));
  CHECK(has(page, "a category not in the reference</th>"));
  CHECK_FALSE(has(page, "outside the reference&#39;s range"));
  monitor.features[4].quality.clear();
  CHECK(has(tables_of(monitor.features[4]), "<td class=\"number\">3.4%</td><td class=\"number\">not judged</td>"));
}

TEST_CASE("a ratio is told as times its line") { CHECK(times_text(1.234) == "1.23\xc3\x97"); }
