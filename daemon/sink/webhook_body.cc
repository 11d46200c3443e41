#include "daemon/sink/webhook_body.h"

#include <fmt/format.h>

#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

// Slack reads three characters as markup.
std::string slack_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

std::string_view slack_sign(const PushedAlert& alert) {
  if (alert.transition == "resolved") return ":large_green_circle:";
  if (alert.transition == "pending" || alert.transition == "test") return ":large_blue_circle:";
  return alert.severity == "critical" ? ":red_circle:" : ":large_orange_circle:";
}

std::string headline(const PushedAlert& alert) {
  if (alert.transition == "test") return "Test of driftd's alerts";
  const bool opens = alert.transition == "firing" || alert.transition == "pending";
  return fmt::format("{}: {} of {} {}{}", alert.monitor, alert.kind, alert.feature,
                     alert.transition == "updated" ? "now critical" : alert.transition, opens ? fmt::format(" ({})", alert.severity) : "");
}

void write_map(JsonWriter& json, std::string_view key, const std::map<std::string, std::string>& map) {
  json.key(key).begin_object();
  for (const auto& [name, value] : map) json.field(name, value);
  json.end_object();
}

std::string json_at(const JsonTree& event, std::string_view path) {
  const JsonTree* value = path.empty() ? &event : event.find(path);
  if (value == nullptr) return "null";
  JsonWriter json;
  write_json(json, *value);
  return json.take();
}

}  // namespace

std::string slack_body(const PushedAlert& alert) {
  const std::string title = slack_text(headline(alert)), sentence = slack_text(alert.summary);
  JsonWriter json;
  json.begin_object().field("text", fmt::format("{} {}: {}", slack_sign(alert), title, sentence));
  json.key("blocks").begin_array();
  json.begin_object().field("type", "section").key("text").begin_object().field("type", "mrkdwn");
  json.field("text", fmt::format("{} *{}*\n{}", slack_sign(alert), title, sentence)).end_object().end_object();
  std::string context =
      fmt::format("segment {} · window until {} · alert {}", slack_text(alert.segment), format_event_time(alert.time_us), alert.alert_id);
  if (!alert.page.empty()) context += fmt::format(" · <{}|why>", alert.page);
  json.begin_object().field("type", "context").key("elements").begin_array().begin_object().field("type", "mrkdwn");
  json.field("text", context).end_object().end_array().end_object();
  return json.end_array().end_object().take();
}

std::string alertmanager_body(const PushedAlert& alert, const std::string& receiver) {
  const bool resolved = alert.transition == "resolved";
  const auto labels = alert_labels(alert, {});
  const auto annotations = alert_annotations(alert);
  const JsonTree* start = alert.event.find("data.window.start");
  JsonWriter json;
  json.begin_object().field("version", "4").field("groupKey", fmt::format("{{}}:{{alert_id=\"{}\"}}", alert.alert_id));
  json.field("truncatedAlerts", 0).field("status", resolved ? "resolved" : "firing").field("receiver", receiver);
  json.key("groupLabels").begin_object().field("alertname", labels.at("alertname")).end_object();
  write_map(json, "commonLabels", labels);
  write_map(json, "commonAnnotations", annotations);
  json.field("externalURL", alert.page);
  json.key("alerts").begin_array().begin_object().field("status", resolved ? "resolved" : "firing");
  write_map(json, "labels", labels);
  write_map(json, "annotations", annotations);
  const std::string time = format_event_time(alert.time_us);
  json.field("startsAt", resolved && start != nullptr && start->text() != nullptr ? *start->text() : time);
  json.field("endsAt", resolved ? time : "0001-01-01T00:00:00Z");  // as Alertmanager writes "not yet"
  json.field("generatorURL", alert.page).field("fingerprint", alert.fingerprint);
  return json.end_object().end_array().end_object().take();
}

std::string custom_body(const PushedAlert& alert, const BodyTemplate& body) {
  return body.render([&](std::string_view path) { return json_at(alert.event, path); });
}

std::expected<BodyTemplate, std::string> checked_template(const std::string& text) {
  auto parsed = BodyTemplate::parse(text);
  if (!parsed) return std::unexpected(fmt::format("line {}: {}", parsed.error().line, parsed.error().message));
  if (const auto json = parse_json(parsed->render([](std::string_view) { return "null"; })); !json) {
    return std::unexpected("is " + json.error());
  }
  return std::move(*parsed);
}

}  // namespace driftd
