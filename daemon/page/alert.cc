#include "daemon/page/alert.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "daemon/alert/links.h"
#include "daemon/explain/explanation.h"
#include "daemon/page/alert_list.h"
#include "daemon/page/charts.h"
#include "daemon/page/measures.h"
#include "daemon/page/words.h"
#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

constexpr std::size_t kShownTransitions = 12;

const FeatureStatus* feature_of(const MonitorStatus& monitor, const AlertStatus& alert) {
  const auto found = std::ranges::find_if(
      monitor.features, [&](const FeatureStatus& feature) { return feature.name == alert.feature && feature.segment == alert.segment; });
  return found == monitor.features.end() ? nullptr : &*found;
}

std::string state_word(AlertState state) {
  switch (state) {
    case AlertState::kPending: return "pending";
    case AlertState::kFiring: return "firing";
    case AlertState::kResolved: return "resolved";
    case AlertState::kInactive: break;
  }
  return "inactive";
}

// ---- What the daemon knows beside the event

std::uint64_t usual_rows(std::vector<std::uint64_t> rows) {
  if (rows.size() < 4) return 0;
  rows.pop_back();
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
  std::ranges::nth_element(rows, middle);
  return *middle;
}

std::string label_words(const MonitorStatus& monitor, const std::string& segment) {
  if (!monitor.labels) return "none on a topic of their own: the errors of the model are not known here";
  const auto shown = std::ranges::find(monitor.labels->performance, segment, &PerformanceStatus::segment);
  if (shown == monitor.labels->performance.end()) return "not in yet for any window";
  std::string words = fmt::format("{} of the predictions of {} are labelled", share_text(share_of(shown->labelled, shown->predicted)),
                                  range_text(monitor.labels->window_start_us, monitor.labels->window_end_us));
  for (const auto& [metric, value] : shown->values) {
    if (!std::isnan(value)) words += fmt::format(", {} {}", metric_title(metric), number_text(value));
  }
  return words;
}

ExplainContext context_of(const MonitorStatus& monitor, const AlertStatus& alert) {
  ExplainContext context;
  context.since = format_event_time(alert.since_us);
  for (const AlertStatus& other : monitor.alerts) {
    if (other.alert_id == alert.alert_id) continue;
    context.others.push_back({other.alert_id, other.kind, other.feature, other.segment, state_word(other.state)});
  }
  for (const FeatureStatus& feature : monitor.features) {
    const bool empty = feature.rows == 0 && feature.reference_rows == 0;
    if (feature.name == alert.feature && feature.segment != "all" && !empty) context.segments.push_back({feature.segment, feature.ratio});
  }
  context.usual_rows = usual_rows(monitor.history_rows);
  context.labels = label_words(monitor, alert.segment);
  context.labelled = monitor.labels && !monitor.labels->performance.empty();
  return context;
}

// ---- The parts, in the order in which a person asks

// Text to copy, with a button that script shows.
Markup copyable(const std::string& id, const std::string& text) {
  return html(R"(<div class="copyable"><code id="{}">{}</code><button type="button" data-copy="{}" hidden>Copy</button></div>)",
              {id, text, id});
}

Markup check_badge(Check check) {
  switch (check) {
    case Check::kLook: return mood_badge(Mood::kPending, "look");
    case Check::kUnknown: return mood_badge(Mood::kWaiting, "unknown");
    case Check::kFine: break;
  }
  return mood_badge(Mood::kCalm, "fine");
}

Markup checks(const Explanation& explanation) {
  const auto looks = static_cast<std::uint64_t>(std::ranges::count(explanation.checks, Check::kLook, &Explanation::Line::check));
  Markup out = html(R"(<section><h2>Is it real?</h2><p>{}</p><ol class="checks">)",
                    {looks == 0 ? std::string("No check speaks against it.")
                                : plural(looks, "check") + (looks == 1 ? " says" : " say") + " where to look first."});
  for (const auto& [name, words, check] : explanation.checks) {
    out += html(R"(<li>{}<b>{}</b><span>{}</span></li>)", {check_badge(check), name, words});
  }
  return out += html("</ol></section>");
}

