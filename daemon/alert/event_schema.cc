#include "daemon/alert/event_schema.h"

#include <algorithm>
#include <vector>

#include "daemon/runtime/json_writer.h"

namespace driftd {
namespace {

constexpr std::string_view kKinds = "drift|prediction|performance|quality";

constexpr EventField kFields[] = {
    {"data", "object", true, "the alert"},
    {"data.after", "number?", true, "in this window: share of rows (quality), mean after the last change (sequential); null for others"},
    {"data.alert_id", "string", true, "the same in all events of one alert"},
    {"data.before", "number?", true, "what `after` compares with: share of the reference, mean before the change"},
    {"data.effects", "object", true, "effect size by method, comparable between windows of different size; psi is bias-corrected"},
    {"data.feature", "object", true, "the column"},
    {"data.feature.name", "string", true, "name in the reference"},
    {"data.feature.type", "string", true, "how its values are compared", "numeric|categorical"},
    {"data.fingerprint", "string", true, "the same for all alerts of this kind, monitor, feature and segment"},
    {"data.kind", "string", true, "what moved", kKinds},
    {"data.links", "object", false, "where to go on: present where there is any"},
    {"data.links.grafana", "string", false, "the feature's dashboard around the window; present with alerts.links.grafana"},
    {"data.links.page", "string", false, "the alert on driftd's page; present with http.external_url"},
    {"data.links.runbook", "string", false, "what to do; present with http.external_url or alerts.links.runbooks"},
    {"data.log_p", "number", false, "natural logarithm of the p-value, where p_value is 0 because it underflows"},
    {"data.monitor", "string", true, "name of the monitor"},
    {"data.n", "integer", true, "rows of the window behind the statistic"},
    {"data.p_value", "number?", true, "of the method; null where it has none"},
    {"data.policy", "object", true, "the rule that judged"},
    {"data.policy.alpha", "number?", false, "level: significance level of one test"},
    {"data.policy.detector", "string", false, "fixed, sequential: the method"},
    {"data.policy.false_alarms", "string", false, "level: the configured rate that alpha follows from"},
    {"data.policy.threshold", "number?", false, "fixed: the configured limit of the statistic"},
    {"data.policy.type", "string", true, "level: significant and large; fixed: over a configured limit; sequential: a change in the stream",
     "level|fixed|sequential"},
    {"data.previous_state", "string", true, "before this event", "inactive|pending|firing"},
    {"data.provenance", "object", true, "what made this event"},
    {"data.provenance.config_hash", "string", true, "of the effective configuration"},
    {"data.provenance.detector", "string", true, "the method whose numbers are shown"},
    {"data.provenance.driftd", "string", true, "version"},
    {"data.reason", "string", false, "resolved without a calm window: why", "monitor_removed|monitor_changed"},
    {"data.reference", "object", true, "what the window is compared with"},
    {"data.reference.created", "string?", true, "newest event time in it, RFC 3339; null: it has none"},
    {"data.reference.id", "string", true, "hash of its content"},
    {"data.reference.missing_ratio", "number?", true, "share of absent, null and NaN values in this segment"},
    {"data.reference.samples", "integer", true, "rows of this segment"},
    {"data.segment", "string", true, "all, or column=value"},
    {"data.severity", "string", true, "the highest since it opened", "warning|critical"},
    {"data.state", "string", true, "after this event", "pending|firing|resolved"},
    {"data.statistic", "number?", true, "in the unit of the method"},
    {"data.summary", "string", true, "one plain sentence with real values"},
    {"data.threshold", "number?", true, "limit of the statistic (fixed) or of the difference of shares (quality); null for others"},
    {"data.top_bins", "array", true, "at most five, by contribution to PSI; empty for quality"},
    {"data.top_bins[].contribution", "number", true, "to PSI"},
    {"data.top_bins[].current_ratio", "number", true, "share of the window's valid values"},
    {"data.top_bins[].label", "string", true, "range or category, cut to 120 bytes"},
    {"data.top_bins[].reference_ratio", "number", true, "share of the reference's valid values"},
    {"data.window", "object", true, "the window that caused this event: [start, end)"},
    {"data.window.complete", "boolean", true, "false: offsets were lost while it was open"},
    {"data.window.end", "string", true, "RFC 3339"},
    {"data.window.missing_ratio", "number?", true, "share of absent, null and NaN values in this segment"},
    {"data.window.offsets", "array", true, "ranges that hold the rows, both ends inclusive"},
    {"data.window.offsets[].from", "integer", true, "first offset"},
    {"data.window.offsets[].partition", "integer", true, "partition"},
    {"data.window.offsets[].to", "integer", true, "last offset"},
    {"data.window.offsets[].topic", "string", true, "topic"},
    {"data.window.offsets_omitted", "integer", false, "ranges left out to keep the event within 64 KiB"},
    {"data.window.samples", "integer", true, "rows of this segment"},
    {"data.window.start", "string", true, "RFC 3339"},
    {"datacontenttype", "string", true, "of data", "application/json"},
    {"dataschema", "string", false, "this schema; present with http.external_url"},
    {"id", "string", true, "source and id together name an event: equal ones are one event delivered again"},
    {"partitionkey", "string", true, "the monitor, as the Kafka key"},
    {"severitynumber", "integer", true, "of OpenTelemetry: 9 resolved, 13 warning, 17 critical"},
    {"severitytext", "string", true, "likewise", "INFO|WARN|ERROR"},
    {"source", "string", true, "which driftd"},
    {"specversion", "string", true, "of CloudEvents", "1.0"},
    {"subject", "string", true, "monitors/M/features/F/segments/S"},
    {"time", "string", true, "end of the window, not the clock; RFC 3339"},
    {"type", "string", true, "dev.driftd.KIND.TRANSITION.v1"},
};

// The fields one level below `parent` ("" = the top).
std::vector<const EventField*> children_of(std::string_view parent) {
  std::vector<const EventField*> children;
  for (const auto& field : kFields) {
    if (!field.path.starts_with(parent)) continue;
    std::string_view rest = field.path.substr(parent.size());
    if (!parent.empty() && !rest.starts_with('.')) continue;
    if (!parent.empty()) rest.remove_prefix(1);
    if (!rest.empty() && rest.find('.') == std::string_view::npos && !rest.ends_with("[]")) children.push_back(&field);
  }
  return children;
}

std::string_view last_name(std::string_view path) { return path.substr(path.rfind('.') + 1); }

void write_choices(JsonWriter& json, std::string_view choices) {
  json.key("enum").begin_array();
  while (!choices.empty()) {
    const auto end = std::min(choices.find('|'), choices.size());
    json.string(choices.substr(0, end));
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  json.end_array();
}

void write_event_types(JsonWriter& json) {
  json.key("pattern").string("^dev\\.driftd\\.(" + std::string(kKinds) + ")\\.(pending|firing|updated|resolved)\\.v1$");
}

void write_type(JsonWriter& json, std::string_view type) {
  if (!type.ends_with('?')) {
    json.field("type", type);
    return;
  }
  type.remove_suffix(1);
  json.key("type").begin_array().string(type).string("null").end_array();
}

void write_object(JsonWriter& json, std::string_view path);

void write_field(JsonWriter& json, const EventField& field) {
  json.key(last_name(field.path)).begin_object().field("description", field.help);
  write_type(json, field.type);
  if (!field.choices.empty()) write_choices(json, field.choices);
  if (field.path == "type") write_event_types(json);
  if (field.path == "data.effects") json.key("additionalProperties").begin_object().field("type", "number").end_object();
  if (field.type == "array") {
    json.key("items").begin_object().field("type", "object");
    write_object(json, std::string(field.path) + "[]");
    json.end_object();
  } else if (field.type == "object") {
    write_object(json, field.path);
  }
  json.end_object();
}

void write_object(JsonWriter& json, std::string_view path) {
  const auto children = children_of(path);
  if (children.empty()) return;
  json.key("required").begin_array();
  for (const auto* child : children) {
    if (child->always) json.string(last_name(child->path));
  }
  json.end_array().key("properties").begin_object();
  for (const auto* child : children) write_field(json, *child);
  json.end_object();
}

}  // namespace

std::span<const EventField> event_fields() { return kFields; }

std::string event_schema() {
  JsonWriter json(2);
  json.begin_object().field("$schema", "https://json-schema.org/draft/2020-12/schema").field("title", "driftd alert event");
  json.field("description", "An alert of driftd changed its state. CloudEvents 1.0, structured JSON.").field("type", "object");
  write_object(json, "");
  return json.end_object().take() + '\n';
}

}  // namespace driftd
