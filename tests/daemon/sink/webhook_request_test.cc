#include "daemon/sink/webhook_request.h"

#include <doctest/doctest.h>

#include <map>

#include "daemon/sink/webhook_signature.h"
#include "tests/daemon/sink/events.h"

using namespace driftd;
using namespace driftd::sink_test;

namespace {

using Headers = std::map<std::string, std::string>;

Headers headers_of(const PushRequest& request) { return {request.headers.begin(), request.headers.end()}; }

}  // namespace

TEST_CASE("the event itself, with its id as the idempotency key") {
  const OutRecord record = record_of(1);
  const PushRequest request = webhook_request({.name = "w", .headers = {{"X-Team", "risk"}}}, record, 0);
  CHECK(request.body == record.value);
  CHECK(headers_of(request) ==
        Headers{{"Content-Type", "application/cloudevents+json; charset=UTF-8"}, {"Idempotency-Key", "e-f1firing"}, {"X-Team", "risk"}});
}

TEST_CASE("signed: each try has its own time, and the same id") {
  WebhookForm form{.name = "w", .body_template = WebhookBody::kSlack, .key = std::string(32, 'k')};
  const PushRequest first = webhook_request(form, record_of(1), 1'614'265'330'999'999),
                    second = webhook_request(form, record_of(1), 1'614'265'331'000'000);
  CHECK(first.body.starts_with(R"({"text":)"));
  const Headers headers = headers_of(first);
  CHECK(headers.at("Content-Type") == "application/json");
  CHECK(headers.at("webhook-id") == "e-f1firing");
  CHECK(headers.at("webhook-timestamp") == "1614265330");
  CHECK(headers.at("webhook-signature") == webhook_signature(form.key, "e-f1firing", 1'614'265'330, first.body));
  CHECK(headers_of(second).at("Idempotency-Key") == headers.at("Idempotency-Key"));
  CHECK(headers_of(second).at("webhook-signature") != headers.at("webhook-signature"));
}

TEST_CASE("bodies by template; what cannot be read back leaves as it is") {
  WebhookForm form{.name = "w", .body_template = WebhookBody::kAlertmanager};
  CHECK(webhook_request(form, record_of(1), 0).body.starts_with(R"({"version":"4")"));
  form.body_template = WebhookBody::kCustom;
  form.custom = *BodyTemplate::parse(R"({"m":"{{monitor}}"})");
  CHECK(webhook_request(form, record_of(1), 0).body == R"({"m":"fraud"})");
  OutRecord strange = record_of(1);
  strange.value = "{}";
  CHECK(webhook_request(form, strange, 0).body == "{}");
}
