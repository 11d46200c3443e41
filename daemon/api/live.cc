#include "daemon/api/live.h"

#include <cmath>

#include "daemon/api/envelope.h"

namespace driftd {

std::string window_message(const AlertPlan& plan, const Judgement& judgement) {
  std::uint64_t judged = 0, over = 0;
  const Verdict* worst = nullptr;
  double largest = kNoNumber;
  for (const Verdict& verdict : judgement.verdicts) {
    const double ratio = worst_ratio(verdict.drift);
    judged += verdict.status == Status::kOk ? 1 : 0;
    over += ratio >= 1 ? 1 : 0;
    if (std::isnan(ratio) || ratio <= largest) continue;
    largest = ratio;
    worst = &verdict;
  }
  JsonWriter json;
  json.begin_object().field("monitor", plan.monitor).field("windows_of", plan.window_subject);
  time_field(json, "start", judgement.start_us);
  time_field(json, "end", judgement.end_us);
  json.field("complete", judgement.complete).field("samples", judgement.segment_rows.empty() ? 0 : judgement.segment_rows.front());
  json.field("judged", judged).field("over", over).field("drift_threshold_ratio", largest).key("worst");
  if (worst == nullptr) return json.null().end_object().take();
  json.begin_object().field("feature", plan.features[worst->feature].name).field("segment", plan.segments[worst->segment]).end_object();
  return json.end_object().take();
}

std::string alert_message(const AlertPlan& plan, const Judgement& judgement, const AlertTransition& to) {
  JsonWriter json;
  json.begin_object().field("alert_id", to.alert_id).field("event_id", to.event_id).field("monitor", plan.monitor);
  json.field("feature", plan.features[to.feature].name).field("segment", plan.segments[to.segment]).field("kind", kind_name(to.kind));
  json.field("severity", to.severity).field("transition", transition_name(to.transition));
  time_field(json, "end", judgement.end_us);
  return json.field("summary", to.summary).end_object().take();
}

std::string ended_message(const EndedAlert& ended) {
  const AlertStatus& alert = ended.status;
  JsonWriter json;
  json.begin_object().field("alert_id", alert.alert_id).field("event_id", ended.event_id).field("monitor", ended.monitor);
  json.field("feature", alert.feature).field("segment", alert.segment).field("kind", alert.kind);
  json.field("severity", alert.severity).field("transition", "resolved");
  time_field(json, "end", alert.resolved_us);
  return json.field("summary", alert.summary).end_object().take();
}

}  // namespace driftd
