// OUT of window: counts of one event-time window, merged over its source partitions. All integers: any merge order, same bytes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/source/message.h"
#include "detectors/performance/performance_counts.h"
#include "detectors/reference/value_class.h"

namespace driftd {

// Counts of one segment. Fields in the order of PanePlan::fields; their cells lie one after another (FieldPlan::first_cell).
template <class Count, class Cells = std::vector<Count>>
struct CellCounts {
  std::uint64_t rows = 0;
  Cells cells;                 // fine cells of all fields
  std::vector<Count> classes;  // those of ValueClass::kValid by field, then those of the next class
  std::vector<Count> below;    // by field: valid values under the reference's minimum
  std::vector<Count> above;    // by field: over its maximum
  std::vector<double> min;     // by field, over valid values; +inf where none
  std::vector<double> max;     // -inf where none

  Count& of_class(std::size_t field, ValueClass value_class) {
    return classes[static_cast<std::size_t>(value_class) * below.size() + field];
  }
  const Count& of_class(std::size_t field, ValueClass value_class) const {
    return classes[static_cast<std::size_t>(value_class) * below.size() + field];
  }
  friend bool operator==(const CellCounts&, const CellCounts&) = default;
};

// A value kept for a sequential detector, ordered by (event time, topic, partition, offset) when it is consumed.
struct SequentialValue {
  std::int64_t event_time_us = 0;
  std::int64_t offset = 0;
  std::uint32_t segment = 0;  // of the row, as in Window::segments; 0 where the monitor declares none
  double value = 0;
  friend bool operator==(const SequentialValue&, const SequentialValue&) = default;
};

// Names of categories that no reference knows, a bounded sample, and how often each came. Looked up without making a string.
using UnseenNames = std::map<std::string, std::uint64_t, std::less<>>;

// Both ends inclusive: exactly these rows can be read again.
struct OffsetRange {
  TopicPartition id;
  std::int64_t from = 0, to = 0;
  friend bool operator==(const OffsetRange&, const OffsetRange&) = default;
};

// Predictions and labels of one segment.
struct JoinCounts {
  std::uint64_t predicted = 0;    // rows with a prediction; those with a label: performance.labelled
  PerformanceCounts performance;  // of the labelled ones
  friend bool operator==(const JoinCounts&, const JoinCounts&) = default;
};

enum class ClosedBy : std::uint8_t { kTime, kCount, kIdle };                               // what ended a window
inline constexpr std::array<std::string_view, 3> kClosedByNames{"time", "count", "idle"};  // on the wire

struct Window {
  std::uint32_t monitor = 0;
  std::int64_t start_us = 0, end_us = 0;  // [start, end)
  ClosedBy closed_by = ClosedBy::kTime;
  bool complete = true;                             // false: offsets were lost while it was open
  std::vector<CellCounts<std::uint64_t>> segments;  // [0] = all, then the declared ones, then `__other__`
  std::vector<OffsetRange> offsets;                 // ascending
  std::vector<UnseenNames> unseen;                  // by field
  // By field, in order; empty where no sequential detector listens. Each value is in one window: where windows overlap, in the
  // first of those that hold its row.
  std::vector<std::vector<SequentialValue>> values;
  std::vector<JoinCounts> joined;  // by segment; empty: the monitor does not compare with labels
};

}  // namespace driftd
