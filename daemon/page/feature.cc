#include "daemon/page/feature.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "daemon/alert/links.h"
#include "daemon/page/alert_list.h"
#include "daemon/page/cell_charts.h"
#include "daemon/page/cells.h"
#include "daemon/page/charts.h"
#include "daemon/page/measures.h"
#include "daemon/page/words.h"
#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

constexpr std::size_t kTopCells = 3, kDrawnCells = 24, kListedCells = 200;

bool is_last(const ShownFeature& shown) { return shown.end_us == shown.monitor.window_end_us; }

// The cells that add most, in one sentence.
std::string top_sentence(std::vector<CellBar> bars) {
  std::ranges::stable_sort(bars, {}, [](const CellBar& bar) { return -bar.contribution; });
  std::string out;
  for (std::size_t i = 0; i < std::min(kTopCells, bars.size()); ++i) {
    if (!(bars[i].contribution > 0)) break;
    out += fmt::format("{}{} went from {} to {}", i == 0 ? "" : "; ", bars[i].label, share_text(bars[i].reference),
                       share_text(bars[i].current));
  }
  return out.empty() ? "Both sides are alike in every cell." : "The largest changes: " + out + ".";
}

// Where this feature stands, for a person who reads nothing else.
std::string verdict_sentence(const ShownFeature& shown) {
  const MonitorStatus& monitor = shown.monitor;
  const FeatureStatus& feature = shown.feature;
  for (const NamedAlert& named : open_alerts(monitor)) {
    if (is_last(shown) && named.alert->feature == feature.name && named.alert->segment == feature.segment) return named.alert->summary;
  }
  if (feature.status != Status::kOk) {
    std::string text = no_verdict_text(feature, monitor);
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text + ".";
  }
  if (feature.ratio >= 1) {
    const std::string over = fmt::format("Over its alarm line ({} times)", number_text(feature.ratio));
    return is_last(shown) ? over + ", but no alert is open." : over + " in this window.";
  }
  return fmt::format("Nothing unusual: at {} of its alarm line.", share_text(feature.ratio));
}

Markup alert_link(const ShownFeature& shown) {
  for (const NamedAlert& named : open_alerts(shown.monitor)) {
    if (named.alert->feature != shown.feature.name || named.alert->segment != shown.feature.segment) continue;
    return html(R"(<p><a href="{}">Why did this fire?</a></p>)", {alert_path(named.alert->alert_id)});
  }
  return {};
}

// ---- Which window

std::string address_at(PageView view, const MonitorStatus& monitor, std::int64_t end_us) {
  view.at_us = end_us == monitor.window_end_us ? kNoTime : end_us;
  return own_address(view);
}

Markup step(const char* rel, const std::string& address, const char* sign, const char* name) {
  return html(R"(<a class="step" rel="{}" href="{}" data-soft><span aria-hidden="true">{}</span> {}</a>)", {rel, address, sign, name});
}

// With script, a slider over the last windows.
Markup slider(const PageView& view, const ShownFeature& shown) {
  const auto& ends = shown.monitor.history_end_us;
  const auto here = std::ranges::find(ends, shown.end_us);
  if (ends.size() < 2) return {};
  std::string addresses;
  for (const std::int64_t end : ends) addresses += (addresses.empty() ? "" : " ") + address_at(view, shown.monitor, end);
  return html(R"(<input type="range" id="window" aria-label="Closed window" min="0" max="{}" value="{}" data-addresses="{}" hidden/>)",
              {ends.size() - 1, here == ends.end() ? 0 : here - ends.begin(), addresses});
}

Markup window_steps(const PageView& view, const ShownFeature& shown) {
  Markup out = html(R"(<nav class="windows" aria-label="Windows"><p>Window <b>{}</b>, {}{}</p><p class="steps">)",
                    {range_text(shown.start_us, shown.end_us), plural(shown.feature.rows, "row"), is_last(shown) ? " (the last one)" : ""});
  if (shown.previous_us != kNoTime)
    out += step("prev", address_at(view, shown.monitor, shown.previous_us), "\xe2\x80\xb9", "window before");
  out += slider(view, shown);
  if (shown.next_us != kNoTime) out += step("next", address_at(view, shown.monitor, shown.next_us), "\xe2\x80\xba", "next window");
  if (!is_last(shown)) out += step("last", address_at(view, shown.monitor, shown.monitor.window_end_us), "\xc2\xbb", "the last one");
  return out += html("</p></nav>");
}

// ---- Both sides

Markup scale_switch(PageView view) {
  Markup out = html(R"(<span class="switch">Scale: )");
  for (const bool log : {false, true}) {
    const bool here = view.log_shares == log;
    PageView other = view;
    other.log_shares = log;
    out += html(R"(<a href="{}" data-soft{}>{}</a> )",
                {own_address(other), here ? html(R"( aria-current="true")") : Markup{}, log ? "logarithmic" : "linear"});
  }
  return out += html("</span>");
}

