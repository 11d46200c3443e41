#include "daemon/page/reference.h"

#include <algorithm>
#include <set>

#include "daemon/page/charts.h"
#include "daemon/page/words.h"

namespace driftd {
namespace {

constexpr std::size_t kListedFeatures = 100;

Markup feature_row(const MonitorStatus& monitor, const FeatureStatus& feature) {
  std::vector<CellStatus> cells = feature.cells;
  for (CellStatus& cell : cells) cell.current = 0;  // the reference alone
  const std::uint64_t rows = total_rows(feature.reference_classes);
  return html(
      R"(<tr><th scope="row" class="name"><a class="name" data-row href="{}">{}</a></th><td>{}</td><td>{}</td><td class="number">{}</td><td class="number">{}</td><td class="number">{}</td><td class="draw">{}</td></tr>)",
      {feature_path(monitor.name, feature.name, feature.segment), feature.name, feature.kind, feature.numeric ? "numeric" : "categorical",
       count_text(feature.reference_rows), rows == 0 ? std::string() : share_text(share_of(missing_rows(feature.reference_classes), rows)),
       feature.cells.size(), small_histogram(cells)});
}

Markup features(const PageView& view, const MonitorStatus& monitor) {
  std::vector<const FeatureStatus*> shown;
  for (const FeatureStatus& feature : monitor.features) {
    if (feature.segment == view.segment) shown.push_back(&feature);
  }
  if (shown.empty()) return html("<p>Its features are shown once the first window has closed.</p>");
  const std::size_t count = view.every ? shown.size() : std::min(shown.size(), kListedFeatures);
  Markup out = html(
      R"(<div class="wide" tabindex="0" role="region" aria-label="Features"><table><thead><tr><th scope="col">Feature</th><th scope="col">Kind</th><th scope="col">Type</th><th scope="col" class="number">Values</th><th scope="col" class="number">Missing</th><th scope="col" class="number">Cells</th><th scope="col" class="draw">Shares</th></tr></thead><tbody>)");
  for (std::size_t i = 0; i < count; ++i) out += feature_row(monitor, *shown[i]);
  out += html("</tbody></table></div>");
  if (count == shown.size()) return out;
  PageView whole = view;
  whole.every = true;
  return out += html(R"(<p><a href="{}">Show all {} features</a></p>)", {own_address(whole), count_text(shown.size())});
}

std::size_t segments_of(const MonitorStatus& monitor) {
  std::set<std::string> names;
  for (const FeatureStatus& feature : monitor.features) names.insert(feature.segment);
  names.erase("all");
  return names.size();
}

}  // namespace

std::string reference_page(const PageView& view, const MonitorStatus& monitor) {
  Markup out = html(
      R"(<nav class="trail" aria-label="Where you are"><a href="/">Monitors</a> <a class="name" rel="up" href="{}">{}</a></nav><h1>Reference <code>{}</code></h1><p class="lead">Every window of {} is compared with these {}.</p>)",
      {monitor_path(monitor.name), monitor.name, monitor.reference_id, monitor.name, plural(monitor.reference_rows, "row")});
  out += html(R"(<dl class="facts"><dt>From</dt><dd class="name">{}</dd><dt>Id</dt><dd><code>{}</code>, the hash of its content</dd>)",
              {monitor.reference_path, monitor.reference_id});
  if (monitor.reference_created_us != kNoTime) {
    out += html("<dt>Its newest row</dt><dd>{}</dd>", {moment_text(monitor.reference_created_us)});
    if (monitor.window_end_us != kNoTime && monitor.window_end_us > monitor.reference_created_us) {
      out += html("<dt>Age at the last window</dt><dd>{}</dd>", {duration_text(monitor.window_end_us - monitor.reference_created_us)});
    }
  }
  out += html("<dt>Segments judged</dt><dd>{}</dd></dl>", {segments_of(monitor) == 0 ? "none" : count_text(segments_of(monitor))});
  out += html(R"(<section><h2>Features in it</h2>{}</section>)", {features(view, monitor)});
  return whole_page(view, "Reference of " + monitor.name + " - driftd", out);
}

}  // namespace driftd
