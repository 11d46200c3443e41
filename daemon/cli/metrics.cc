// `driftd metrics`: every metric there is, as a table.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "daemon/cli/verb.h"
#include "daemon/metrics/catalogue.h"

namespace driftd {
namespace {

constexpr std::string_view kHelp =
    "usage: driftd metrics\n\n"
    "Prints every metric of /metrics: name, type, labels and meaning.\n\n"
    "example: driftd metrics | grep drift_\n";

std::size_t widest(std::string_view MetricSpec::* column) {
  std::size_t width = 0;
  for (const MetricSpec& spec : metric_catalogue()) width = std::max(width, (spec.*column).size());
  return width;
}

}  // namespace

int run_metrics(std::span<const std::string> args) {
  const bool help = args.size() == 1 && (args[0] == "--help" || args[0] == "-h");
  if (help || !args.empty()) {
    std::fputs(kHelp.data(), help ? stdout : stderr);
    return help ? kExitOk : kExitUsage;
  }
  const std::size_t name = widest(&MetricSpec::name), labels = widest(&MetricSpec::labels);
  for (const MetricSpec& spec : metric_catalogue()) {
    fmt::print("{:{}}  {:7}  {:{}}  {}\n", spec.name, name, metric_type_name(spec.type), spec.labels, labels, spec.help);
  }
  return kExitOk;
}

}  // namespace driftd
