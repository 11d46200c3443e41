// Every metric there is, in one table: exposition, `driftd metrics` and the tests of dashboards and rules come from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace driftd {

enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram };
std::string_view metric_type_name(MetricType type);

struct MetricSpec {
  std::string_view name;  // in full
  MetricType type;
  std::string_view labels;  // names with a comma between them, in the order in which values are given
  std::string_view help;
  struct Traits {
    bool detailed = false;               // metrics.level: detailed only
    std::string_view detail_label = {};  // one label more at that level
    bool expires = false;                // a series that nothing changed for metrics.expire_after goes
  } traits = {};
};

// In the order in which series are admitted under `metrics.max_series`: what tells of the daemon itself comes first.
std::span<const MetricSpec> metric_catalogue();
// Titles for people: each stands before the metric it names, and is for those up to the next.
struct MetricGroup {
  std::string_view title, first;
};
std::span<const MetricGroup> metric_groups();

std::optional<std::size_t> find_metric(std::string_view name);  // its place in the catalogue

}  // namespace driftd
