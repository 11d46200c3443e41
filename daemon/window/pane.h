// A pane: what one source partition contributed to one monitor in [start, start + pane length). Stage 1 fills it,
// stage 2 merges it. Cumulative integers, so merging in any order gives the same bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "daemon/decode/record_batch.h"
#include "daemon/runtime/codec.h"
#include "daemon/window/pane_cells.h"
#include "daemon/window/pane_plan.h"
#include "daemon/window/window.h"

namespace driftd {

// A prediction or a label that waits for the other.
struct JoinRow {
  EventId id;
  std::int64_t event_time_us = 0;
  std::int64_t offset = 0;
  std::uint32_t segment = 0;  // of a prediction
  Answer answer;
  friend bool operator==(const JoinRow&, const JoinRow&) = default;
};

using PaneCounts = CellCounts<std::uint32_t, PaneCells>;

struct Pane {
  std::int64_t start_us = 0;
  std::int64_t first_offset = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_offset = std::numeric_limits<std::int64_t>::min();
  bool complete = true;
  std::vector<PaneCounts> segments;                  // as SegmentPlan::size(); without cells until the first row
  std::vector<UnseenNames> unseen;                   // by field
  std::vector<std::vector<SequentialValue>> values;  // by field
  std::vector<JoinRow> rows;                         // PaneRows::kPredictions, kLabels: in offset order
  std::uint64_t unusable_rows = 0;                   // of them: without an id or an answer, and so not kept
  std::vector<JoinCounts> joined;                    // of a joined pane: by segment

  friend bool operator==(const Pane&, const Pane&) = default;
};

Pane make_pane(const PanePlan& plan, std::int64_t start_us);
PaneCounts make_counts(const PanePlan& plan);                                         // zeros, ready to count
inline bool is_started(const PaneCounts& counts) { return !counts.classes.empty(); }  // make_counts was called for it

// The sums of counts: rows and cells. std::minus takes away what std::plus added.
template <class Count, class Cells, class Operation>
void combine_sums(const PaneCounts& from, CellCounts<Count, Cells>& to, Operation operation) {
  const auto combine = [&](const auto& source, std::vector<Count>& target) {
    for (std::size_t i = 0; i < source.size(); ++i) target[i] = operation(target[i], Count{source[i]});
  };
  to.rows = operation(to.rows, from.rows);
  if constexpr (std::is_same_v<Cells, PaneCells>) {
    for (std::size_t i = 0; i < from.cells.size(); ++i) to.cells.set(i, operation(to.cells[i], from.cells[i]));
  } else {
    combine(from.cells, to.cells);
  }
  combine(from.classes, to.classes);
  combine(from.below, to.below);
  combine(from.above, to.above);
}

// Their extremes, which cannot be taken away.
template <class Count, class Cells>
void widen(const PaneCounts& from, CellCounts<Count, Cells>& to) {
  for (std::size_t i = 0; i < from.min.size(); ++i) {
    to.min[i] = std::min(to.min[i], from.min[i]);
    to.max[i] = std::max(to.max[i], from.max[i]);
  }
}

// Labelled and unlabelled predictions, of any parts of a window.
void add_joined(const JoinCounts& from, JoinCounts& to);

// Adds a later pane of the same source partition, as if both had been one.
void append_pane(Pane later, Pane& pane);

// Counts a name where there is room for it: a field and pane keeps kUnseenNames.
void add_unseen(std::string_view name, std::uint64_t count, UnseenNames& names);

// What a value adds beside its cell: whether it is beyond the reference, and the range of all. Only values of the first and the last cell
// can be beyond it, and the range of a pane is theirs; the rest need no look. Inline: the loop over a column calls it.
inline void count_edge(const FieldPlan& plan, std::size_t field, double value, PaneCounts& counts) {
  counts.below[field] += value < plan.min;
  counts.above[field] += value > plan.max;
  counts.min[field] = std::min(counts.min[field], value);
  counts.max[field] = std::max(counts.max[field], value);
}

// Counts one valid number. Where many come as a column, PartitionPanes does it faster.
void count_value(const FieldPlan& plan, std::size_t field, double value, PaneCounts& counts);

void save_pane(const Pane& pane, ByteWriter& out);
bool load_pane(const PanePlan& plan, ByteReader& in, Pane& pane);  // false: does not fit the plan

// The panes of one start, by source partition.
using PartPanes = std::map<TopicPartition, Pane>;
void save_panes(const PartPanes& panes, ByteWriter& out);
bool load_panes(const PanePlan& plan, ByteReader& in, PartPanes& panes);  // false: corrupt, or none
void save_id(const TopicPartition& id, ByteWriter& out);
TopicPartition load_id(ByteReader& in);

inline constexpr std::size_t kJoinRowBytes = 53;
void save_join_row(const JoinRow& row, ByteWriter& out);
JoinRow load_join_row(ByteReader& in);

// A closed pane of one source partition on its way to the merger.
struct Partial {
  std::uint32_t monitor = 0;
  std::uint32_t source_partition = 0;
  Pane pane;
};

// How long a source partition has been at its end without a record, and when that was said. A decision of the wall clock (decision 3).
struct Silence {
  std::int64_t for_us = 0;
  std::int64_t now_us = 0;  // since 1970
};

// A silent partition holds no row of a monitor before until_us that it has not told.
struct SilentUntil {
  std::uint32_t monitor = 0;
  std::int64_t until_us = 0;
};

// Written so that no time overflows: state may be damaged.
constexpr bool is_in_pane(std::int64_t time_us, std::int64_t start_us, std::int64_t pane_us) {
  return time_us >= start_us &&
         static_cast<std::uint64_t>(time_us) - static_cast<std::uint64_t>(start_us) < static_cast<std::uint64_t>(pane_us);
}

// Start of the pane that holds a time; floors, also before 1970.
constexpr std::int64_t pane_start(std::int64_t time_us, std::int64_t pane_us) {
  const std::int64_t rest = time_us % pane_us;
  return time_us - (rest < 0 ? rest + pane_us : rest);
}

}  // namespace driftd
