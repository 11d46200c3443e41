#include "daemon/cli/one_monitor.h"

#include <doctest/doctest.h>

using namespace driftd;

namespace {

Config two_monitors() {
  Config config;
  for (const char* name : {"fraud", "churn"}) {
    StreamConfig stream;
    stream.name = std::string("s-") + name;
    stream.topics = {"a", "b"};
    stream.on_error.action = OnError::kDeadLetter;
    config.streams.push_back(stream);
    MonitorConfig monitor;
    monitor.name = name;
    monitor.stream = stream.name;
    config.monitors.push_back(monitor);
  }
  config.alert_sinks.kafka_enabled = true;
  config.alert_sinks.alertmanager.urls = {"http://am"};
  config.alert_sinks.webhooks.emplace_back().name = "w";
  return config;
}

}  // namespace

TEST_CASE("one monitor and its stream are left, and nothing is produced") {
  Config config = two_monitors();
  REQUIRE(keep_one_monitor("churn", config).has_value());
  REQUIRE(config.monitors.size() == 1);
  CHECK(config.monitors[0].name == "churn");
  REQUIRE(config.streams.size() == 1);
  CHECK(config.streams[0].name == "s-churn");
  CHECK(config.streams[0].topics.size() == 2);
  CHECK(config.streams[0].on_error.action == OnError::kSkip);
  CHECK_FALSE(config.alert_sinks.kafka_enabled);
  CHECK(config.alert_sinks.alertmanager.urls.empty());
  CHECK(config.alert_sinks.webhooks.empty());

  Config labelled = two_monitors();
  labelled.monitors[1].labels.stream = "s-fraud";
  REQUIRE(keep_one_monitor("churn", labelled).has_value());
  REQUIRE(labelled.streams.size() == 2);
  CHECK(labelled.streams[0].name == "s-churn");
  CHECK(labelled.streams[1].name == "s-fraud");

  Config first = two_monitors();
  REQUIRE(keep_one_monitor("", first).has_value());
  CHECK(first.monitors[0].name == "fraud");
}

TEST_CASE("a monitor that is not there: what is near, and what there is") {
  Config config = two_monitors();
  CHECK(keep_one_monitor("fruad", config).error() == "no monitor 'fruad' in the configuration; did you mean 'fraud'?; it has fraud, churn");
  Config none;
  CHECK(keep_one_monitor("", none).error() == "no monitor '' in the configuration; it has none");
}