Markup cell_row(const CellBar& bar, double largest_share, double largest_contribution) {
  const double part = largest_contribution > 0 ? bar.contribution / largest_contribution : 0;
  return html(
      R"(<tr><th scope="row" class="name">{}</th><td class="draw">{}</td><td class="number">{}</td><td class="number">{}</td><td class="number">{}</td><td class="number">{}</td><td class="draw thin">{}</td><td class="number">{}</td></tr>)",
      {bar.label, share_bars(bar.reference, bar.current, largest_share), count_text(bar.reference_rows), share_text(bar.reference),
       count_text(bar.rows), share_text(bar.current), single_bar(part, 1), fmt::format("{:.3f}", bar.contribution)});
}

Markup cell_table(const FeatureStatus& feature, const std::vector<CellBar>& every) {
  const std::vector<CellBar> bars = drawn_bars(every, kListedCells);
  double largest_share = 0, largest_contribution = 0;
  for (const CellBar& bar : bars) {
    largest_share = std::max({largest_share, bar.reference, bar.current});
    largest_contribution = std::max(largest_contribution, bar.contribution);
  }
  Markup out = html(
      R"(<details id="cells"><summary>These cells as a table</summary><div class="wide" tabindex="0" role="region" aria-label="Shares by cell"><table class="cells"><thead><tr><th scope="col">{}</th><th scope="col" class="draw">Shares</th><th scope="col" class="number" colspan="2">Reference</th><th scope="col" class="number" colspan="2">Current</th><th scope="col" class="draw thin">Adds</th><th scope="col" class="number">PSI</th></tr></thead><tbody>)",
      {feature.numeric ? "Values" : "Category"});
  for (const CellBar& bar : bars) out += cell_row(bar, largest_share, largest_contribution);
  return out += html(
             R"(</tbody><tfoot><tr><th scope="row">Sum</th><td class="draw"></td><td class="number">{}</td><td></td><td class="number">{}</td><td></td><td class="draw thin"></td><td class="number">{}</td></tr></tfoot></table></div></details>)",
             {count_text(feature.reference_rows), count_text(feature.rows), fmt::format("{:.3f}", total_contribution(bars))});
}

const MethodStatus* method_of(const FeatureStatus& feature, std::string_view name) {
  const auto found = std::ranges::find(feature.methods, name, &MethodStatus::method);
  return found == feature.methods.end() || found->status != Status::kOk ? nullptr : &*found;
}

Markup contributions(const FeatureStatus& feature, const std::vector<CellBar>& bars) {
  const double total = total_contribution(bars);
  Markup out = html(
      R"(<div class="half"><h3>What each cell adds</h3><p>(q − p) · ln(q / p) of each cell; they sum to PSI <b id="score" data-sum="{}">{}</b>{}.</p><p class="legend"><span><i class="key gained"></i>grew</span><span><i class="key shrunk"></i>shrank</span></p>)",
      {fmt::format("{:.17g}", total), fmt::format("{:.3f}", total),
       method_of(feature, "psi") != nullptr && method_of(feature, "psi")->effect < method_of(feature, "psi")->statistic
           ? fmt::format(", {} once what chance alone adds is taken off", number_text(method_of(feature, "psi")->effect))
           : std::string()});
  return out += html("{}</div>", {contribution_chart(bars)});
}

// Categories have no order, so they have no cumulative shares.
Markup cumulative(const FeatureStatus& feature, std::vector<CellBar> bars) {
  if (!feature.numeric) return {};
  std::erase_if(bars, [](const CellBar& bar) { return bar.label == "other" || bar.merged > 1; });
  if (bars.size() < 2) return {};
  const CumulativeShares shares = cumulative_shares(bars);
  const MethodStatus* ks = method_of(feature, "ks");
  const std::string& label = bars[shares.widest].label;
  const std::string where = upper_edge(label).empty() ? label : upper_edge(label);
  return html(
      R"(<div class="half"><h3>Cumulative shares</h3><p>Farthest apart at {}: {} of the reference lies up to there, {} now, a gap of <b>{}</b>{}.</p><p class="legend"><span><i class="key curve-reference"></i>reference</span><span><i class="key curve-current"></i>current</span><span><i class="key gap"></i>largest gap</span></p>{}</div>)",
      {where, share_text(shares.reference[shares.widest]), share_text(shares.current[shares.widest]), number_text(shares.gap),
       ks == nullptr ? std::string() : fmt::format(" (KS over all fine cells: {})", number_text(ks->statistic)), cumulative_chart(bars)});
}

std::string unseen_sentence(const FeatureStatus& feature) {
  if (feature.numeric || !(feature.unseen_ratio > 0)) return {};
  return fmt::format("{} of the rows have a category that the reference never had.", share_text(feature.unseen_ratio));
}

Markup distribution(const PageView& view, const FeatureStatus& feature) {
  const std::vector<CellBar> every = cell_bars(feature.cells), bars = drawn_bars(every, kDrawnCells);
  Markup out = html(R"(<section><h2>Shares</h2><p>{} {}</p>)", {top_sentence(every), unseen_sentence(feature)});
  out += html(
      R"(<p class="legend"><span><i class="key reference"></i>reference, n = {}</span><span><i class="key current"></i>current, n = {}</span>{}</p>)",
      {count_text(feature.reference_rows), count_text(feature.rows), scale_switch(view)});
  out += share_chart(bars, view.log_shares ? ShareScale::kLog : ShareScale::kLinear);
  out += html(R"(<div class="halves">{}{}</div>)", {contributions(feature, bars), cumulative(feature, bars)});
  return out += html("{}</section>", {cell_table(feature, every)});
}

