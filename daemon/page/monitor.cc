#include "daemon/page/monitor.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "daemon/page/alert_list.h"
#include "daemon/page/charts.h"
#include "daemon/page/words.h"

namespace driftd {
namespace {

constexpr std::size_t kDrawnFeatures = 24;  // the first page load stays small; the others have their own page

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

Markup segment_links(const MonitorStatus& monitor, const std::string& segment) {
  std::set<std::string> names;
  for (const FeatureStatus& feature : monitor.features) names.insert(feature.segment);
  if (names.size() < 2) return {};
  Markup out = html(R"(<nav class="tabs" aria-label="Segments">)");
  for (const std::string& name : names) {
    const Markup current = name == segment ? html(R"( aria-current="page")") : Markup{};
    out += html(R"(<a href="{}"{}>{}</a>)", {monitor_path(monitor.name, name), current, name == "all" ? "all rows" : name});
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
  out += html("<dt>Reference</dt><dd><code>{}</code>, {}<br><span class=\"name\">{}</span></dd>",
              {monitor.reference_id, plural(monitor.reference_rows, "row"), monitor.reference_path});
  if (monitor.reference_created_us != kNoTime)
    out += html("<dt>Its newest row</dt><dd>{}</dd>", {moment_text(monitor.reference_created_us)});
  if (!std::isnan(monitor.false_alarm_interval_seconds)) {
    out += html("<dt>Level of the tests</dt><dd>1 false alarm in {}</dd>",
                {duration_text(static_cast<std::int64_t>(monitor.false_alarm_interval_seconds * 1e6))});
  }
  return out += html("</dl>");
}

Markup feature_row(const MonitorStatus& monitor, const FeatureStatus& feature, bool drawn) {
  const std::string path = feature_path(monitor.name, feature.name, feature.segment);
  Markup out = html(R"(<li class="feature"><h3><a class="name" href="{}">{}</a> <span class="kind">{}</span></h3>{})",
                    {path, feature.name, feature.kind, mood_badge(feature_mood(feature, monitor))});
  if (feature.status != Status::kOk) return out += html(R"(<p class="ratio alone">{}</p></li>)", {no_verdict_text(feature, monitor)});
  out += html(R"(<p class="ratio"><b>{}</b> of the alarm line</p>)", {number_text(feature.ratio) + "\xc3\x97"});
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
  Markup out = std::ranges::any_of(features, judged) ? legend : Markup{};
  out += html(R"(<ol class="features">)");
  for (std::size_t i = 0; i < features.size(); ++i) out += feature_row(monitor, *features[i], i < kDrawnFeatures);
  return out += html("</ol>");
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

std::string alert_count(const MonitorStatus& monitor) {
  const auto open = open_alerts(monitor);
  return open.empty() ? "" : " (" + plural(open.size(), "open alert") + ")";
}

}  // namespace

std::string monitor_page(const PageView& view, const MonitorStatus& monitor) {
  Markup out = html(R"(<nav class="trail" aria-label="Where you are"><a href="/">Monitors</a></nav><h1 class="name">{} {}</h1>)",
                    {monitor.name, mood_badge(monitor_mood(monitor))});
  const auto open = open_alerts(monitor);
  if (!open.empty()) out += html(R"(<section aria-label="Open alerts">{}</section>)", {alert_list(open)});
  out += html("<section><h2>Features, worst first</h2>{}{}</section>", {segment_links(monitor, view.segment), feature_list(view, monitor)});
  if (monitor.labels) out += labels_section(*monitor.labels, view.segment);
  out += html("<section><h2>Window and reference</h2>{}</section>", {facts(view, monitor)});
  if (const auto resolved = resolved_alerts(monitor); !resolved.empty()) {
    out += html("<section><h2>Resolved alerts</h2>{}</section>", {alert_list(resolved)});
  }
  return whole_page(view, monitor.name + alert_count(monitor) + " - driftd", out);
}

}  // namespace driftd
