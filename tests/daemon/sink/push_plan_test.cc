#include "daemon/sink/push_plan.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("one plan a receiver, Alertmanagers first, each with a name of its own") {
  AlertSinksConfig sinks;
  sinks.alertmanager.urls = {"http://am-1:9093", "https://lb.example/am/"};
  WebhookConfig& webhook = sinks.webhooks.emplace_back();
  webhook.name = "retrain";
  webhook.send = {"firing"};
  webhook.kinds = {"drift"};
  webhook.monitors = {"fraud*"};
  const auto plans = push_plans(sinks);
  REQUIRE(plans.size() == 3);
  CHECK(plans[0].name == "alertmanager/am-1:9093");
  CHECK(plans[1].name == "alertmanager/lb.example/am");
  CHECK(plans[2].name == "webhook/retrain");
  CHECK(plans[0].wants("any", "quality", "resolved"));
  CHECK_FALSE(plans[0].wants("any", "quality", "pending"));
  CHECK(plans[2].wants("fraud-eu", "drift", "firing"));
  CHECK_FALSE(plans[2].wants("churn", "drift", "firing"));
  CHECK_FALSE(plans[2].wants("fraud", "quality", "firing"));
  CHECK_FALSE(plans[2].wants("fraud", "drift", "resolved"));
  CHECK(push_plans({}).empty());
}
