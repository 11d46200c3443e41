// DaemonStatus -> samples of the catalogue's metrics. Pure; any thread. Cost O(series).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "config/config.h"
#include "daemon/metrics/process.h"
#include "daemon/metrics/samples.h"
#include "daemon/status.h"

namespace driftd {

// What the HTTP server did.
struct HttpActivity {
  std::map<std::tuple<std::string, std::string, int>, std::uint64_t> answers;  // by (route template, method, status)
  std::map<std::string, Timings> durations;                                    // by route template
};

// Everything but the two metrics about the exposition itself. Label values that are a closed list exist at 0 from the start,
// so that increase() sees the first event. What the last window of a monitor said is left out once none was judged for
// config.expire_after and for three windows; alerts, counters and times stay.
SampleSet collect_samples(const DaemonStatus& status, const HttpActivity& http, const ProcessUsage& process,
                          const MetricsConfig& config = {});

}  // namespace driftd