Markup bins(const AlertRecord& record, const Explanation& explanation, const std::string& address) {
  if (explanation.bins.empty()) return {};
  double largest = 0;
  for (const auto& bin : explanation.bins) largest = std::max({largest, bin.reference, bin.current});
  Markup out = html(
      R"(<section><h2>What moved</h2><p class="legend"><span><i class="key reference"></i>reference</span><span><i class="key current"></i>this window</span></p><div class="wide" tabindex="0" role="region" aria-label="What moved"><table class="cells"><thead><tr><th scope="col">{}</th><th scope="col" class="draw">Shares</th><th scope="col" class="number">Reference</th><th scope="col" class="number">Now</th><th scope="col" class="number">Adds to PSI</th></tr></thead><tbody>)",
      {record.feature_type == "numeric" ? "Values" : "Category"});
  for (const auto& bin : explanation.bins) {
    out += html(
        R"(<tr><th scope="row" class="name">{}</th><td class="draw">{}</td><td class="number">{}</td><td class="number">{}</td><td class="number">{}</td></tr>)",
        {bin.label, share_bars(bin.reference, bin.current, largest), share_text(bin.reference), share_text(bin.current),
         fmt::format("{:.3f}", bin.contribution)});
  }
  out += html("</tbody>");
  if (!std::isnan(explanation.score)) {
    out += html(
        R"(<tfoot><tr><th scope="row">All other cells</th><td class="draw"></td><td></td><td></td><td class="number">{}</td></tr><tr><th scope="row">PSI</th><td class="draw"></td><td></td><td></td><td class="number">{}</td></tr></tfoot>)",
        {fmt::format("{:.3f}", explanation.other_bins), fmt::format("{:.3f}", explanation.score)});
  }
  return out += html(R"(</table></div><p><a href="{}">All cells of {} on both sides</a></p></section>)", {address, record.feature});
}

Markup moment(const char* what, std::int64_t time_us, const std::string& more) {
  return html("<li><b>{}</b><span>{}{}</span></li>", {what, moment_text(time_us), more});
}

std::string deliveries(const DaemonStatus& status) {
  std::string words;
  for (const SinkStatus& sink : status.sinks) {
    words += fmt::format("{}{}: {} delivered, {} waiting, {} given up", words.empty() ? "" : "; ", sink.name, count_text(sink.delivered),
                         count_text(sink.waiting), count_text(sink.failed));
  }
  return words;
}

// Each step of its life, the last ones where there are many.
Markup transitions(std::span<const PastTransition> timeline) {
  Markup out;
  const std::size_t left_out = timeline.size() - std::min(timeline.size(), kShownTransitions);
  if (left_out > 0) out += html("<li><b>Before</b><span>{}</span></li>", {plural(left_out, "event")});
  for (const PastTransition& step : timeline.subspan(left_out)) {
    std::string name = step.transition;
    if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
    out += html("<li><b>{}</b><span>{}: {}</span></li>", {name, moment_text(step.window.end_us), step.summary});
  }
  return out;
}

Markup history(const PageView& view, const MonitorStatus& monitor, const AlertStatus& alert, std::span<const PastTransition> timeline) {
  Markup out = html(R"(<section><h2>How it came</h2>)");
  const FeatureStatus* feature = feature_of(monitor, alert);
  const auto& ends = monitor.history_end_us;
  if (feature != nullptr && feature->ratio_history.size() > 1 && feature->ratio_history.size() == ends.size()) {
    std::vector<HistoryPoint> points;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      const double ratio = feature->ratio_history[i];
      points.push_back({fmt::format("window to {}: {}", moment_text(ends[i]),
                                    std::isnan(ratio) ? "no verdict" : times_text(ratio) + " of its alarm line"),
                        feature_path(monitor.name, alert.feature, alert.segment), ends[i] == alert.opened_us});
    }
    out += html(
        R"(<figure class="chart">{}<figcaption><span>{}</span><span>{}</span></figcaption></figure><p class="legend"><span><i class="key dash"></i>alarm line</span><span><i class="key shown"></i>the window that opened it</span></p>)",
        {history_chart(feature->ratio_history, points), moment_text(ends.front()), moment_text(ends.back())});
  }
  out += html(R"(<ol class="times">)");
  out += moment("First over its limit", alert.since_us, ", start of that window");
  if (timeline.empty()) out += moment("Opened", alert.opened_us, ", when that window closed");
  out += transitions(timeline);
  if (alert.resolved_us != kNoTime) {
    if (timeline.empty()) out += moment("Resolved", alert.resolved_us, "");
  } else {
    out += moment("Still open", monitor.window_end_us, ", end of the last window");
  }
  if (const std::string sent = deliveries(view.status); !sent.empty())
    out += html("<li><b>All events so far</b><span>{}</span></li>", {sent});
  return out += html("</ol></section>");
}

