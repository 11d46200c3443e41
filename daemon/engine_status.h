// The engine's state as the plain values of status.h. Pure; thread: merger.
#pragma once

#include <cstdint>
#include <memory>

#include "daemon/engine_merger.h"
#include "daemon/status.h"

namespace driftd {

// evaluated_wall_us: when the last window was judged; kNoTime: not since the start.
std::shared_ptr<const MonitorStatus> make_monitor_status(const EngineMerger& engine, std::size_t monitor, std::int64_t evaluated_wall_us);
PartitionStatus make_partition_status(const EnginePlan& plan, const TopicPartition& id, const PartitionCounters& counters, bool idle);

}  // namespace driftd
