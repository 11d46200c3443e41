#include "daemon/page/monitor.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"
#include "tests/daemon/page/well_formed.h"

using namespace driftd;
using test::has;

namespace {

std::string page_of(const MonitorStatus& monitor, std::string segment = "all") {
  const DaemonStatus status = test::make_status();
  return monitor_page(test::view_of(status, std::move(segment)), monitor);
}

std::size_t drawn(const std::string& page) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = page.find("small-histogram", at)) != std::string::npos; ++at) ++count;
  return count;
}

}  // namespace

TEST_CASE("a Grafana that is known is a link away") {
  DaemonStatus status = test::make_status();
  const auto page = [&] { return monitor_page(test::view_of(status, "all"), test::census_monitor()); };
  CHECK_FALSE(has(page(), "in Grafana"));
  status.grafana_url = "https://grafana.example/";
  CHECK(has(page(), "<a href=\"https://grafana.example/d/driftd-monitor?var-monitor=employment\">This monitor in Grafana</a>"));
}

TEST_CASE("features with an alert first, then by ratio") {
  const std::string page = page_of(test::census_monitor());
  std::size_t before = 0;
  for (const char* name : {"relp", "agep", "mig", "score", "mar", "sex", "rac1p", "error"}) {
    CAPTURE(name);
    const std::size_t at = page.find("href=\"/ui/monitors/employment/features/" + std::string(name) + "\"");
    REQUIRE(at != std::string::npos);
    CHECK(at > before);
    before = at;
  }
  CHECK(has(page, "<b>11.4\xc3\x97</b> of the alarm line"));
  CHECK(has(page, "<dt>Level of the tests</dt><dd>1 false alarm in 365 days</dd>"));
  CHECK(has(page, "<title>employment (3 open alerts) - driftd</title>"));
}

TEST_CASE("what the labels said, or that they are awaited") {
  const std::string page = page_of(test::census_monitor());
  CHECK(has(page, "<dt>Labelled in it</dt><dd>11,400 of 12,000 predictions (95.0%), within 7 days</dd>"));
  CHECK(has(page, "<dt>Accuracy</dt><dd>0.91</dd>"));
  CHECK(has(page, "<dt>Recall</dt><dd>undefined</dd>"));
  CHECK(has(page, "<dt>Waiting</dt><dd>12,345 predictions</dd>"));
  MonitorStatus waiting = test::census_monitor();
  waiting.labels->performance.clear();
  CHECK(has(page_of(waiting), "Waiting for labels: predictions are judged 7 days after they were made."));
  CHECK_FALSE(has(page_of(test::calm_monitor()), "Labels"));
}

TEST_CASE("segments are links, and show their own features") {
  const std::string all = page_of(test::census_monitor());
  CHECK(has(all, "<a href=\"/ui/monitors/employment\" aria-current=\"page\">all rows <b class=\"over-line\">11.4\xc3\x97</b></a>"));
  CHECK(has(all, "<a href=\"/ui/monitors/employment?segment=sex%3D1\">sex=1 <b class=\"over-line\">6.31\xc3\x97</b></a>"));
  const std::string men = page_of(test::census_monitor(), "sex=1");
  CHECK(has(men, "features/agep?segment=sex%3D1"));
  CHECK_FALSE(has(men, "features/mar"));
  CHECK(has(men, "640 (500 needed)"));
  CHECK_FALSE(has(page_of(test::calm_monitor()), "Segments"));
}

TEST_CASE("too few rows are said, never drawn as no drift") {
  const std::string page = page_of(test::collecting_monitor());
  CHECK(has(page, "<p class=\"ratio alone\">collecting 320 of 500 rows</p>"));
  CHECK_FALSE(has(page, "of the alarm line"));
  MonitorStatus waiting = test::collecting_monitor();
  waiting.features.clear();
  CHECK(has(page_of(waiting), "Waiting for the first window to close."));
}

TEST_CASE("windows are told by their length, how often one begins, or their rows") {
  MonitorStatus monitor = test::census_monitor();
  CHECK(has(page_of(monitor), "<dd>104, each of 7 days</dd>"));
  monitor.advance_us = 86'400'000'000;
  CHECK(has(page_of(monitor), "<dd>104, each of 7 days, one every 1 day</dd>"));
  monitor.advance_us = monitor.window_us = kNoTime;
  monitor.window_rows = 5000;
  CHECK(has(page_of(monitor), "<dd>104, each of 5,000 rows or a few more</dd>"));
}

TEST_CASE("of many segments those over the line are shown, the others behind a click") {
  MonitorStatus monitor = test::census_monitor();
  for (int i = 0; i < 20; ++i) {
    monitor.features.push_back(monitor.features[3]);
    monitor.features.back().segment = "k=" + std::to_string(i);
  }
  const std::string page = page_of(monitor);
  CHECK(has(page, "<summary>20 more segments</summary>"));
  CHECK(page.find("sex=1 <b") < page.find("<summary>"));
  CHECK(page.find("k=7</a>") > page.find("<summary>"));
  CHECK(test::well_formed(page) == "");
}

TEST_CASE("of many features the first are listed, and the first of them drawn; all on demand") {
  MonitorStatus monitor = test::census_monitor();
  const FeatureStatus one = monitor.features[3];
  monitor.features.assign(200, one);
  for (std::size_t i = 0; i < 200; ++i) monitor.features[i].name = "f" + std::to_string(i);
  const std::string page = page_of(monitor);
  CHECK(drawn(page) == 24);
  CHECK(has(page, "features/f49\""));
  CHECK_FALSE(has(page, "features/f50\""));
  CHECK(has(page, "<a href=\"/ui/here?list=all\" id=\"more\" data-soft>Show all 200 features</a>"));
  const DaemonStatus status = test::make_status();
  PageView every = test::view_of(status);
  every.every = true;
  CHECK(has(monitor_page(every, monitor), "features/f199\""));
  CHECK(test::well_formed(page) == "");
}
