#include "daemon/page/feature.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "daemon/page/alert_list.h"
#include "daemon/page/charts.h"
#include "daemon/page/words.h"

namespace driftd {
namespace {

constexpr std::size_t kTopCells = 3;

std::string times_text(double ratio) { return number_text(ratio) + "\xc3\x97"; }

struct CellRow {
  const CellStatus* cell;
  double reference, current;  // shares
};

std::vector<CellRow> with_shares(const FeatureStatus& feature) {
  std::uint64_t reference_rows = 0, rows = 0;
  for (const CellStatus& cell : feature.cells) {
    reference_rows += cell.reference;
    rows += cell.current;
  }
  std::vector<CellRow> out;
  for (const CellStatus& cell : feature.cells) {
    out.push_back(
        {&cell, reference_rows == 0 ? 0 : share_of(cell.reference, reference_rows), rows == 0 ? 0 : share_of(cell.current, rows)});
  }
  return out;
}

// The cells that add most, in one sentence.
std::string top_sentence(std::vector<CellRow> rows) {
  std::ranges::stable_sort(rows, {}, [](const CellRow& row) { return -row.cell->contribution; });
  std::string out;
  for (std::size_t i = 0; i < std::min(kTopCells, rows.size()); ++i) {
    if (!(rows[i].cell->contribution > 0)) break;
    out += fmt::format("{}{} went from {} to {}", i == 0 ? "" : "; ", rows[i].cell->label, share_text(rows[i].reference),
                       share_text(rows[i].current));
  }
  return out.empty() ? "Both sides are alike in every cell." : "The largest changes: " + out + ".";
}

// Where this feature stands, for a person who reads nothing else.
std::string verdict_sentence(const MonitorStatus& monitor, const FeatureStatus& feature) {
  for (const NamedAlert& named : open_alerts(monitor)) {
    if (named.alert->feature == feature.name && named.alert->segment == feature.segment) return named.alert->summary;
  }
  if (feature.status != Status::kOk) {
    std::string text = no_verdict_text(feature, monitor);
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text + ".";
  }
  if (feature.ratio >= 1) return fmt::format("Over its alarm line ({} times), but no alert is open.", number_text(feature.ratio));
  return fmt::format("Nothing unusual: at {} of its alarm line.", share_text(feature.ratio));
}

Markup cell_row(const CellRow& row, double largest_share, double largest_contribution) {
  return html(
      R"(<tr><th scope="row" class="name">{}</th><td class="draw">{}</td><td class="number">{}</td><td class="number">{}</td><td class="draw thin">{}</td><td class="number">{}</td></tr>)",
      {row.cell->label, share_bars(row.reference, row.current, largest_share), share_text(row.reference), share_text(row.current),
       single_bar(row.cell->contribution, largest_contribution), fmt::format("{:.3f}", row.cell->contribution)});
}

Markup distribution(const FeatureStatus& feature) {
  const auto rows = with_shares(feature);
  double largest_share = 0, largest_contribution = 0, total = 0;
  for (const CellRow& row : rows) {
    largest_share = std::max({largest_share, row.reference, row.current});
    largest_contribution = std::max(largest_contribution, row.cell->contribution);
    total += row.cell->contribution;
  }
  Markup out = html(
      R"(<section><h2>Shares</h2><p>{}</p><p class="legend"><span><i class="key reference"></i>reference, n = {}</span><span><i class="key current"></i>current, n = {}</span><span><i class="key part"></i>what a cell adds to PSI</span></p>)",
      {top_sentence(rows), count_text(feature.reference_rows), count_text(feature.rows)});
  out += html(
      R"(<div class="wide" tabindex="0" role="region" aria-label="Shares by cell"><table class="cells"><thead><tr><th scope="col">{}</th><th scope="col" class="draw">Shares</th><th scope="col" class="number">Reference</th><th scope="col" class="number">Current</th><th scope="col" class="draw thin">Adds</th><th scope="col" class="number">PSI</th></tr></thead><tbody>)",
      {feature.numeric ? "Values" : "Category"});
  for (const CellRow& row : rows) out += cell_row(row, largest_share, largest_contribution);
  return out += html(
             R"(</tbody><tfoot><tr><th scope="row">Sum</th><td class="draw"></td><td></td><td></td><td class="draw thin"></td><td class="number">{}</td></tr></tfoot></table></div></section>)",
             {fmt::format("{:.3f}", total)});
}

Markup history_table(const MonitorStatus& monitor, const FeatureStatus& feature) {
  const std::size_t count = std::min(feature.ratio_history.size(), monitor.history_end_us.size());
  Markup out = html(
      R"(<details id="windows"><summary>These windows as a table</summary><div class="wide" tabindex="0" role="region" aria-label="Windows"><table><thead><tr><th scope="col">Window's end</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Of the alarm line</th></tr></thead><tbody>)");
  for (std::size_t i = count; i-- > 0;) {
    const double ratio = feature.ratio_history[i];
    const std::uint64_t rows = i < monitor.history_rows.size() ? monitor.history_rows[i] : 0;
    out += html(R"(<tr><th scope="row">{}</th><td class="number">{}</td><td class="number">{}</td></tr>)",
                {moment_text(monitor.history_end_us[i]), count_text(rows), std::isnan(ratio) ? "no verdict" : times_text(ratio)});
  }
  return out += html("</tbody></table></div></details>");
}

Markup history(const MonitorStatus& monitor, const FeatureStatus& feature) {
  const auto& ratios = feature.ratio_history;
  if (ratios.size() < 2 || monitor.history_end_us.size() != ratios.size()) return {};
  const auto over = static_cast<std::uint64_t>(std::ranges::count_if(ratios, [](double ratio) { return ratio >= 1; }));
  double largest = kNoNumber;
  for (const double ratio : ratios) largest = std::fmax(largest, ratio);
  return html(
      R"(<section><h2>Last windows</h2><p>{} of the last {} windows over the alarm line; the largest reached {}.</p><figure class="chart">{}<figcaption><span>{}</span><span>{}</span></figcaption></figure>{}</section>)",
      {count_text(over), count_text(ratios.size()), times_text(largest), history_chart(ratios), moment_text(monitor.history_end_us.front()),
       moment_text(monitor.history_end_us.back()), history_table(monitor, feature)});
}

// A column is drawn only where some method has it.
struct MethodColumns {
  bool p = false, threshold = false;
};

Markup method_row(const MethodStatus& method, MethodColumns columns) {
  const bool shown_only = std::isnan(method.threshold_ratio);
  const bool means = !std::isnan(method.before) && !std::isnan(method.after);
  Markup out = html(
      R"(<tr><th scope="row">{}{}</th><td class="number">{}</td><td class="number">{}</td>)",
      {method_title(method.method), means ? ", mean " + number_text(method.before) + " to " + number_text(method.after) : "",
       method.status == Status::kOk ? number_text(method.statistic) : std::string(status_name(method.status)), number_text(method.effect)});
  if (columns.p) out += html(R"(<td class="number">{}</td>)", {probability_text(method.log_p)});
  if (columns.threshold) out += html(R"(<td class="number">{}</td>)", {number_text(method.threshold)});
  return out += html(R"(<td class="number">{}</td></tr>)", {shown_only ? "shown only" : times_text(method.threshold_ratio)});
}

Markup methods(const FeatureStatus& feature) {
  if (feature.methods.empty()) return {};
  const auto any = [&](double MethodStatus::* column) {
    return std::ranges::any_of(feature.methods, [&](const MethodStatus& method) { return !std::isnan(method.*column); });
  };
  const MethodColumns columns{any(&MethodStatus::log_p), any(&MethodStatus::threshold)};
  Markup out = html(
      R"(<section><h2>Measures</h2><div class="wide" tabindex="0" role="region" aria-label="Measures"><table><thead><tr><th scope="col">Method</th><th scope="col" class="number">Statistic</th><th scope="col" class="number">Effect</th>)");
  if (columns.p) out += html(R"(<th scope="col" class="number">p</th>)");
  if (columns.threshold) out += html(R"(<th scope="col" class="number">Fixed limit</th>)");
  out += html(R"(<th scope="col" class="number">Of the alarm line</th></tr></thead><tbody>)");
  for (const MethodStatus& method : feature.methods) out += method_row(method, columns);
  return out += html("</tbody></table></div></section>");
}

struct QualityRow {
  std::string_view check;
  double before, now;  // shares
};

// What is known of each check: the shares that a check itself carries win over those of the classes.
std::vector<QualityRow> quality_rows(const FeatureStatus& feature) {
  const auto wrong = static_cast<std::size_t>(ValueClass::kWrongType);
  const std::uint64_t before = total_rows(feature.reference_classes), now = total_rows(feature.classes);
  std::vector<QualityRow> rows{
      {"missing", share_of(missing_rows(feature.reference_classes), before), share_of(missing_rows(feature.classes), now)},
      {"type_mismatch", share_of(feature.reference_classes[wrong], before), share_of(feature.classes[wrong], now)},
      {"out_of_range", std::isnan(feature.out_of_range_ratio) ? kNoNumber : 0, feature.out_of_range_ratio},
      {"unseen_category", std::isnan(feature.unseen_ratio) ? kNoNumber : 0, feature.unseen_ratio}};
  for (const MethodStatus& check : feature.quality) {
    const auto row = std::ranges::find(rows, check.method, &QualityRow::check);
    if (row == rows.end() || std::isnan(check.after)) continue;
    row->before = check.before;
    row->now = check.after;
  }
  std::erase_if(rows, [](const QualityRow& row) { return std::isnan(row.now); });
  return rows;
}

Markup quality(const FeatureStatus& feature) {
  const auto rows = quality_rows(feature);
  if (rows.empty()) return {};
  Markup out = html(
      R"(<section><h2>Quality</h2><div class="wide" tabindex="0" role="region" aria-label="Quality"><table class="cells"><thead><tr><th scope="col">Share of rows</th><th scope="col" class="draw">Shares</th><th scope="col" class="number">Reference</th><th scope="col" class="number">Current</th><th scope="col" class="number">Of the alarm line</th></tr></thead><tbody>)");
  double largest = 0.05;
  for (const QualityRow& row : rows) largest = std::fmax(largest, std::fmax(row.before, row.now));
  for (const QualityRow& row : rows) {
    const auto check = std::ranges::find(feature.quality, row.check, &MethodStatus::method);
    const bool judged = check != feature.quality.end() && !std::isnan(check->threshold_ratio);
    out += html(
        R"(<tr><th scope="row">{}</th><td class="draw">{}</td><td class="number">{}</td><td class="number">{}</td><td class="number">{}</td></tr>)",
        {check_title(row.check), share_bars(row.before, row.now, largest), share_text(row.before), share_text(row.now),
         judged ? times_text(check->threshold_ratio) : std::string("not judged")});
  }
  return out += html("</tbody></table></div></section>");
}

Markup segment_links(const MonitorStatus& monitor, const FeatureStatus& feature) {
  Markup links;
  std::size_t count = 0;
  for (const FeatureStatus& other : monitor.features) {
    if (other.name != feature.name) continue;
    ++count;
    const Markup current = &other == &feature ? html(R"( aria-current="page")") : Markup{};
    links += html(R"(<a href="{}"{}>{}</a>)",
                  {feature_path(monitor.name, other.name, other.segment), current, other.segment == "all" ? "all rows" : other.segment});
  }
  return count < 2 ? Markup{} : html(R"(<nav class="tabs" aria-label="Segments">{}</nav>)", {links});
}

}  // namespace

std::string feature_page(const PageView& view, const MonitorStatus& monitor, const FeatureStatus& feature) {
  Markup out = html(
      R"(<nav class="trail" aria-label="Where you are"><a href="/">Monitors</a> <a class="name" href="{}">{}</a></nav><h1 class="name">{} {}</h1><p class="lead">{}</p>)",
      {monitor_path(monitor.name, feature.segment), monitor.name, feature.name, mood_badge(feature_mood(feature, monitor)),
       verdict_sentence(monitor, feature)});
  out += segment_links(monitor, feature);
  out += html(R"(<p class="when">Window {}, reference <code>{}</code></p>)",
              {range_text(monitor.window_start_us, monitor.window_end_us), monitor.reference_id});
  if (!feature.cells.empty()) out += distribution(feature);
  out += history(monitor, feature);
  out += methods(feature);
  out += quality(feature);
  return whole_page(view, feature.name + " in " + monitor.name + " - driftd", out);
}

}  // namespace driftd
