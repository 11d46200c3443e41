#include "daemon/metrics/metrics_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/metrics/catalogue.h"

namespace driftd {
namespace {

constexpr std::string_view kIntroduction =
    R"(# Metrics of driftd

Written by `driftd metrics --markdown`; do not edit.

`GET /metrics` answers in the Prometheus text format 0.0.4, and in OpenMetrics 1.0 to those who ask for it by `Accept`, as Prometheus does;
compressed where `Accept-Encoding` names gzip. OpenMetrics carries the `alert_id` of the last transition as an exemplar of
`driftd_alert_transitions_total` (Prometheus keeps exemplars with `--enable-feature=exemplar-storage`).

- The end of a name is its unit; `_ratio` is a share, or a value against its limit, where 1 is the limit. Without a unit: a count, or 0 and 1.
- A value that does not exist is an absent series, never 0: a window with too few rows has no score. Counters exist at 0 from the start where
  their labels are a closed list, so that `increase()` sees the first event. Counters of streams and monitors go on after a restart.
- **detailed**: only with `metrics.level: detailed`. A label in brackets is there at that level only.
- `metrics.max_series` is the limit of series. Over it what was shown stays, new series are left out and counted in
  `driftd_metric_series_dropped_total`, and a warning is logged once.
- `metrics.expire_after`: a series that is marked **expires** goes when nothing changed it for so long. So does what the last window of a
  monitor said (drift, quality, performance, samples), when no window was judged for that time and for three windows.
- `segment` is `all`, a declared `key=value`, or `__other__`. No label ever carries a record's id, an offset, an error text or a path.
- Histograms of durations have bounds from 1 ms to 10 s.
)";

std::string labels_of(const MetricSpec& spec) {
  std::string text;
  for (std::string_view names = spec.labels; !names.empty();) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    text += fmt::format("{}`{}`", text.empty() ? "" : ", ", name);
  }
  if (!spec.traits.detail_label.empty()) text += fmt::format(", [`{}`]", spec.traits.detail_label);
  return text;
}

std::string meaning_of(const MetricSpec& spec) {
  std::string text(spec.help);
  if (spec.traits.detailed) text += " **detailed**";
  if (spec.traits.expires) text += " **expires**";
  return text;
}

}  // namespace

std::string metrics_markdown() {
  std::string text(kIntroduction);
  const auto groups = metric_groups();
  for (std::size_t i = 0; i < metric_catalogue().size(); ++i) {
    const MetricSpec& spec = metric_catalogue()[i];
    const auto group = std::ranges::find(groups, spec.name, &MetricGroup::first);
    if (group != groups.end()) {
      text += fmt::format("\n## {}\n\n| name | type | labels | meaning |\n| --- | --- | --- | --- |\n", group->title);
    }
    text += fmt::format("| `{}` | {} | {} | {} |\n", spec.name, metric_type_name(spec.type), labels_of(spec), meaning_of(spec));
  }
  return text;
}

}  // namespace driftd
