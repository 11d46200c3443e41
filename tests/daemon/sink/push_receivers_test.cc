#include "daemon/sink/push_receivers.h"

#include <doctest/doctest.h>

#include <functional>

#include "tests/daemon/sink/events.h"
#include "tests/temp_folder.h"

using namespace driftd;
using namespace driftd::sink_test;

namespace {

std::vector<PushTarget> must(std::expected<std::vector<PushTarget>, std::string> targets) {
  REQUIRE_MESSAGE(targets.has_value(), (targets ? "" : targets.error()));
  return std::move(*targets);
}

}  // namespace

TEST_CASE("addresses, logins and secrets come together") {
  const TempFolder folder;
  AlertSinksConfig sinks;
  sinks.alertmanager.urls = {"http://am-1:9093/", "https://am-2.example/am"};
  sinks.alertmanager.basic_auth_file = folder.write("login", "driftd:pass\n");
  WebhookConfig webhook;
  webhook.name = "hook";
  webhook.url_file = folder.write("url", "https://hooks.example/T0/B0?key=1\n");
  webhook.token_file = folder.write("token", "abc\n");
  webhook.secret_file = folder.write("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
  webhook.timeout = Milliseconds(500);
  sinks.webhooks = {webhook};
  const auto targets = must(push_targets(sinks));
  REQUIRE(targets.size() == 3);
  CHECK(targets[0].receiver.url == "http://am-1:9093/api/v2/alerts");
  CHECK(targets[1].receiver.url == "https://am-2.example/am/api/v2/alerts");
  CHECK(targets[2].receiver.url == "https://hooks.example/T0/B0?key=1");
  CHECK(targets[2].receiver.timeout == Milliseconds(500));
  CHECK(targets[2].name == "webhook/hook");
  const Moment now{0, 1'772'359'500'000'000};
  const PushRequest alert = push_once(targets[0], event_text({}), "e1", now), hook = push_once(targets[2], event_text({}), "e1", now);
  CHECK(alert.body.starts_with("[{"));
  CHECK(alert.headers.front() == std::pair<std::string, std::string>("Authorization", "Basic ZHJpZnRkOnBhc3M="));
  CHECK(hook.body == event_text({}));
  CHECK(hook.headers.front() == std::pair<std::string, std::string>("Authorization", "Bearer abc"));
  CHECK(hook.headers.back().second.starts_with("v1,"));
  for (const PushTarget& target : targets) CHECK(make_push_queue(target)->has_room());
}

TEST_CASE("what is wrong is named by its key, and no secret is shown") {
  const TempFolder folder;
  struct Row {
    std::string want;
    std::function<void(WebhookConfig&)> change;
  };
  const Row rows[] = {
      {"alerts.webhooks 'hook': url_file: cannot read", [](auto& w) { w.url_file = "/nowhere"; }},
      {"alerts.webhooks 'hook': its URL is not one to send to", [&](auto& w) { w.url_file = folder.write("u", "ftp://hunter2"); }},
      {"alerts.webhooks 'hook': secret_file: ", [&](auto& w) { w.secret_file = folder.write("s", "hunter2"); }},
      {"alerts.webhooks 'hook': token_file: ", [&](auto& w) { w.token_file = folder.write("t", "hunter2\r\nX: y"); }},
      {"alerts.webhooks 'hook': token_file: ", [&](auto& w) { w.token_file = folder.write("t", "\n"); }},
      {"alerts.webhooks 'hook': body is not JSON",
       [](auto& w) {
         w.body_template = WebhookBody::kCustom;
         w.body = "{{monitor}} drifted";
       }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.want);
    AlertSinksConfig sinks;
    sinks.webhooks.emplace_back().name = "hook";
    sinks.webhooks[0].url = "http://h";
    row.change(sinks.webhooks[0]);
    if (!sinks.webhooks[0].url_file.empty()) sinks.webhooks[0].url.clear();
    const auto targets = push_targets(sinks);
    REQUIRE_FALSE(targets.has_value());
    CHECK(targets.error().starts_with(row.want));
    CHECK(targets.error().find("hunter2") == std::string::npos);
  }
  AlertSinksConfig sinks;
  sinks.alertmanager.urls = {"http://a"};
  sinks.alertmanager.basic_auth_file = folder.write("b", "no colon");
  CHECK(push_targets(sinks).error().starts_with("alerts.alertmanager.basic_auth_file: expected user:password in "));
}
