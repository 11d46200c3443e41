#include "daemon/page/overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "daemon/page/alert_list.h"
#include "daemon/page/charts.h"
#include "daemon/page/daemon.h"
#include "daemon/page/measures.h"
#include "daemon/page/words.h"

namespace driftd {
namespace {

using Monitors = std::vector<const MonitorStatus*>;

// Worst state first, then the worst ratio.
Monitors by_worst(const DaemonStatus& status) {
  Monitors out;
  for (const auto& monitor : status.monitors) out.push_back(monitor.get());
  std::ranges::stable_sort(out, {}, [](const MonitorStatus* monitor) {
    const double worst = worst_ratio(*monitor);
    return std::pair(monitor_mood(*monitor), std::isnan(worst) ? 0 : -worst);
  });
  return out;
}

std::string headline_of(std::uint64_t count, const char* state) { return plural(count, "alert") + (count == 1 ? " is " : " are ") + state; }

// "2 alerts are firing, 1 is pending"
std::string headline(const DaemonStatus& status) {
  std::uint64_t firing = 0, pending = 0;
  for (const auto& named : open_alerts(status)) ++(named.alert->state == AlertState::kFiring ? firing : pending);
  if (firing > 0 && pending > 0)
    return headline_of(firing, "firing") + ", " + count_text(pending) + (pending == 1 ? " is" : " are") + " pending";
  if (status.monitors.empty()) return "No monitor is set up yet";
  if (firing > 0) return headline_of(firing, "firing");
  if (pending > 0) return headline_of(pending, "pending");
  const auto calm = [](const auto& monitor) { return monitor_mood(*monitor) == Mood::kCalm; };
  if (std::ranges::all_of(status.monitors, calm)) return "All is calm";
  return "No alert; some monitors are still collecting rows";
}

const FeatureStatus* worst_feature(const MonitorStatus& monitor) {
  const FeatureStatus* worst = nullptr;
  for (const FeatureStatus& feature : monitor.features) {
    if (std::isnan(feature.ratio)) continue;
    if (worst == nullptr || feature.ratio > worst->ratio) worst = &feature;
  }
  return worst;
}

std::string rows_of_window(const MonitorStatus& monitor) {
  const auto all = monitor.window_samples.find("all");
  return plural(all == monitor.window_samples.end() ? 0 : all->second, "row");
}

// The worst of all features and segments in each of the last windows; NaN: no verdict.
std::vector<double> worst_history(const MonitorStatus& monitor) {
  std::vector<double> worst(monitor.history_end_us.size(), kNoNumber);
  for (const FeatureStatus& feature : monitor.features) {
    if (feature.ratio_history.size() != worst.size()) continue;
    for (std::size_t i = 0; i < worst.size(); ++i) worst[i] = std::fmax(worst[i], feature.ratio_history[i]);
  }
  return worst;
}

// "3 of 8 features over the line": a feature counts once, whatever its segments.
std::string features_over(const MonitorStatus& monitor) {
  std::map<std::string_view, bool> over;
  for (const FeatureStatus& feature : monitor.features) over[feature.name] |= feature.ratio >= 1;
  const auto count = std::ranges::count_if(over, [](const auto& feature) { return feature.second; });
  return fmt::format("{} of {} over the line", count, plural(over.size(), "feature"));
}

Markup verdict_line(const MonitorStatus& monitor) {
  const FeatureStatus* worst = worst_feature(monitor);
  if (worst != nullptr) {
    const std::string where = worst->segment == "all" ? worst->name : worst->name + ", " + worst->segment;
    return html(R"(<figure>{}</figure><p>Worst: <b class="name">{}</b> at <b>{}</b> of its alarm line<br>{}</p>)",
                {sparkline(worst_history(monitor)), where, times_text(worst->ratio), features_over(monitor)});
  }
  if (monitor.window_end_us == kNoTime) return html("<p>Waiting for the first window to close</p>");
  if (!monitor.features.empty()) {
    std::string text = no_verdict_text(monitor.features.front(), monitor);
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return html("<p>{}</p>", {text});
  }
  return html("<p>No feature to judge</p>");
}

std::string mood_text(const MonitorStatus& monitor) {
  const auto open = open_alerts(monitor);
  const auto firing = static_cast<std::uint64_t>(
      std::ranges::count_if(open, [](const NamedAlert& named) { return named.alert->state == AlertState::kFiring; }));
  return firing > 0 ? plural(firing, "alert") : mood_word(monitor_mood(monitor));
}

std::int64_t lag_of(const DaemonStatus& status, const std::string& stream) {
  std::int64_t lag = -1;
  for (const PartitionStatus& partition : status.partitions) {
    const std::int64_t behind = partition.stream == stream ? partition_lag(partition) : -1;
    if (behind >= 0) lag = std::max<std::int64_t>(lag, 0) + behind;
  }
  return lag;
}

std::string judged_ago(const PageView& view, const MonitorStatus& monitor) {
  if (monitor.last_evaluation_wall_us == kNoTime) return {};
  return ", judged " + duration_text(view.now_us - monitor.last_evaluation_wall_us) + " ago";
}

Markup monitor_card(const PageView& view, const MonitorStatus& monitor) {
  const std::int64_t lag = lag_of(view.status, monitor.stream);
  Markup out =
      html(R"(<li class="card"><h3><a class="name" data-row href="{}">{}</a>{}</h3>{}<dl>)",
           {monitor_path(monitor.name), monitor.name, mood_badge(monitor_mood(monitor), mood_text(monitor)), verdict_line(monitor)});
  if (monitor.window_end_us != kNoTime) {
    out += html("<dt>Last window</dt><dd>{}<br>{}{}</dd>",
                {range_text(monitor.window_start_us, monitor.window_end_us), rows_of_window(monitor), judged_ago(view, monitor)});
  }
  out += html("<dt>Lag</dt><dd>{}</dd>", {lag < 0 ? "unknown" : plural(static_cast<std::uint64_t>(lag), "record")});
  if (!std::isnan(monitor.false_alarm_interval_seconds)) {
    out += html("<dt>Promise</dt><dd>{}</dd>", {false_alarm_text(monitor.false_alarm_interval_seconds)});
  }
  return out += html(R"(<dt>Reference</dt><dd><a href="{}"><code>{}</code></a>, {}</dd></dl></li>)",
                     {reference_path(monitor.name), monitor.reference_id, plural(monitor.reference_rows, "row")});
}

}  // namespace

std::string overview_page(const PageView& view) {
  const DaemonStatus& status = view.status;
  const std::string line = headline(status);
  Markup out = html("<h1>{}</h1>", {line});
  out += not_ready_notice(status);
  out += first_alerts(open_alerts(status));
  out += html(R"(<section><h2>Monitors</h2><ul class="cards">)");
  for (const MonitorStatus* monitor : by_worst(status)) out += monitor_card(view, *monitor);
  out += html("</ul></section>");
  return whole_page(view, line + " - driftd", out);
}

}  // namespace driftd
