// DaemonStatus -> samples of the catalogue's metrics. Pure; any thread. Cost O(series).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "daemon/metrics/process.h"
#include "daemon/metrics/samples.h"
#include "daemon/status.h"

namespace driftd {

// Answers of the HTTP server by (route template, method, status).
using HttpAnswers = std::map<std::tuple<std::string, std::string, int>, std::uint64_t>;

// Everything but the two metrics about the exposition itself. Label values that are a closed list exist at 0 from the start,
// so that increase() sees the first event.
SampleSet collect_samples(const DaemonStatus& status, const HttpAnswers& answers, const ProcessUsage& process);

}  // namespace driftd
