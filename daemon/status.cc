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
  if (records < 0 || partition.last_record_us == kNoTime) return kNoTime;
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

}  // namespace driftd