// ---- The last windows

std::string reading(const MonitorStatus& monitor, const FeatureStatus& feature, std::size_t i) {
  const double ratio = feature.ratio_history[i];
  const std::string rows = i < monitor.history_rows.size() ? ", " + plural(monitor.history_rows[i], "row") : "";
  return fmt::format("window to {}: {}{}", moment_text(monitor.history_end_us[i]),
                     std::isnan(ratio) ? "no verdict" : times_text(ratio) + " of its alarm line", rows);
}

Markup history_table(const MonitorStatus& monitor, const FeatureStatus& feature) {
  const std::size_t count = std::min(feature.ratio_history.size(), monitor.history_end_us.size());
  Markup out = html(
      R"(<details id="windows"><summary>These windows as a table</summary><div class="wide" tabindex="0" role="region" aria-label="Windows as a table"><table><thead><tr><th scope="col">Window's end</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Of the alarm line</th></tr></thead><tbody>)");
  for (std::size_t i = count; i-- > 0;) {
    const double ratio = feature.ratio_history[i];
    const std::uint64_t rows = i < monitor.history_rows.size() ? monitor.history_rows[i] : 0;
    out += html(R"(<tr><th scope="row">{}</th><td class="number">{}</td><td class="number">{}</td></tr>)",
                {moment_text(monitor.history_end_us[i]), count_text(rows), std::isnan(ratio) ? "no verdict" : times_text(ratio)});
  }
  return out += html("</tbody></table></div></details>");
}

Markup history(const PageView& view, const ShownFeature& shown) {
  const auto& ratios = shown.feature.ratio_history;
  const auto& ends = shown.monitor.history_end_us;
  if (ratios.size() < 2 || ends.size() != ratios.size()) return {};
  const auto over = static_cast<std::uint64_t>(std::ranges::count_if(ratios, [](double ratio) { return ratio >= 1; }));
  double largest = kNoNumber;
  for (const double ratio : ratios) largest = std::fmax(largest, ratio);
  std::vector<HistoryPoint> points;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    points.push_back({reading(shown.monitor, shown.feature, i), address_at(view, shown.monitor, ends[i]), ends[i] == shown.end_us});
  }
  return html(
      R"(<section><h2>Last windows</h2><p>{} of the last {} windows over the alarm line; the largest reached {}.</p><figure class="chart">{}<figcaption><span>{}</span><span>{}</span></figcaption></figure>{}</section>)",
      {count_text(over), count_text(ratios.size()), times_text(largest), history_chart(ratios, points), moment_text(ends.front()),
       moment_text(ends.back()), history_table(shown.monitor, shown.feature)});
}

}  // namespace

ShownFeature in_last_window(const MonitorStatus& monitor, const FeatureStatus& feature) {
  ShownFeature shown{monitor, feature, monitor.window_start_us, monitor.window_end_us, segments_of(monitor, feature.name)};
  if (const auto& ends = monitor.history_end_us; ends.size() > 1 && ends.back() == monitor.window_end_us)
    shown.previous_us = ends[ends.size() - 2];
  return shown;
}

std::string feature_page(const PageView& view, const ShownFeature& shown) {
  const MonitorStatus& monitor = shown.monitor;
  const FeatureStatus& feature = shown.feature;
  Markup out = html(
      R"(<nav class="trail" aria-label="Where you are"><a href="/">Monitors</a> <a class="name" rel="up" href="{}">{}</a></nav><h1 class="name">{} {}</h1><p class="lead">{}</p>{})",
      {monitor_path(monitor.name, feature.segment), monitor.name, feature.name, mood_badge(feature_mood(feature, monitor)),
       verdict_sentence(shown), alert_link(shown)});
  out += segment_tabs(view, shown.segments);
  out += window_steps(view, shown);
  if (!feature.cells.empty()) {
    out += distribution(view, feature);
  } else if (!is_last(shown)) {
    out += html("<section><h2>Shares</h2><p>The shares of this window are not kept.</p></section>");
  }
  out += segments_section(view, monitor, shown.segments);
  out += history(view, shown);
  out += measures_section(feature);
  out += quality_section(feature);
  out += html(R"(<p class="when">Reference <a href="{}"><code>{}</code></a></p>)", {reference_path(monitor.name), monitor.reference_id});
  const LinkBases bases{.page = "", .grafana = view.status.grafana_url, .runbooks = ""};
  const std::string grafana =
      grafana_link(bases, {"", feature.kind, "", monitor.name, feature.name, feature.segment, shown.start_us, shown.end_us});
  if (!grafana.empty()) out += html(R"(<p class="when"><a href="{}">This feature in Grafana</a></p>)", {grafana});
  return whole_page(view, feature.name + " in " + monitor.name + " - driftd", out);
}

}  // namespace driftd
