// How the records of one monitor are counted: fields, segments, pane length. Compiled once from configuration and reference.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "daemon/source/message.h"
#include "detectors/reference/cell_kernel.h"
#include "detectors/reference/cells.h"

namespace driftd {

// Where a field's values come from in a RecordBatch.
enum class FieldSource : std::uint8_t { kNumeric, kCategory, kError };

struct FieldPlan {
  FieldSource from = FieldSource::kNumeric;
  std::uint32_t column = 0;      // of its type; unused for kError
  std::uint32_t slot = 0;        // index into DecodePlan::slots; unused for kError
  std::uint32_t first_cell = 0;  // in CellCounts::cells
  std::uint32_t cell_count = 0;
  std::string cells_id;                                   // monitors share what has the same: a reference's id and a feature of it
  CellKernel kernel;                                      // kNumeric, kError
  CategoryIndex categories;                               // kCategory
  double min = -std::numeric_limits<double>::infinity();  // of the reference
  double max = std::numeric_limits<double>::infinity();
  bool keep_values = false;  // a sequential detector listens (numeric only)
};

// Segments by declared values (decision 19). Without `columns` there is one segment, `all`.
struct SegmentPlan {
  std::vector<std::uint32_t> columns;                                             // categorical columns, in declared order
  std::vector<std::vector<std::uint64_t>> declared;                               // hashes of each declared segment, one a column
  std::size_t size() const { return columns.empty() ? 1 : declared.size() + 2; }  // all, declared..., __other__
};

// What a pane holds of its rows: counts by cell, or the rows themselves where they wait for a join by event id.
enum class PaneRows : std::uint8_t { kCounted, kPredictions, kLabels };

struct PanePlan {
  std::uint32_t stream = 0;
  PaneRows rows = PaneRows::kCounted;
  bool joined = false;            // its panes come from a LabelJoin, not from source partitions
  std::int64_t pane_us = 0;       // divides window_us and advance_us
  std::int64_t window_us = 0;     // length; by count: the pane, which no window is shorter than
  std::int64_t advance_us = 0;    // a window starts at each multiple of it; window_us where they do not overlap
  std::uint64_t window_rows = 0;  // > 0: by count: a window is cut at the first pane edge by which it has so many rows
  std::int64_t lateness_us = 0;
  std::int64_t idle_close_us = 0;  // of silence, and behind the wall clock: what closes then needs no later record; 0: nothing does
  std::uint32_t cells = 0;         // of all fields together
  std::vector<FieldPlan> fields;
  SegmentPlan segments;
  std::string state_key;  // spec hash: kept state is valid for this definition alone (decision 12)
};

inline constexpr std::size_t kUnseenNames = 16;              // names kept a field and pane
inline constexpr std::size_t kSequentialValues = 4'000'000;  // values kept a field and pane; more are counted and left out

}  // namespace driftd
