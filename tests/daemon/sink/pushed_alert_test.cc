#include "daemon/sink/pushed_alert.h"

#include <doctest/doctest.h>

#include "tests/daemon/sink/events.h"

using namespace driftd;
using namespace driftd::sink_test;

TEST_CASE("an event read back") {
  const auto alert = read_pushed_alert(event_text({.page = "https://d.example/ui/alerts/1"}));
  REQUIRE(alert.has_value());
  CHECK(alert->transition == "firing");
  CHECK(alert->monitor == "fraud");
  CHECK(alert->feature == "amount");
  CHECK(alert->segment == "country=<DE>");
  CHECK(alert->summary == "24% & \"more\"");
  CHECK(alert->page == "https://d.example/ui/alerts/1");
  CHECK(alert->time_us == 1'772'359'500'000'000);
  CHECK_FALSE(read_pushed_alert("{").has_value());
  CHECK_FALSE(read_pushed_alert("{}").has_value());
  CHECK_FALSE(read_pushed_alert(R"({"id":"1","type":"x","time":"2026-03-01T10:05:00Z","data":{"alert_id":"a"}})").has_value());
}

TEST_CASE("labels are identity, annotations the rest") {
  const auto alert = read_pushed_alert(event_text({}));
  REQUIRE(alert.has_value());
  using Map = std::map<std::string, std::string>;
  CHECK(alert_labels(*alert, {{"team", "risk"}, {"severity", "mine"}}) == Map{{"alertname", "DriftdFeatureDrift"},
                                                                              {"feature", "amount"},
                                                                              {"kind", "drift"},
                                                                              {"monitor", "fraud"},
                                                                              {"segment", "country=<DE>"},
                                                                              {"severity", "warning"},
                                                                              {"team", "risk"}});
  CHECK(alert_annotations(*alert) == Map{{"alert_id", "a-f1"},
                                         {"detector", "psi"},
                                         {"p_value", "0.0019"},
                                         {"reference_id", "ref"},
                                         {"rows", "8412"},
                                         {"statistic", "0.21"},
                                         {"summary", "24% & \"more\""},
                                         {"window_end", "2026-03-01T10:05:00Z"},
                                         {"window_start", "2026-03-01T10:00:00Z"}});
}
