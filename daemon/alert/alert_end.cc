#include "daemon/alert/alert_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/alert/alert_ids.h"
#include "daemon/decode/json_tree.h"
#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

std::string text_at(const JsonTree& event, std::string_view path) {
  const JsonTree* value = event.find(path);
  return value != nullptr && value->text() != nullptr ? *value->text() : std::string();
}

std::string summary_of(const EndedAlert& ended, EndReason reason) {
  const std::string what = ended.status.segment == "all" ? ended.status.feature : ended.status.feature + " in " + ended.status.segment;
  return fmt::format("{}: ended, because monitor {} {}", what, ended.monitor,
                     reason == EndReason::kRemoved ? "was taken out of the configuration" : "was changed and starts anew");
}

}  // namespace

std::string_view end_reason_name(EndReason reason) { return reason == EndReason::kRemoved ? "monitor_removed" : "monitor_changed"; }

std::optional<EndedAlert> end_alert(const OpenAlert& open, EndReason reason, std::int64_t end_us) {
  auto event = parse_json(open.event);
  if (!open.firing || !event || event->object() == nullptr) return std::nullopt;
  EndedAlert ended;
  ended.monitor = text_at(*event, "data.monitor");
  ended.event_id = event_id(open.alert_id, "resolved", end_us);
  AlertStatus& status = ended.status;
  status.alert_id = open.alert_id;
  status.kind = text_at(*event, "data.kind");
  status.feature = text_at(*event, "data.feature.name");
  status.segment = text_at(*event, "data.segment");
  if (ended.monitor.empty() || status.kind.empty() || status.feature.empty() || status.segment.empty()) return std::nullopt;
  status.severity = open.critical ? "critical" : "warning";
  status.state = AlertState::kResolved;
  status.since_us = open.start_us;
  status.opened_us = open.end_us;
  status.resolved_us = end_us;
  status.summary = summary_of(ended, reason);
  const std::pair<std::string_view, JsonTree> changes[] = {{"data.previous_state", {std::string("firing")}},
                                                           {"data.reason", {std::string(end_reason_name(reason))}},
                                                           {"data.state", {std::string("resolved")}},
                                                           {"data.summary", {status.summary}},
                                                           {"id", {ended.event_id}},
                                                           {"severitynumber", {std::int64_t{9}}},
                                                           {"severitytext", {std::string("INFO")}},
                                                           {"time", {format_event_time(end_us)}},
                                                           {"type", {fmt::format("dev.driftd.{}.resolved.v1", status.kind)}}};
  for (const auto& [path, value] : changes) event->set(path, value);
  for (JsonMember& member : std::get<JsonTree::Object>(event->value)) {
    if (member.key == "data") std::ranges::sort(std::get<JsonTree::Object>(member.value.value), {}, &JsonMember::key);
  }
  JsonWriter json;
  write_json(json, *event);
  status.event_json = json.take();
  return ended;
}

}  // namespace driftd
