#include "daemon/page/measures.h"

#include <algorithm>
#include <cmath>

#include "daemon/page/charts.h"
#include "daemon/page/words.h"

namespace driftd {
namespace {

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

}  // namespace

std::string times_text(double ratio) {
  if (ratio > 0 && ratio < 0.01) return "<0.01\xc3\x97";
  return number_text(ratio == 0 ? 0 : ratio) + "\xc3\x97";  // no negative zero
}

Markup measures_section(const FeatureStatus& feature) {
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

Markup quality_section(const FeatureStatus& feature) {
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

}  // namespace driftd
