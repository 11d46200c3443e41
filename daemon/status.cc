#include "daemon/status.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace driftd {

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? kNoNumber : static_cast<double>(part) / static_cast<double>(whole);
}

std::uint64_t total_rows(const ClassCounts& rows) { return std::accumulate(rows.begin(), rows.end(), std::uint64_t{0}); }

std::uint64_t missing_rows(const ClassCounts& rows) {
  const auto count = [&](ValueClass value) { return rows[static_cast<std::size_t>(value)]; };
  return count(ValueClass::kAbsent) + count(ValueClass::kNull) + count(ValueClass::kNan);
}

std::uint64_t all_closed(const MonitorStatus& monitor) {
  std::uint64_t sum = 0;
  for (const auto& [reason, count] : monitor.windows_closed) sum += count;
  return sum;
}

double worst_ratio(const MonitorStatus& monitor) {
  double worst = kNoNumber;
  for (const FeatureStatus& feature : monitor.features) worst = std::fmax(worst, feature.ratio);
  return worst;
}

std::int64_t partition_lag(const PartitionStatus& partition) {
  if (partition.end_offset < 0) return -1;
  return std::max<std::int64_t>(0, partition.end_offset - partition.next_offset);
}

std::int64_t partition_lag_us(const PartitionStatus& partition, std::int64_t now_us) {
  const std::int64_t records = partition_lag(partition);
  if (records == 0) return 0;
  if (records < 0 || partition.last_record_us == kNoTime || now_us == kNoTime) return kNoTime;
  return std::max<std::int64_t>(0, now_us - partition.last_record_us);
}

std::int64_t stream_watermark(const DaemonStatus& status, std::string_view stream) {
  std::int64_t least = kNoTime, largest = kNoTime;
  bool any_active = false;
  for (const PartitionStatus& partition : status.partitions) {
    if (partition.stream != stream) continue;
    largest = std::max(largest, partition.watermark_us);
    if (partition.idle) continue;
    least = any_active ? std::min(least, partition.watermark_us) : partition.watermark_us;
    any_active = true;
  }
  return any_active ? least : largest;
}

std::string problem_text(const ReloadProblem& problem) {
  if (problem.line == 0) return problem.source + ": " + problem.message;
  return problem.source + ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": " + problem.message;
}

namespace {

template <class Times>
void add_times(const Times& before, Times& now) {
  for (std::size_t i = 0; i < now.counts.size(); ++i) now.counts[i] += before.counts[i];
  now.sum_seconds += before.sum_seconds;
}

void add_partitions_before(const DaemonStatus& before, DaemonStatus& now) {
  if (now.partitions.empty()) {
    now.partitions = before.partitions;
    return;
  }
  for (PartitionStatus& partition : now.partitions) {
    const auto found = std::ranges::find(before.partitions, partition.id, &PartitionStatus::id);
    if (found == before.partitions.end()) continue;
    partition.duplicates += found->duplicates;
    if (partition.last_record_us == kNoTime) partition.last_record_us = found->last_record_us;
  }
}

void add_sinks_before(const DaemonStatus& before, DaemonStatus& now) {
  for (SinkStatus& sink : now.sinks) {
    const auto found = std::ranges::find(before.sinks, sink.name, &SinkStatus::name);
    if (found == before.sinks.end()) continue;
    sink.delivered = std::max(sink.delivered, sink.delivered_is_state ? found->delivered : sink.delivered + found->delivered);
    sink.retried += found->retried;
    sink.failed += found->failed;
    add_times(found->times, sink.times);
  }
}

void add_registry_before(const RegistryStatus& before, RegistryStatus& now) {
  for (std::size_t result = 0; result < RegistryStatus::kResults; ++result) {
    RegistryStatus::Requests& requests = now.requests[result];
    for (std::size_t i = 0; i < requests.durations.size(); ++i) requests.durations[i] += before.requests[result].durations[i];
    requests.seconds += before.requests[result].seconds;
  }
}

}  // namespace

void add_before(const DaemonStatus& before, DaemonStatus& now) {
  add_partitions_before(before, now);
  add_sinks_before(before, now);
  if (before.registry && now.registry) add_registry_before(*before.registry, *now.registry);
  for (auto& [key, count] : now.dead_letters) {
    if (const auto found = before.dead_letters.find(key); found != before.dead_letters.end()) count += found->second;
  }
  for (QueueStatus& queue : now.queues) {
    const auto found = std::ranges::find(before.queues, queue.stage, &QueueStatus::stage);
    if (found != before.queues.end()) queue.held_back_seconds += found->held_back_seconds;
  }
  for (const auto& [code, count] : before.kafka_errors) now.kafka_errors[code] += count;
  now.partitions_assigned += before.partitions_assigned;
  now.partitions_revoked += before.partitions_revoked;
  now.commits_ok += before.commits_ok;
  now.commits_failed += before.commits_failed;
  now.snapshots += before.snapshots;
  now.snapshot_failures += before.snapshot_failures;
  add_times(before.snapshot_times, now.snapshot_times);
  now.snapshot_last_success_wall_us = std::max(now.snapshot_last_success_wall_us, before.snapshot_last_success_wall_us);
  if (now.snapshot_size_bytes == 0) now.snapshot_size_bytes = before.snapshot_size_bytes;
  if (now.state_bytes.empty()) now.state_bytes = before.state_bytes;
}

}  // namespace driftd
