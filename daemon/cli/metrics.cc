// `driftd metrics`: every metric there is, as a table.
#include <fmt/core.h>

#include <algorithm>

#include "daemon/cli/arguments.h"
#include "daemon/cli/verb.h"
#include "daemon/metrics/catalogue.h"
#include "daemon/metrics/metrics_page.h"

namespace driftd {
namespace {

std::size_t widest(std::string_view MetricSpec::* column) {
  std::size_t width = 0;
  for (const MetricSpec& spec : metric_catalogue()) width = std::max(width, (spec.*column).size());
  return width;
}

}  // namespace

int run_metrics(std::span<const std::string> args) {
  CLI::App app(
      "Print every metric of /metrics: name, type, labels, meaning.\n\nExamples:\n  driftd metrics | grep drift_\n"
      "  driftd metrics --markdown > METRICS.md",
      "driftd metrics");
  bool markdown = false;
  app.add_flag("--markdown", markdown, "As a page in Markdown, with what a scrape must know");
  if (const auto done = parse_arguments(app, args)) return *done;
  if (markdown) {
    fmt::print("{}", metrics_markdown());
    return kExitOk;
  }
  const std::size_t name = widest(&MetricSpec::name), labels = widest(&MetricSpec::labels);
  for (const MetricSpec& spec : metric_catalogue()) {
    fmt::print("{:{}}  {:7}  {:{}}  {}\n", spec.name, name, metric_type_name(spec.type), spec.labels, labels, spec.help);
  }
  return kExitOk;
}

}  // namespace driftd
