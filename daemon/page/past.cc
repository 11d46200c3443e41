#include "daemon/page/past.h"

#include <algorithm>

namespace driftd {
namespace {

constexpr std::size_t kMostSegments = 100;

AlertState state_after(const std::string& transition) {
  if (transition == "resolved") return AlertState::kResolved;
  return transition == "pending" ? AlertState::kPending : AlertState::kFiring;
}

}  // namespace

HistoryAnswer<std::optional<PastView>> past_view(HistoryReader& history, const MonitorStatus& monitor, const FeatureStatus& last,
                                                 std::int64_t at_us) {
  auto found = history.feature_at({monitor.name, last.name, last.segment}, at_us);
  if (!found) return std::unexpected(found.error());
  if (!*found) return std::nullopt;
  PastView past{(*found)->feature, {}, (*found)->window, (*found)->previous_end_us, (*found)->next_end_us};
  past.feature.ratio_history = last.ratio_history;
  for (const FeatureStatus* segment : segments_of(monitor, last.name)) {
    if (past.segments.size() == kMostSegments) break;
    if (segment->segment == last.segment) {
      past.segments.push_back(past.feature);
      continue;
    }
    auto other = history.feature_at({monitor.name, last.name, segment->segment}, past.window.end_us);
    if (!other) return std::unexpected(other.error());
    if (*other && (*other)->window.end_us == past.window.end_us) past.segments.push_back(std::move((*other)->feature));
  }
  return past;
}

ShownFeature shown_of(const MonitorStatus& monitor, const PastView& past) {
  ShownFeature shown{monitor, past.feature, past.window.start_us, past.window.end_us};
  for (const FeatureStatus& segment : past.segments) shown.segments.push_back(&segment);
  shown.previous_us = past.previous_us;
  shown.next_us = past.next_us;
  return shown;
}

AlertStatus alert_of(const std::vector<PastTransition>& timeline) {
  const PastTransition &first = timeline.front(), &last = timeline.back();
  AlertStatus alert;
  alert.alert_id = last.alert_id;
  alert.kind = last.kind;
  alert.feature = last.feature;
  alert.segment = last.segment;
  alert.severity = last.severity;
  alert.state = state_after(last.transition);
  alert.since_us = first.window.start_us;
  alert.opened_us = first.window.end_us;
  if (alert.state == AlertState::kResolved) alert.resolved_us = last.window.end_us;
  alert.summary = last.summary;
  alert.event_json = last.event;
  return alert;
}

}  // namespace driftd
