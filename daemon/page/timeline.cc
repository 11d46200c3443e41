#include "daemon/page/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "daemon/page/alert_list.h"
#include "daemon/page/words.h"

namespace driftd {
namespace {

constexpr std::size_t kMostLanes = 60, kMostResolved = 50;

// All alerts of one (kind, feature, segment) of a monitor.
struct Lane {
  const MonitorStatus* monitor = nullptr;
  std::vector<const AlertStatus*> alerts;  // the newest first
};

struct Span {
  std::int64_t start_us = 0, end_us = 0;
  double at(std::int64_t time_us) const {
    if (end_us <= start_us) return 1;
    return std::clamp(static_cast<double>(time_us - start_us) / static_cast<double>(end_us - start_us), 0.0, 1.0);
  }
};

std::string percent(double share) { return fmt::format("{:.4g}", share * 100); }

std::int64_t end_of(const MonitorStatus& monitor, const AlertStatus& alert) {
  return alert.resolved_us != kNoTime ? alert.resolved_us : std::max(monitor.window_end_us, alert.opened_us);
}

std::vector<Lane> lanes_of(const MonitorStatus& monitor) {
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> known;
  std::vector<Lane> lanes;
  for (const AlertStatus& alert : monitor.alerts) {
    const auto [at, added] = known.try_emplace({alert.kind, alert.feature, alert.segment}, lanes.size());
    if (added) lanes.push_back({&monitor, {}});
    lanes[at->second].alerts.push_back(&alert);
  }
  return lanes;
}

bool is_performance(const Lane& lane) { return lane.alerts.front()->kind == "performance"; }

// Drift above performance; open before over, then the newest.
void sort_lanes(std::vector<Lane>& lanes) {
  std::ranges::stable_sort(lanes, {}, [](const Lane& lane) {
    const auto open = std::ranges::any_of(lane.alerts, [](const AlertStatus* alert) { return is_open(*alert); });
    return std::tuple(is_performance(lane), !open, -lane.alerts.front()->opened_us);
  });
}

Span span_of(const std::vector<Lane>& lanes) {
  Span span{lanes.front().alerts.front()->since_us, end_of(*lanes.front().monitor, *lanes.front().alerts.front())};
  for (const Lane& lane : lanes) {
    for (const AlertStatus* alert : lane.alerts) {
      span.start_us = std::min(span.start_us, alert->since_us);
      span.end_us = std::max(span.end_us, end_of(*lane.monitor, *alert));
    }
    if (lane.monitor->history_end_us.empty()) continue;
    span.start_us = std::min(span.start_us, lane.monitor->history_end_us.front());
  }
  return span;
}

const char* bar_kind(const AlertStatus& alert) {
  if (alert.state == AlertState::kResolved) return "over-now";
  if (alert.state == AlertState::kPending) return "waiting";
  return alert.severity == "critical" ? "critical" : "firing";
}

std::string period(const AlertStatus& alert) {
  if (alert.state == AlertState::kResolved)
    return fmt::format("{} to {}, resolved", moment_text(alert.since_us), moment_text(alert.resolved_us));
  return fmt::format("since {}, {}", moment_text(alert.since_us), alert.state == AlertState::kPending ? "pending" : "open");
}

// On the page of one monitor its name goes without saying.
std::string lane_name(const Lane& lane, bool with_monitor) {
  const AlertStatus& alert = *lane.alerts.front();
  if (with_monitor || alert.feature.empty()) return alert_subject(*lane.monitor, alert);
  return alert.segment == "all" ? alert.feature : alert.feature + ", " + alert.segment;
}

Markup lane_row(const Lane& lane, const Span& span, bool with_monitor) {
  const AlertStatus& newest = *lane.alerts.front();
  Markup bars;
  for (const AlertStatus* alert : lane.alerts) {
    const double from = span.at(alert->since_us), to = std::max(span.at(end_of(*lane.monitor, *alert)), from + 0.006);
    bars += html(R"(<rect class="span {}" x="{}%" width="{}%" y="5" height="14" rx="2"/>)",
                 {bar_kind(*alert), percent(from), percent(std::min(to, 1.006) - from)});
    if (is_open(*alert)) bars += html(R"(<svg class="tip" x="100%" y="12"><path d="M0 -7l7 7-7 7z"/></svg>)");
  }
  return html(
      R"(<li class="lane"><p><a class="name" data-row href="{}">{}</a> <span class="kind">{}</span></p><svg class="track" aria-hidden="true"><line class="grid" x2="100%" y1="12" y2="12"/>{}</svg><p class="when">{}{}</p></li>)",
      {alert_path(newest.alert_id), lane_name(lane, with_monitor), newest.kind, bars, period(newest),
       lane.alerts.size() > 1 ? fmt::format(" ({} before)", lane.alerts.size() - 1) : std::string()});
}

// Short: within two days the time of the day, else the day.
std::string tick_text(std::int64_t time_us, const Span& span) {
  constexpr std::int64_t kMinute = 60'000'000, kTwoDays = 2 * 86'400'000'000;
  const std::string text = instant_text(time_us - time_us % kMinute);
  const std::size_t comma = text.find(", ");
  if (span.end_us - span.start_us > kTwoDays) return text.substr(0, comma);
  return text.substr(comma + 2, 5);
}

Markup axis_row(const Span& span) {
  Markup names;
  for (int i = 0; i <= 4; ++i) {
    const auto time = span.start_us + (span.end_us - span.start_us) * i / 4;
    const char* anchor = i == 0 ? "" : i == 4 ? " end" : " middle";
    names += html(R"(<line class="edge" x1="{}%" x2="{}%" y1="0" y2="5"/><text class="tick-name{}{}" x="{}%" y="18">{}</text>)",
                  {i * 25, i * 25, anchor, i % 2 == 1 ? " second" : "", i * 25, tick_text(time, span)});
  }
  return html(R"(<li class="lane axis" aria-hidden="true"><p></p><svg class="track">{}</svg><p></p></li>)", {names});
}

Markup lanes_section(std::vector<Lane> lanes, bool with_monitor) {
  if (lanes.empty()) return {};
  sort_lanes(lanes);
  const std::size_t hidden = lanes.size() - std::min(lanes.size(), kMostLanes);
  lanes.resize(lanes.size() - hidden);
  const Span span = span_of(lanes);
  Markup out = html(
      R"(<p class="legend"><span><i class="key span-open"></i>open</span><span><i class="key span-waiting"></i>pending</span><span><i class="key span-over"></i>resolved</span></p>)");
  out += html(R"(<ol class="lanes">)");
  bool performance = false;
  for (const Lane& lane : lanes) {
    if (!performance && is_performance(lane)) out += html(R"(<li class="parting">Performance, by labels</li>)");
    performance = is_performance(lane);
    out += lane_row(lane, span, with_monitor);
  }
  out += html("{}</ol>", {axis_row(span)});
  if (hidden > 0) out += html("<p>{} more are not drawn.</p>", {plural(hidden, "lane")});
  return out;
}

}  // namespace

Markup alert_lanes(const MonitorStatus& monitor) { return lanes_section(lanes_of(monitor), false); }

std::string alerts_page(const PageView& view) {
  std::vector<Lane> lanes;
  std::vector<NamedAlert> resolved;
  for (const auto& monitor : view.status.monitors) {
    for (Lane& lane : lanes_of(*monitor)) lanes.push_back(std::move(lane));
    for (const NamedAlert& alert : resolved_alerts(*monitor)) resolved.push_back(alert);
  }
  std::ranges::stable_sort(resolved, {}, [](const NamedAlert& named) { return -named.alert->resolved_us; });
  if (resolved.size() > kMostResolved) resolved.resize(kMostResolved);
  Markup out = html("<h1>Alerts</h1>");
  if (lanes.empty()) out += html("<p class=\"lead\">No alert has fired that is still remembered.</p>");
  out += lanes_section(std::move(lanes), true);
  const auto open = open_alerts(view.status);
  if (!open.empty()) out += html("<section><h2>Open</h2>{}</section>", {alert_list(open)});
  if (!resolved.empty()) out += html("<section><h2>Resolved</h2>{}</section>", {alert_list(resolved)});
  return whole_page(view, "Alerts - driftd", out);
}

}  // namespace driftd
