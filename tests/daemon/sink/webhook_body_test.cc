#include "daemon/sink/webhook_body.h"

#include <doctest/doctest.h>

#include "tests/daemon/sink/events.h"

using namespace driftd;
using namespace driftd::sink_test;

namespace {

PushedAlert alert_of(const Event& event) {
  auto alert = read_pushed_alert(event_text(event));
  REQUIRE(alert.has_value());
  return std::move(*alert);
}

JsonTree json_of(const std::string& text) {
  auto json = parse_json(text);
  REQUIRE_MESSAGE(json.has_value(), text);
  return std::move(*json);
}

const std::string& text_at(const JsonTree& json, std::string_view path) { return *json.find(path)->text(); }

}  // namespace

TEST_CASE("slack: a text, blocks, and nothing that Slack would read as markup") {
  const JsonTree json = json_of(slack_body(alert_of({.severity = "critical", .page = "https://d.example/"})));
  CHECK(text_at(json, "text") == ":red_circle: fraud: drift of amount firing (critical): 24% &amp; \"more\"");
  const auto& blocks = *json.find("blocks")->array();
  REQUIRE(blocks.size() == 2);
  CHECK(text_at(blocks[0], "text.text") == ":red_circle: *fraud: drift of amount firing (critical)*\n24% &amp; \"more\"");
  CHECK(text_at((*blocks[1].find("elements")->array())[0], "text") ==
        "segment country=&lt;DE&gt; · window until 2026-03-01T10:05:00Z · alert a-f1 · <https://d.example/|why>");
  CHECK(text_at(json_of(slack_body(alert_of({.transition = "resolved"}))), "text")
            .starts_with(":large_green_circle: fraud: drift of amount resolved: "));
  CHECK(text_at(json_of(slack_body(alert_of({.transition = "updated"}))), "text").find("amount now critical: ") != std::string::npos);
}

TEST_CASE("alertmanager: version 4 with the one alert") {
  const JsonTree firing = json_of(alertmanager_body(alert_of({.page = "https://d.example/"}), "pager"));
  CHECK(text_at(firing, "version") == "4");
  CHECK(text_at(firing, "status") == "firing");
  CHECK(text_at(firing, "receiver") == "pager");
  CHECK(text_at(firing, "commonLabels.alertname") == "DriftdFeatureDrift");
  const JsonTree& alert = (*firing.find("alerts")->array())[0];
  CHECK(text_at(alert, "startsAt") == "2026-03-01T10:05:00Z");
  CHECK(text_at(alert, "endsAt") == "0001-01-01T00:00:00Z");
  CHECK(text_at(alert, "generatorURL") == "https://d.example/");
  CHECK(text_at(alert, "annotations.summary") == "24% & \"more\"");
  CHECK(text_at(alert, "fingerprint") == "f1");
  const JsonTree resolved = json_of(alertmanager_body(alert_of({.transition = "resolved"}), "pager"));
  CHECK(text_at(resolved, "status") == "resolved");
  CHECK(text_at((*resolved.find("alerts")->array())[0], "endsAt") == "2026-03-01T10:05:00Z");
}

TEST_CASE("custom: values of the event, escaped") {
  const auto body = checked_template(R"({"event_type": "retrain", "client_payload": {"monitor": "{{monitor}}", "why": "{{summary}}",
    "rows": {{rows}}, "p": {{p_value}}, "limit": {{threshold}}, "page": "{{page}}", "event": {{event}}}})");
  REQUIRE_MESSAGE(body.has_value(), (body ? "" : body.error()));
  const JsonTree json = json_of(custom_body(alert_of({}), *body));
  CHECK(text_at(json, "client_payload.monitor") == "fraud");
  CHECK(text_at(json, "client_payload.why") == "24% & \"more\"");
  CHECK(json.find("client_payload.rows")->number() == 8412);
  CHECK(json.find("client_payload.p")->number() == 0.0019);
  CHECK(json.find("client_payload.limit")->is_null());
  CHECK(text_at(json, "client_payload.page").empty());
  CHECK(text_at(json, "client_payload.event.data.alert_id") == "a-f1");
}

TEST_CASE("a template whose result is no JSON is refused") {
  CHECK(checked_template(R"({"a": {{monitor}}})").has_value());
  CHECK(checked_template(R"({"a": {{monitor}})").error().starts_with("is not JSON: "));
  CHECK(checked_template("hello {{monitor}}").error().starts_with("is not JSON: "));
  CHECK(checked_template("{\n\"a\": {{x}}}").error().starts_with("line 2: unknown placeholder"));
}