Markup rows(const AlertRecord& record, const Explanation& explanation) {
  if (explanation.rows.empty()) return {};
  Markup out = html(R"(<section><h2>The rows</h2><p>{} of the window {} to {}, to read again:</p><ul class="ranges">)",
                    {plural(record.window.samples, "row"), record.window.start, record.window.end});
  std::size_t number = 0;
  for (const auto& [range, kcat] : explanation.rows) {
    out += html(R"(<li><p>Topic <b class="name">{}</b>, partition {}, offsets {} to {}</p>{}</li>)",
                {range.topic, range.partition, range.from, range.to, copyable("kcat-" + std::to_string(number++), kcat)});
  }
  out += html("</ul>");
  if (explanation.rows_omitted > 0)
    out += html("<p>And {} more ranges, which the event left out.</p>", {count_text(explanation.rows_omitted)});
  return out += html("<p>As driftd sees them:</p>{}</section>", {copyable("tap", explanation.tap)});
}

Markup limits(const AlertRecord& record, const Explanation& explanation) {
  Markup out = html(R"(<section><h2>What set the limit</h2><dl class="facts">)");
  for (const auto& line : explanation.config) out += html("<dt><code>{}</code></dt><dd>{}</dd>", {line.name, line.words});
  out += html("<dt>configuration</dt><dd><code>{}</code></dd></dl>", {record.config_hash});
  const std::string runbook = record.runbook.empty() ? "/runbooks/" + alert_name(record.kind, record.severity) : record.runbook;
  out += html(R"(<p><a href="{}">Runbook</a></p>)", {runbook});
  if (!record.grafana.empty()) out += html(R"(<p><a href="{}">The feature's dashboard in Grafana</a></p>)", {record.grafana});
  return out += html("</section>");
}

Markup next_steps(const MonitorStatus& monitor, const Explanation& explanation) {
  Markup out = html(R"(<section><h2>Next</h2><ul>)");
  for (const std::string& step : explanation.steps) out += html("<li>{}</li>", {step});
  if (const auto open = open_alerts(monitor).size(); open > 1) {
    out += html(R"(<li>see the <a href="{}">{} that are open in {}</a></li>)",
                {monitor_path(monitor.name), plural(open, "alert"), monitor.name});
  }
  return out += html("</ul></section>");
}

Markup explained(const PageView& view, const MonitorStatus& monitor, const AlertStatus& alert, std::span<const PastTransition> timeline) {
  const auto record = read_alert_event(alert.event_json);
  if (!record) return history(view, monitor, alert, timeline);
  const Explanation explanation = explain(*record, context_of(monitor, alert));
  Markup out = checks(explanation);
  out += bins(*record, explanation, feature_path(monitor.name, alert.feature, alert.segment));
  out += history(view, monitor, alert, timeline);
  out += rows(*record, explanation);
  out += limits(*record, explanation);
  return out += next_steps(monitor, explanation);
}

}  // namespace

std::string alert_page(const PageView& view, const MonitorStatus& monitor, const AlertStatus& alert,
                       std::span<const PastTransition> timeline) {
  const std::string subject = alert_subject(monitor, alert);
  Markup out = html(
      R"(<nav class="trail" aria-label="Where you are"><a href="/">Monitors</a> <a class="name" rel="up" href="{}">{}</a> <a href="{}">Alerts</a></nav><h1 class="name">{} {}</h1><p class="lead">{}</p>)",
      {monitor_path(monitor.name), monitor.name, kAlertsPath, subject, alert_badge(alert), alert.summary});
  out += html(R"(<dl class="facts across"><div><dt>Kind</dt><dd>{}</dd></div><div><dt>Severity</dt><dd>{}</dd></div>)",
              {alert.kind, alert.severity});
  out += html("<div><dt>Since</dt><dd>{}</dd></div><div><dt>Opened</dt><dd>{}</dd></div>",
              {moment_text(alert.since_us), moment_text(alert.opened_us)});
  if (alert.resolved_us != kNoTime) out += html("<div><dt>Resolved</dt><dd>{}</dd></div>", {moment_text(alert.resolved_us)});
  out += html("<div><dt>Id</dt><dd><code>{}</code></dd></div></dl>", {alert.alert_id});
  if (!alert.feature.empty()) {
    out += html(R"(<p><a class="name" href="{}">See the shares of {}</a></p>)",
                {feature_path(monitor.name, alert.feature, alert.segment), alert.feature});
  }
  out += explained(view, monitor, alert, timeline);
  if (!alert.event_json.empty()) {
    out += html(
        R"(<details id="event"><summary>The last event, as it was sent</summary><button type="button" data-copy="event-text" hidden>Copy</button><pre class="wide" tabindex="0" id="event-text">{}</pre></details>)",
        {indented_event(alert.event_json)});
  }
  return whole_page(view, subject + " - driftd", out);
}

}  // namespace driftd
