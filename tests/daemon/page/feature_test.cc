#include "daemon/page/feature.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"

using namespace driftd;
using test::has;

namespace {

std::string page_of(const MonitorStatus& monitor, const FeatureStatus& feature) {
  const DaemonStatus status = test::make_status();
  return feature_page(test::view_of(status, feature.segment), monitor, feature);
}

}  // namespace

TEST_CASE("both sides of every cell, with labels, shares and what it adds") {
  const MonitorStatus monitor = test::census_monitor();
  const std::string page = page_of(monitor, monitor.features[0]);
  CHECK(has(page, "reference, n = 68,785"));
  CHECK(has(page, "current, n = 1,318"));
  CHECK(has(page, "The largest changes: 16 went from 4.5% to 0%; 17 went from 3.0% to 0%; 5 went from 3.0% to 5.0%."));
  CHECK(has(page, "<th scope=\"row\" class=\"name\">16</th>"));
  CHECK(has(page, "<td class=\"number\">4.5%</td><td class=\"number\">0%</td>"));
  CHECK(has(page, "<td class=\"number\">0.275</td></tr>"));
  CHECK(has(page, "<td class=\"number\">0.464</td></tr></tfoot>"));
}

TEST_CASE("the lead says where the feature stands") {
  MonitorStatus monitor = test::census_monitor();
  CHECK(has(page_of(monitor, monitor.features[0]),
            "<p class=\"lead\">relp: 0% of rows in 16, 4.5% in the reference; PSI 0.37 (n = 1318)</p>"));
  CHECK(has(page_of(monitor, monitor.features[2]), "<p class=\"lead\">Over its alarm line (2.2 times), but no alert is open.</p>"));
  CHECK(has(page_of(monitor, monitor.features[3]), "<p class=\"lead\">Nothing unusual: at 87.0% of its alarm line.</p>"));
  const MonitorStatus collecting = test::collecting_monitor();
  CHECK(has(page_of(collecting, collecting.features[0]), "<p class=\"lead\">Collecting 320 of 500 rows.</p>"));
}

TEST_CASE("the last windows, in a sentence and a table") {
  const MonitorStatus monitor = test::census_monitor();
  const std::string page = page_of(monitor, monitor.features[0]);
  CHECK(has(page, "4 of the last 20 windows over the alarm line; the largest reached 11.5\xc3\x97."));
  CHECK(has(page, "<figcaption><span>19 Aug 2017</span><span>30 Dec 2017</span></figcaption>"));
  CHECK(has(page, "<tr><th scope=\"row\">30 Dec 2017</th><td class=\"number\">1,322</td><td class=\"number\">11.5\xc3\x97</td></tr>"));
  MonitorStatus fresh = monitor;
  fresh.features[0].ratio_history = {kNoNumber};
  CHECK_FALSE(has(page_of(fresh, fresh.features[0]), "Last windows"));
}

TEST_CASE("measures: what judges and what is shown only, means of a sequential detector") {
  const MonitorStatus monitor = test::census_monitor();
  const std::string page = page_of(monitor, monitor.features[0]);
  CHECK(has(page, "population stability index</th><td class=\"number\">0.464</td>"));
  CHECK(has(page, "<td class=\"number\">11.4\xc3\x97</td></tr>"));
  CHECK(has(page, "<td class=\"number\">shown only</td></tr>"));
  CHECK_FALSE(has(page, "Fixed limit"));
  const std::string error = page_of(monitor, monitor.features[7]);
  CHECK(has(error, "ADWIN (adaptive windowing), mean 0.17 to 0.19</th>"));
  CHECK_FALSE(has(error, "<th scope=\"col\" class=\"number\">p</th>"));
}

TEST_CASE("quality: the check's own shares, else those of the rows") {
  MonitorStatus monitor = test::census_monitor();
  const std::string page = page_of(monitor, monitor.features[4]);
  CHECK(has(page, "without a value</th>"));
  CHECK(has(page, "<td class=\"number\">1.0%</td><td class=\"number\">3.4%</td><td class=\"number\">1.2\xc3\x97</td>"));
  CHECK(has(page, "a category not in the reference</th>"));
  CHECK_FALSE(has(page, "outside the reference&#39;s range"));
  monitor.features[4].quality.clear();
  CHECK(has(page_of(monitor, monitor.features[4]), "<td class=\"number\">3.4%</td><td class=\"number\">not judged</td>"));
}

TEST_CASE("segments of one feature are links") {
  const MonitorStatus monitor = test::census_monitor();
  const std::string page = page_of(monitor, monitor.features[1]);
  CHECK(has(page, "<a href=\"/ui/monitors/employment/features/agep\" aria-current=\"page\">all rows</a>"));
  CHECK(has(page, "<a href=\"/ui/monitors/employment/features/agep?segment=sex%3D1\">sex=1</a>"));
}
