#include "daemon/sink/pushed_alert.h"

#include <utility>

#include "daemon/alert/links.h"
#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

std::string text_at(const JsonTree& event, std::string_view path) {
  const JsonTree* value = event.find(path);
  return value != nullptr && value->text() != nullptr ? *value->text() : std::string();
}

// dev.driftd.drift.firing.v1: its last word but the version.
std::string transition_of(std::string_view type) {
  const std::size_t end = type.rfind('.');
  if (end == std::string_view::npos || end == 0) return {};
  const std::size_t start = type.rfind('.', end - 1);
  return std::string(type.substr(start == std::string_view::npos ? 0 : start + 1, end - start - 1));
}

// A scalar as text; "" for null and what is not there.
std::string shown(const JsonTree& event, std::string_view path) {
  const JsonTree* value = event.find(path);
  if (value == nullptr || value->is_null()) return {};
  if (value->text() != nullptr) return *value->text();
  JsonWriter json;
  write_json(json, *value);
  return json.take();
}

}  // namespace

std::expected<PushedAlert, std::string> read_pushed_alert(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  PushedAlert alert;
  alert.event = std::move(*parsed);
  const std::pair<std::string_view, std::string*> fields[] = {
      {"id", &alert.id},
      {"data.alert_id", &alert.alert_id},
      {"data.fingerprint", &alert.fingerprint},
      {"data.kind", &alert.kind},
      {"data.severity", &alert.severity},
      {"data.monitor", &alert.monitor},
      {"data.feature.name", &alert.feature},
      {"data.segment", &alert.segment},
      {"data.summary", &alert.summary},
      {"data.links.page", &alert.page},
  };
  for (const auto& [path, to] : fields) *to = text_at(alert.event, path);
  alert.transition = transition_of(text_at(alert.event, "type"));
  const auto time = parse_rfc3339(text_at(alert.event, "time"));
  if (alert.id.empty() || alert.alert_id.empty() || alert.transition.empty() || !time)
    return std::unexpected("not an alert event of driftd");
  alert.time_us = *time;
  return alert;
}

std::map<std::string, std::string> alert_labels(const PushedAlert& alert, const std::map<std::string, std::string>& extra) {
  std::map<std::string, std::string> labels = extra;
  labels.insert_or_assign("alertname", alert_name(alert.kind, alert.severity));
  labels.insert_or_assign("kind", alert.kind);
  labels.insert_or_assign("monitor", alert.monitor);
  labels.insert_or_assign("feature", alert.feature);
  labels.insert_or_assign("segment", alert.segment);
  labels.insert_or_assign("severity", alert.severity);
  std::erase_if(labels, [](const auto& label) { return label.second.empty(); });  // Alertmanager knows no empty ones
  return labels;
}

std::map<std::string, std::string> alert_annotations(const PushedAlert& alert) {
  std::map<std::string, std::string> annotations{{"summary", alert.summary}, {"alert_id", alert.alert_id}, {"page", alert.page}};
  const std::pair<std::string_view, std::string_view> more[] = {
      {"window_start", "data.window.start"},    {"window_end", "data.window.end"},     {"rows", "data.n"},
      {"statistic", "data.statistic"},          {"p_value", "data.p_value"},           {"threshold", "data.threshold"},
      {"detector", "data.provenance.detector"}, {"reference_id", "data.reference.id"}, {"runbook_url", "data.links.runbook"},
      {"grafana", "data.links.grafana"},
  };
  for (const auto& [name, path] : more) annotations.emplace(name, shown(alert.event, path));
  std::erase_if(annotations, [](const auto& annotation) { return annotation.second.empty(); });
  return annotations;
}

}  // namespace driftd
