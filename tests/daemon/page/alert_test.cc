#include "daemon/page/alert.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"

using namespace driftd;
using test::has;

TEST_CASE("an alert's page: the sentence, when, where to look, the event") {
  const DaemonStatus status = test::make_status();
  const MonitorStatus monitor = test::census_monitor();
  const std::string page = alert_page(test::view_of(status), monitor, monitor.alerts[0]);
  for (const char* part :
       {"relp in employment", "relp: 0% of rows in 16", "<dt>Since</dt><dd>9 Dec 2017</dd>", "<dt>Opened</dt><dd>16 Dec 2017</dd>",
        "<code>6e77b70df680e4e0</code>", "href=\"/ui/monitors/employment/features/relp\"", "&quot;specversion&quot;:&quot;1.0&quot;"}) {
    CAPTURE(part);
    CHECK(has(page, part));
  }
  CHECK_FALSE(has(page, "<dt>Resolved</dt>"));
  CHECK(has(alert_page(test::view_of(status), monitor, monitor.alerts[3]), "<dt>Resolved</dt><dd>23 Dec 2017</dd>"));
}

TEST_CASE("an alert without a feature or an event") {
  const DaemonStatus status = test::make_status();
  const MonitorStatus monitor = test::census_monitor();
  AlertStatus alert = monitor.alerts[0];
  alert.feature.clear();
  alert.event_json.clear();
  const std::string page = alert_page(test::view_of(status), monitor, alert);
  CHECK_FALSE(has(page, "See the shares"));
  CHECK_FALSE(has(page, "<details"));
}
