#include "daemon/page/alert_list.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"

using namespace driftd;
using test::has;

namespace {

std::string features_of(const std::vector<NamedAlert>& alerts) {
  std::string out;
  for (const NamedAlert& named : alerts) out += named.alert->feature + " ";
  return out;
}

}  // namespace

TEST_CASE("firing before pending, critical before warning, the newest first") {
  MonitorStatus monitor = test::census_monitor();
  CHECK(features_of(open_alerts(monitor)) == "relp agep mig ");
  monitor.alerts[1].opened_us += 1;
  CHECK(features_of(open_alerts(monitor)) == "agep relp mig ");
  monitor.alerts[1].severity = "warning";
  CHECK(features_of(open_alerts(monitor)) == "relp agep mig ");
  CHECK(features_of(resolved_alerts(monitor)) == "score ");
  CHECK(open_alerts(test::make_status()).size() == 3);
}

TEST_CASE("an alert says what, where, since when") {
  const MonitorStatus monitor = test::census_monitor();
  const std::string list = alert_list(open_alerts(monitor)).text;
  CHECK(has(list, "<a class=\"name\" data-row href=\"/ui/monitors/employment/features/relp\">relp in employment</a>"));
  CHECK(has(list, "relp: 0% of rows in 16, 4.5% in the reference; PSI 0.37 (n = 1318)"));
  CHECK(has(list, "since 9 Dec 2017 \xc2\xb7 <a href=\"/ui/alerts/6e77b70df680e4e0\">why did it fire?</a></p>"));
  CHECK(has(alert_list(resolved_alerts(monitor)).text, "from 9 Dec 2017 until 23 Dec 2017 "));
  CHECK(alert_list({}).text.empty());
}

TEST_CASE("the subject names the segment, and a monitor without a feature") {
  MonitorStatus monitor = test::census_monitor();
  AlertStatus alert = monitor.alerts[0];
  alert.segment = "sex=1";
  CHECK(alert_subject(monitor, alert) == "relp in employment, segment sex=1");
  alert.feature.clear();
  alert.segment = "all";
  CHECK(alert_subject(monitor, alert) == "employment");
}

TEST_CASE("of many open alerts the first subjects are shown, and where all are; segments stand behind all rows") {
  MonitorStatus monitor = test::census_monitor();
  CHECK_FALSE(has(first_alerts(open_alerts(monitor)).text, "All "));
  CHECK(first_alerts({}).text.empty());
  const AlertStatus one = monitor.alerts[0];
  monitor.alerts.assign(8, one);
  for (int i = 0; i < 8; ++i) {
    AlertStatus& alert = monitor.alerts[static_cast<std::size_t>(i)];
    alert.segment = i == 5 ? "all" : "k=" + std::to_string(i);
    alert.opened_us -= i;
  }
  const std::string list = first_alerts(open_alerts(monitor)).text;
  CHECK(has(list, ">relp in employment</a>"));
  CHECK_FALSE(has(list, "segment k="));
  CHECK(has(list, "also in <a class=\"name\" href=\"/ui/alerts/6e77b70df680e4e0\">k=1</a>, "));
  CHECK(has(list, " and 3 more segments</p>"));
  CHECK(has(list, "<a href=\"/ui/alerts\">All 8 open alerts</a>"));
  for (int i = 0; i < 8; ++i) monitor.alerts[static_cast<std::size_t>(i)].feature = "f" + std::to_string(i);
  const std::string many = first_alerts(open_alerts(monitor)).text;
  CHECK(has(many, ">f5 in employment</a>"));
  CHECK_FALSE(has(many, ">f6 in employment"));
}
