#include "daemon/page/monitor.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "daemon/alert/links.h"
#include "daemon/page/alert_list.h"
#include "daemon/page/charts.h"
#include "daemon/page/measures.h"
#include "daemon/page/timeline.h"
#include "daemon/page/words.h"

namespace driftd {
namespace {

constexpr std::size_t kDrawnFeatures = 24, kListedFeatures = 50;  // the first load stays small; the others are a click away
constexpr std::size_t kMostTabs = 12;

using Features = std::vector<const FeatureStatus*>;

// Those with an alert first, then by ratio; without a verdict last.
Features by_worst(const MonitorStatus& monitor, std::string_view segment) {
  Features out;
  for (const FeatureStatus& feature : monitor.features) {
    if (feature.segment == segment) out.push_back(&feature);
  }
  std::ranges::stable_sort(out, {}, [](const FeatureStatus* feature) {
    const bool open = feature->alert == AlertState::kFiring || feature->alert == AlertState::kPending;
    return std::tuple(!open, std::isnan(feature->ratio), -feature->ratio);
  });
  return out;
}

// Segments with what is worst in each, by name.
struct SegmentLink {
  double worst = kNoNumber;
  bool empty = true;  // no rows on either side
};

std::map<std::string, SegmentLink> segments_of(const MonitorStatus& monitor) {
  std::map<std::string, SegmentLink> out;
  for (const FeatureStatus& feature : monitor.features) {
    SegmentLink& link = out[feature.segment];
    link.worst = std::fmax(link.worst, feature.ratio);
    link.empty &= feature.rows == 0 && feature.reference_rows == 0;
  }
  return out;
}

Markup segment_link(const MonitorStatus& monitor, const std::string& name, const SegmentLink& link, bool here) {
  return html(R"(<a href="{}"{}>{}{}</a>)",
              {monitor_path(monitor.name, name), here ? html(R"( aria-current="page")") : Markup{}, name == "all" ? "all rows" : name,
               link.worst >= 1 ? html(R"( <b class="over-line">{}</b>)", {times_text(link.worst)}) : Markup{}});
}

Markup segment_links(const MonitorStatus& monitor, const std::string& segment) {
  const auto segments = segments_of(monitor);
  if (segments.size() < 2) return {};
  Markup few, others;
  if (const auto all = segments.find("all"); all != segments.end()) few += segment_link(monitor, "all", all->second, segment == "all");
  std::size_t shown = 1, hidden = 0;
  for (const auto& [name, link] : segments) {
    if (name == "all" || (link.empty && name != segment)) continue;
    const bool first = name == segment || ((link.worst >= 1 || segments.size() <= kMostTabs) && shown < kMostTabs);
    (first ? few : others) += segment_link(monitor, name, link, name == segment);
    ++(first ? shown : hidden);
  }
  Markup out = html(R"(<nav class="tabs" aria-label="Segments">{})", {few});
  if (!others.text.empty()) {
    out += html(R"(<details id="segments"><summary>{} more segments</summary><div class="tabs">{}</div></details>)", {hidden, others});
  }
  return out += html("</nav>");
}

std::string window_text(const MonitorStatus& monitor) {
  if (monitor.window_rows > 0) return plural(monitor.window_rows, "row") + " or a few more";
  const std::string length = duration_text(monitor.window_us);
  return monitor.advance_us == kNoTime ? length : length + ", one every " + duration_text(monitor.advance_us);
}

Markup facts(const PageView& view, const MonitorStatus& monitor) {
  const auto rows = monitor.window_samples.find(view.segment);
  Markup out = html(R"(<dl class="facts"><dt>Last window</dt><dd>{}</dd>)", {range_text(monitor.window_start_us, monitor.window_end_us)});
  if (rows != monitor.window_samples.end()) {
    out += html("<dt>Rows in it</dt><dd>{} ({} needed)</dd>", {count_text(rows->second), count_text(monitor.minimum_samples)});
  }
  out += html("<dt>Windows closed</dt><dd>{}, each of {}</dd>", {count_text(all_closed(monitor)), window_text(monitor)});
  out += html("<dt>Reference</dt><dd><a href=\"{}\"><code>{}</code></a>, {}<br><span class=\"name\">{}</span></dd>",
              {reference_path(monitor.name), monitor.reference_id, plural(monitor.reference_rows, "row"), monitor.reference_path});
  if (monitor.reference_created_us != kNoTime)
    out += html("<dt>Its newest row</dt><dd>{}</dd>", {moment_text(monitor.reference_created_us)});
  if (!std::isnan(monitor.false_alarm_interval_seconds)) {
    out += html("<dt>Level of the tests</dt><dd>{}</dd>", {false_alarm_text(monitor.false_alarm_interval_seconds)});
  }
  return out += html("</dl>");
}

Markup feature_row(const MonitorStatus& monitor, const FeatureStatus& feature, bool drawn) {
  const std::string path = feature_path(monitor.name, feature.name, feature.segment);
  Markup out = html(R"(<li class="feature"><h3><a class="name" data-row href="{}">{}</a> <span class="kind">{}</span></h3>{})",
                    {path, feature.name, feature.kind, mood_badge(feature_mood(feature, monitor))});
  if (feature.status != Status::kOk) return out += html(R"(<p class="ratio alone">{}</p></li>)", {no_verdict_text(feature, monitor)});
  out += html(R"(<p class="ratio"><b>{}</b> of the alarm line</p>)", {times_text(feature.ratio)});
  if (drawn && !feature.cells.empty()) out += html("<figure>{}</figure>", {small_histogram(feature.cells)});
  if (drawn && !feature.ratio_history.empty()) out += html("<figure>{}</figure>", {sparkline(feature.ratio_history)});
  return out += html("</li>");
}

Markup feature_list(const PageView& view, const MonitorStatus& monitor) {
  const Features features = by_worst(monitor, view.segment);
  if (features.empty()) return html("<p>Waiting for the first window to close.</p>");
  const Markup legend = html(
      R"(<p class="legend"><span><i class="key reference"></i>reference</span><span><i class="key current"></i>last window</span><span><i class="key dash"></i>alarm line, over the last windows</span></p>)");
  const auto judged = [](const FeatureStatus* feature) { return feature->status == Status::kOk; };
  Markup out = html(R"(<p class="filter"><label hidden>Filter <input type="search" id="filter" autocomplete="off"/></label></p>)");
  if (std::ranges::any_of(features, judged)) out += legend;
  const std::size_t shown = view.every ? features.size() : std::min(features.size(), kListedFeatures);
  out += html(R"(<ol class="features" data-filter>)");
  for (std::size_t i = 0; i < shown; ++i) out += feature_row(monitor, *features[i], i < kDrawnFeatures);
  out += html("</ol>");
  if (shown == features.size()) return out;
  PageView whole = view;
  whole.every = true;
  return out += html(R"(<p class="more"><a href="{}" id="more" data-soft>Show all {} features</a></p>)",
                     {own_address(whole), count_text(features.size())});
}

// What the labels said of the last window they are in for.
Markup labels_section(const LabelStatus& labels, std::string_view segment) {
  const std::string wait = duration_text(labels.join_within_us);
  const auto shown = std::ranges::find(labels.performance, segment, &PerformanceStatus::segment);
  if (shown == labels.performance.end()) {
    return html("<section><h2>Labels</h2><p>Waiting for labels: predictions are judged {} after they were made.</p></section>", {wait});
  }
  Markup out = html(R"(<section><h2>Labels</h2><dl class="facts"><dt>Window judged</dt><dd>{}</dd>)",
                    {range_text(labels.window_start_us, labels.window_end_us)});
  out += html("<dt>Labelled in it</dt><dd>{} of {} predictions ({}), within {}</dd>",
              {count_text(shown->labelled), count_text(shown->predicted), share_text(share_of(shown->labelled, shown->predicted)), wait});
  for (const auto& [metric, value] : shown->values) {
    const std::string number = number_text(value);
    out += html("<dt>{}</dt><dd>{}</dd>", {metric_title(metric), number.empty() ? "undefined" : number});
  }
  return out += html("<dt>Waiting</dt><dd>{}</dd></dl></section>", {plural(labels.pending_predictions, "prediction")});
}

Markup grafana_line(const PageView& view, const MonitorStatus& monitor) {
  const std::string address = grafana_link({.page = "", .grafana = view.status.grafana_url, .runbooks = ""}, monitor.name);
  return address.empty() ? Markup{} : html(R"(<p class="when"><a href="{}">This monitor in Grafana</a></p>)", {address});
}

std::string alert_count(const MonitorStatus& monitor) {
  const auto open = open_alerts(monitor);
  return open.empty() ? "" : " (" + plural(open.size(), "open alert") + ")";
}

}  // namespace

std::string monitor_page(const PageView& view, const MonitorStatus& monitor) {
  Markup out = html(R"(<nav class="trail" aria-label="Where you are"><a href="/">Monitors</a></nav><h1 class="name">{} {}</h1>)",
                    {monitor.name, mood_badge(monitor_mood(monitor))});
  const auto open = open_alerts(monitor);
  out += first_alerts(open);
  out += html("<section><h2>Features, worst first</h2>{}{}</section>", {segment_links(monitor, view.segment), feature_list(view, monitor)});
  if (monitor.labels) out += labels_section(*monitor.labels, view.segment);
  out += html("<section><h2>Window and reference</h2>{}{}</section>", {facts(view, monitor), grafana_line(view, monitor)});
  if (!monitor.alerts.empty()) out += html("<section><h2>Alerts over time</h2>{}</section>", {alert_lanes(monitor)});
  if (const auto resolved = resolved_alerts(monitor); !resolved.empty()) {
    out += html("<section><h2>Resolved alerts</h2>{}</section>", {alert_list(resolved)});
  }
  return whole_page(view, monitor.name + alert_count(monitor) + " - driftd", out);
}

}  // namespace driftd
