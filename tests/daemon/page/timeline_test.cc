#include "daemon/page/timeline.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"
#include "tests/daemon/page/well_formed.h"

using namespace driftd;
using test::has;

TEST_CASE("a lane for each subject, open ones first, performance below drift, one axis") {
  DaemonStatus status = test::make_status();
  MonitorStatus monitor = test::census_monitor();
  monitor.alerts[0].kind = "performance";
  monitor.alerts.push_back(monitor.alerts[3]);  // an earlier alert of the same lane
  monitor.alerts.back().alert_id = "0b1fd35ee0a44444";
  status.monitors = {std::make_shared<const MonitorStatus>(monitor)};
  const std::string page = alerts_page(test::view_of(status));
  CHECK(test::well_formed(page) == "");
  const auto lane = [&](const char* feature) { return page.find(">" + std::string(feature) + " in employment</a>"); };
  CHECK(lane("agep") < lane("mig"));
  CHECK(lane("mig") < lane("score"));
  CHECK(lane("score") < lane("relp"));
  CHECK(page.find("Performance, by labels") < lane("relp"));
  CHECK(page.find("Performance, by labels") > lane("score"));
  CHECK(has(page, "9 Dec 2017 to 23 Dec 2017, resolved (1 before)"));
  CHECK(has(page, "since 9 Dec 2017, open"));
  CHECK(has(page, "since 9 Dec 2017, pending"));
  CHECK(has(page, "x=\"0%\" y=\"18\">19 Aug 2017</text>"));  // the first window there is word of
  CHECK(has(page, "x=\"100%\" y=\"18\">30 Dec 2017</text>"));
}

TEST_CASE("without alerts the page says so") {
  DaemonStatus status = test::make_status();
  status.monitors = {std::make_shared<const MonitorStatus>(test::calm_monitor())};
  const std::string page = alerts_page(test::view_of(status));
  CHECK(has(page, "No alert has fired"));
  CHECK_FALSE(has(page, "class=\"lanes\""));
  CHECK(alert_lanes(test::calm_monitor()).text.empty());
}
