#include "daemon/alert/alert_event.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "config/scalar.h"
#include "daemon/alert/alert_ids.h"
#include "daemon/alert/alert_summary.h"
#include "daemon/alert/event_json.h"
#include "daemon/alert/links.h"
#include "daemon/alert/plain_words.h"

namespace driftd {
namespace {

struct Severities {
  std::string_view text;
  int number;
};

Severities log_severity(Transition transition, bool critical) {
  if (transition == Transition::kResolved) return {"INFO", 9};
  return critical ? Severities{"ERROR", 17} : Severities{"WARN", 13};
}

std::string_view state_name(AlertState state) {
  constexpr std::array<std::string_view, 4> kNames{"inactive", "pending", "firing", "resolved"};
  return kNames[static_cast<std::size_t>(state)];
}

AlertState state_after(Transition transition) {
  if (transition == Transition::kPending) return AlertState::kPending;
  return transition == Transition::kResolved ? AlertState::kResolved : AlertState::kFiring;
}

const AlertPlan::Feature& feature_of(const WindowFinding& seen) { return seen.plan.features[seen.finding.verdict->feature]; }

const std::string& segment_of(const WindowFinding& seen) { return seen.plan.segments[seen.finding.verdict->segment]; }

// The strongest of each method that has an effect, by name.
void write_effects(JsonWriter& json, const Finding& finding) {
  std::map<std::string_view, double> effects;
  for (const auto& measure : finding.measures()) {
    if (measure.score.status == Status::kOk && std::isfinite(measure.score.effect)) effects.emplace(measure.method, measure.score.effect);
  }
  json.key("effects").begin_object();
  for (const auto& [method, effect] : effects) json.field(method, effect);
  json.end_object();
}

void write_policy(JsonWriter& json, const LifeChange& change, const Measure* measure, const AlertPlan& plan) {
  json.key("policy").begin_object();
  switch (change.alert.policy) {
    case Policy::kFixed:
      json.field("detector", change.alert.method).field("threshold", measure == nullptr ? kNoNumber : measure->threshold);
      json.field("type", "fixed");
      break;
    case Policy::kSequential: json.field("detector", change.alert.method).field("type", "sequential"); break;
    default:
      json.field("alpha", plan.alpha);
      if (plan.config.false_alarms) json.field("false_alarms", print_rate(*plan.config.false_alarms));
      json.field("type", "level");
  }
  json.end_object();
}

void write_reference(JsonWriter& json, const WindowFinding& seen) {
  const auto& classes = seen.finding.verdict->reference_classes;
  json.key("reference").begin_object();
  write_time(json, "created", seen.plan.reference_created_us);
  json.field("id", seen.plan.reference_id).field("missing_ratio", missing_ratio(classes)).field("samples", total_rows(classes));
  json.end_object();
}

// Shares of the distribution explain a drift, not a failed check.
void write_top_bins(JsonWriter& json, const Finding& finding) {
  json.key("top_bins").begin_array();
  if (finding.kind != Kind::kQuality) {
    for (const CellShare* cell : top_cells(*finding.verdict, kTopBins)) {
      const auto [reference, current] = shares_of(*finding.verdict, *cell);
      json.begin_object().field("contribution", cell->contribution).field("current_ratio", current);
      json.field("label", clipped(cell->label)).field("reference_ratio", reference).end_object();
    }
  }
  json.end_array();
}

void write_window(JsonWriter& json, const WindowFinding& seen, std::size_t offset_bytes) {
  json.key("window").begin_object().field("complete", seen.window.complete);
  write_time(json, "end", seen.window.end_us);
  json.field("missing_ratio", missing_ratio(seen.finding.verdict->classes));
  write_offsets(json, seen.window.offsets, offset_bytes);
  json.field("samples", seen.window.segment_rows[seen.finding.verdict->segment]);
  write_time(json, "start", seen.window.start_us);
  json.end_object();
}

void write_provenance(JsonWriter& json, const LifeChange& change, const AlertPlan& plan) {
  json.key("provenance").begin_object().field("config_hash", plan.config_hash);
  json.field("detector", change.alert.method).field("driftd", plan.version).end_object();
}

struct EventParts {
  const LifeChange& change;
  const WindowFinding& seen;
  const AlertTransition& to;
};

void write_links(JsonWriter& json, const EventParts& parts) {
  const auto& [change, seen, to] = parts;
  const LinkBases& bases = seen.plan.links;
  const AlertSubject subject{to.alert_id,           kind_name(to.kind), to.severity,          seen.plan.monitor,
                             feature_of(seen).name, segment_of(seen),   seen.window.start_us, seen.window.end_us};
  const std::pair<std::string_view, std::string> links[] = {
      {"grafana", grafana_link(bases, subject)}, {"page", page_link(bases, subject)}, {"runbook", runbook_link(bases, subject)}};
  if (std::ranges::all_of(links, [](const auto& link) { return link.second.empty(); })) return;
  json.key("links").begin_object();
  for (const auto& [name, address] : links) {
    if (!address.empty()) json.field(name, address);
  }
  json.end_object();
}

void write_identity(JsonWriter& json, const EventParts& parts) {
  const auto& [change, seen, to] = parts;
  const auto& feature = feature_of(seen);
  json.key("feature").begin_object().field("name", feature.name).field("type", feature.numeric ? "numeric" : "categorical").end_object();
  json.field("fingerprint", alert_fingerprint(to.kind, seen.plan.monitor, feature.name, segment_of(seen)));
  json.field("kind", kind_name(to.kind));
  write_links(json, parts);
}

// Numbers of a measure that is gone are null.
void write_data(JsonWriter& json, const EventParts& parts, std::size_t offset_bytes) {
  const auto& [change, seen, to] = parts;
  const Measure* shown = shown_measure(change, seen.finding);
  const Measure numbers = shown == nullptr ? Measure{} : *shown;
  json.begin_object().field("after", numbers.after).field("alert_id", to.alert_id).field("before", numbers.before);
  write_effects(json, seen.finding);
  write_identity(json, parts);
  if (underflows(numbers.score.log_p)) json.field("log_p", numbers.score.log_p);
  json.field("monitor", seen.plan.monitor).field("n", shown_rows(change, seen.finding)).field("p_value", p_value_of(numbers.score.log_p));
  write_policy(json, change, shown, seen.plan);
  json.field("previous_state", state_name(change.previous));
  write_provenance(json, change, seen.plan);
  write_reference(json, seen);
  json.field("segment", segment_of(seen)).field("severity", to.severity).field("state", state_name(state_after(to.transition)));
  json.field("statistic", numbers.score.statistic).field("summary", to.summary).field("threshold", numbers.threshold);
  write_top_bins(json, seen.finding);
  write_window(json, seen, offset_bytes);
  json.end_object();
}

std::string event_text(const EventParts& parts, std::size_t offset_bytes) {
  const auto& [change, seen, to] = parts;
  const auto severity = log_severity(to.transition, change.alert.critical);
  JsonWriter json;
  json.begin_object().key("data");
  write_data(json, parts, offset_bytes);
  json.field("datacontenttype", "application/json");
  if (const std::string schema = link(seen.plan.links.page, "/schema/event.json"); !schema.empty()) json.field("dataschema", schema);
  json.field("id", to.event_id).field("partitionkey", seen.plan.monitor);
  json.field("severitynumber", severity.number).field("severitytext", severity.text);
  json.field("source", seen.plan.source).field("specversion", "1.0");
  json.field("subject", fmt::format("monitors/{}/features/{}/segments/{}", seen.plan.monitor, feature_of(seen).name, segment_of(seen)));
  write_time(json, "time", seen.window.end_us);
  json.field("type", fmt::format("dev.driftd.{}.{}.v1", kind_name(to.kind), transition_name(to.transition)));
  return json.end_object().take();
}

std::string bounded_event_text(const EventParts& parts) {
  auto text = event_text(parts, std::numeric_limits<std::size_t>::max());
  if (text.size() <= kLargestAlertEvent) return text;
  const std::size_t without_offsets = event_text(parts, 0).size();
  return event_text(parts, kLargestAlertEvent - std::min(without_offsets, kLargestAlertEvent));
}

}  // namespace

AlertTransition alert_transition(const LifeChange& change, const WindowFinding& seen) {
  AlertTransition to;
  to.transition = change.transition;
  to.alert_id = change.alert.alert_id;
  to.event_id = event_id(to.alert_id, transition_name(to.transition), seen.window.end_us);
  to.kind = seen.finding.kind;
  to.feature = seen.finding.verdict->feature;
  to.segment = seen.finding.verdict->segment;
  to.severity = change.alert.critical ? "critical" : "warning";
  to.summary = alert_summary(change, seen);
  to.event = bounded_event_text({change, seen, to});
  return to;
}

}  // namespace driftd
