// The engine's state as the plain values of status.h. Pure; thread: merger.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "daemon/engine_merger.h"
#include "daemon/status.h"

namespace driftd {

// What is known of a monitor by the wall clock, since the start of the process.
struct MonitorProgress {
  std::int64_t evaluated_wall_us = kNoTime;  // the last window was judged
  Timings evaluations;
  std::map<std::pair<std::string, std::string>, AlertExemplar> exemplars;  // by (severity, to)

  void add(const ClosedWindow& closed, std::int64_t wall_us);
};

std::shared_ptr<const MonitorStatus> make_monitor_status(const EngineMerger& engine, std::size_t monitor, const MonitorProgress& progress);
PartitionStatus make_partition_status(const EnginePlan& plan, const TopicPartition& id, const PartitionCounters& counters, bool idle);

}  // namespace driftd
