// Families of samples as OpenMetrics 1.0 text. Pure; any thread. Cost: O(series).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/metrics/catalogue.h"
#include "daemon/metrics/samples.h"

namespace driftd {

inline constexpr std::string_view kOpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

// Appends a family. Its name is the metric's without the suffix that the type has (_total, _info); there are no _created lines: counters
// outlive the process, and each would cost Prometheus a series. Exemplars stand beside counters, where asked for.
void append_open_metrics(const MetricSpec& spec, const std::vector<const Sample*>& samples, bool exemplars, std::string& out);
inline constexpr std::string_view kOpenMetricsEnd = "# EOF\n";

}  // namespace driftd
