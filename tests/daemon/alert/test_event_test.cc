#include "daemon/alert/test_event.h"

#include <doctest/doctest.h>

#include "daemon/alert/links.h"
#include "daemon/sink/pushed_alert.h"

using namespace driftd;

TEST_CASE("a test event is read as an alert by those who get it, and says that it is none") {
  TestEventOptions options;
  options.severity = "critical";
  options.external_url = "https://d.example/";
  options.now_us = 1'772'359'500'000'000;
  const TestEvent event = make_test_event(options);
  const auto alert = read_pushed_alert(event.text);
  REQUIRE_MESSAGE(alert.has_value(), event.text);
  CHECK(alert->id == event.id);
  CHECK(alert->transition == "test");
  CHECK(alert->severity == "critical");
  CHECK(alert->monitor == "driftd-test");
  CHECK(alert->page == "https://d.example/");
  CHECK(alert->summary == "this is a test: nothing drifted, and alerts of driftd arrive here");
  CHECK(alert_name(alert->kind, alert->severity) == "DriftdTest");
  CHECK(alert->event.find("data.window.offsets")->array()->empty());
  CHECK(make_test_event(options).text == event.text);
  options.now_us += 1;
  CHECK(make_test_event(options).id != event.id);
  options.external_url.clear();
  CHECK(make_test_event(options).text.find("links") == std::string::npos);
}
