// What the process uses, for the process_* metrics. Any thread. NaN: the system does not say.
#pragma once

#include <optional>
#include <string_view>

#include "detectors/detector.h"

namespace driftd {

struct ProcessUsage {
  double cpu_seconds = kNoNumber;
  double resident_bytes = kNoNumber;
  double open_fds = kNoNumber, max_fds = kNoNumber;
  double start_time_seconds = kNoNumber;  // since 1970
};

// Reads /proc/self and limits; nothing outside, so that it works under ProcSubset=pid.
ProcessUsage read_process_usage();

// The number-th blank-separated field of /proc/PID/stat, counted from 1 as in proc(5); the second, the name, may hold anything.
std::optional<double> proc_stat_field(std::string_view stat, int number);

}  // namespace driftd
