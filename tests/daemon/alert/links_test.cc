#include "daemon/alert/links.h"

#include <doctest/doctest.h>

#include "daemon/source/message.h"

namespace driftd {

TEST_CASE("names of alerts are those of the rules") {
  CHECK(alert_name("drift", "warning") == "DriftdFeatureDrift");
  CHECK(alert_name("drift", "critical") == "DriftdFeatureDriftCritical");
  CHECK(alert_name("prediction", "warning") == "DriftdPredictionDrift");
  CHECK(alert_name("performance", "critical") == "DriftdPerformanceDegraded");
  CHECK(alert_name("quality", "warning") == "DriftdDataQuality");
  CHECK(alert_name("test", "critical") == "DriftdTest");
}

TEST_CASE("links need their base, and do not care whether it ends in a slash") {
  const AlertSubject alert{"6e77", "drift", "critical", "fraud", "amount", "country=DE", 1'772'359'200'000'000, 1'772'359'500'000'000};
  CHECK(page_link({}, alert).empty());
  CHECK(runbook_link({}, alert).empty());
  CHECK(grafana_link({}, alert).empty());
  CHECK(grafana_link({}, "fraud").empty());
  for (const char* slash : {"", "/"}) {
    LinkBases bases{std::string("https://driftd.example/a") + slash, std::string("https://grafana.example") + slash, ""};
    CHECK(page_link(bases, alert) == "https://driftd.example/a/ui/alerts/6e77");
    CHECK(runbook_link(bases, alert) == "https://driftd.example/a/runbooks/DriftdFeatureDriftCritical");
    CHECK(grafana_link(bases, "fraud") == "https://grafana.example/d/driftd-monitor?var-monitor=fraud");
    bases.runbooks = std::string("https://wiki.example/driftd") + slash;
    CHECK(runbook_link(bases, alert) == "https://wiki.example/driftd/DriftdFeatureDriftCritical");
  }
}

TEST_CASE("a dashboard opens on what the alert is about, ten windows before it to one after") {
  const LinkBases bases{"", "https://grafana.example", ""};
  AlertSubject alert{"6e77", "drift", "warning", "fraud", "a b&c", "country=DE", 1'772'359'200'000'000, 1'772'359'500'000'000};
  CHECK(grafana_link(bases, alert) ==
        "https://grafana.example/d/driftd-feature?var-monitor=fraud&var-feature=a%20b%26c&var-segment=country%3DDE"
        "&from=1772356200000&to=1772359800000");
  alert.kind = "performance";
  CHECK(grafana_link(bases, alert) == "https://grafana.example/d/driftd-labels?var-monitor=fraud&from=1772356200000&to=1772359800000");
  alert.start_us = kNoTime;
  CHECK(grafana_link(bases, alert) == "https://grafana.example/d/driftd-labels?var-monitor=fraud");
}

}  // namespace driftd
