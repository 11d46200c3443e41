#include "daemon/page/feature.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"

using namespace driftd;
using test::has;

namespace {

std::string page_of(const MonitorStatus& monitor, const FeatureStatus& feature) {
  const DaemonStatus status = test::make_status();
  return feature_page(test::view_of(status, feature.segment), in_last_window(monitor, feature));
}

}  // namespace

TEST_CASE("both sides of every cell, with labels, shares and what it adds") {
  const MonitorStatus monitor = test::census_monitor();
  const std::string page = page_of(monitor, monitor.features[0]);
  CHECK(has(page, "reference, n = 68,785"));
  CHECK(has(page, "current, n = 1,318"));
  CHECK(has(page, "The largest changes: 16 went from 4.5% to 0%; 17 went from 3.0% to 0%; 5 went from 3.0% to 5.0%."));
  CHECK(has(page, "<th scope=\"row\" class=\"name\">16</th>"));
  CHECK(has(page, "<td class=\"number\">3,095</td><td class=\"number\">4.5%</td><td class=\"number\">0</td><td class=\"number\">0%</td>"));
  CHECK(has(page, "<td class=\"number\">0.275</td></tr>"));
  CHECK(has(page, "<td class=\"number\">0.464</td></tr></tfoot>"));
  CHECK(has(page, ">0.464</b>"));
  CHECK_FALSE(has(page, "Cumulative shares"));
  CHECK(has(page_of(monitor, monitor.features[1]),
            "Farthest apart at 50: 50.0% of the reference lies up to there, 24.0% now, a gap of <b>0.26</b>."));
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

TEST_CASE("a Grafana that is known is a link away, from the window that is shown") {
  const MonitorStatus monitor = test::census_monitor();
  DaemonStatus status = test::make_status();
  const auto page = [&] { return feature_page(test::view_of(status, "all"), in_last_window(monitor, monitor.features[0])); };
  CHECK_FALSE(has(page(), "in Grafana"));
  status.grafana_url = "https://grafana.example/";
  CHECK(
      has(page(),
          "<a href=\"https://grafana.example/d/driftd-feature?var-monitor=employment&amp;var-feature=relp&amp;var-segment=all&amp;from="));
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

TEST_CASE("segments of one feature are links") {
  const MonitorStatus monitor = test::census_monitor();
  const std::string page = page_of(monitor, monitor.features[1]);
  CHECK(has(page, "<a href=\"/ui/here\" aria-current=\"page\">all rows</a>"));
  CHECK(has(page, "<a href=\"/ui/here?segment=sex%3D1\">sex=1</a>"));
}

TEST_CASE("the scale is a link, and stays in the others") {
  const MonitorStatus monitor = test::census_monitor();
  const DaemonStatus status = test::make_status();
  PageView view = test::view_of(status);
  view.log_shares = true;
  const std::string page = feature_page(view, in_last_window(monitor, monitor.features[1]));
  CHECK(has(page, "<a href=\"/ui/here?scale=log\" data-soft aria-current=\"true\">logarithmic</a>"));
  CHECK(has(page, "<a href=\"/ui/here\" data-soft>linear</a>"));
  CHECK(has(page, "href=\"/ui/here?at=2017-12-23T00%3A00%3A00Z&amp;scale=log\""));
}

TEST_CASE("a window that is over: its own words, the ways on and back") {
  const MonitorStatus monitor = test::census_monitor();
  const DaemonStatus status = test::make_status();
  PageView view = test::view_of(status);
  ShownFeature shown = in_last_window(monitor, monitor.features[0]);
  CHECK(shown.previous_us == test::kWindowEnd - 7 * test::kDay);
  CHECK(shown.next_us == kNoTime);
  CHECK(has(feature_page(view, shown), "1,318 rows (the last one)"));
  view.at_us = shown.end_us = shown.previous_us;
  shown.start_us = shown.end_us - 7 * test::kDay;
  shown.previous_us -= 7 * test::kDay;
  shown.next_us = test::kWindowEnd;
  const std::string page = feature_page(view, shown);
  CHECK(has(page, "<p class=\"lead\">Over its alarm line (11.4 times) in this window.</p>"));
  CHECK(has(page, "Window <b>16 to 23 Dec 2017</b>"));
  CHECK(has(page, "rel=\"prev\" href=\"/ui/here?at=2017-12-16T00%3A00%3A00Z\""));
  CHECK(has(page, "rel=\"next\" href=\"/ui/here\""));
  CHECK(has(page, "min=\"0\" max=\"19\" value=\"18\""));
  FeatureStatus gone = monitor.features[0];
  gone.cells.clear();
  CHECK(has(feature_page(view, {monitor, gone, kNoTime, view.at_us, {}, kNoTime, kNoTime}), "The shares of this window are not kept."));
}
