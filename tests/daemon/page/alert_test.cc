#include "daemon/page/alert.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"
#include "tests/daemon/page/well_formed.h"

#include "tests/daemon/explain/alert_events.h"

using namespace driftd;
using test::has;

TEST_CASE("an alert's page: the sentence, when, where to look, the event") {
  const DaemonStatus status = test::make_status();
  const MonitorStatus monitor = test::census_monitor();
  const std::string page = alert_page(test::view_of(status), monitor, monitor.alerts[0]);
  for (const char* part :
       {"relp in employment", "relp: 0% of rows in 16", "<dt>Since</dt><dd>9 Dec 2017</dd>", "<dt>Opened</dt><dd>16 Dec 2017</dd>",
        "<code>6e77b70df680e4e0</code>", "href=\"/ui/monitors/employment/features/relp\"", "&quot;specversion&quot;: &quot;1.0&quot;"}) {
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

TEST_CASE("why it fired: checks in order, what moved, how it came, the rows, the limit") {
  const DaemonStatus status = test::make_status();
  MonitorStatus monitor = test::census_monitor();
  AlertStatus& alert = monitor.alerts[0];
  alert.event_json = test::text_of(test::golden_event("one_file", "drift", "amount"));
  const std::string page = alert_page(test::view_of(status), monitor, alert);
  CHECK(test::well_formed(page) == "");
  std::size_t before = 0;
  for (const char* part :
       {"Is it real?", "<b>rows</b>", "<b>quality</b>", "<b>segment</b>", "<b>model version</b>", "<b>volume</b>", "<b>labels</b>",
        "What moved", "Adds to PSI", "How it came", "Topic <b class=\"name\">rows</b>, partition 0, offsets 1207 to 1506",
        "kcat -C -b &quot;$BROKERS&quot; -t rows -p 0 -o 1207 -c 300 -e</code><button type=\"button\" data-copy=\"kcat-0\" hidden>",
        "driftd tap m --from &#39;2023-11-14T22:18:00Z&#39;", "What set the limit", "alerts.false_alarms", "<h2>Next</h2>"}) {
    CAPTURE(part);
    const std::size_t at = page.find(part);
    REQUIRE(at != std::string::npos);
    CHECK(at > before);
    before = at;
  }
  CHECK(has(page, "usual are 1"));
  CHECK(has(page, "95.0% of the predictions of 16 to 23 Dec 2017 are labelled, Accuracy 0.91, Precision 0.8, F1 0.5"));
  CHECK(has(page, "kafka: 7 delivered, 2 waiting, 0 given up"));
  CHECK(has(page, "<a href=\"/runbooks/DriftdFeatureDriftCritical\">Runbook</a>"));
}

TEST_CASE("every step of an alert's life, the last ones where there are many") {
  const DaemonStatus status = test::make_status();
  const MonitorStatus monitor = test::census_monitor();
  std::vector<PastTransition> timeline(15);
  for (PastTransition& step : timeline) {
    step.transition = "updated";
    step.summary = "still so";
    step.window.end_us = test::kWindowEnd;
  }
  timeline.back().transition = "resolved";
  const std::string page = alert_page(test::view_of(status), monitor, monitor.alerts[3], timeline);
  CHECK(has(page, "<li><b>Before</b><span>3 events</span></li>"));
  CHECK(has(page, "<li><b>Updated</b><span>30 Dec 2017: still so</span></li>"));
  CHECK(has(page, "<li><b>Resolved</b><span>30 Dec 2017: still so</span></li>"));
  CHECK_FALSE(has(page, "<b>Opened</b>"));
}
