// Stage 1: the open panes of one source partition, for all monitors of its stream. A pure function of the partition's log:
// no clock, no other partition, no effect of how records were cut into batches. Thread: the shard that owns the partition.
// Cost: per value a cell search (2-3 ns), once for all monitors with the same cells, and a count a monitor; nothing is allocated per
// record once its pane is open. With segments a count is a cache miss where they are many: its line is fetched kRowsAhead rows before.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "daemon/decode/record_batch.h"
#include "daemon/window/pane.h"
#include "daemon/window/segment_index.h"
#include "daemon/window/watermark.h"

namespace driftd {

class PartitionPanes {
 public:
  // Monitors of the stream: index in the engine and plan. The plans outlive this object.
  struct Monitor {
    std::uint32_t index = 0;
    const PanePlan* plan = nullptr;
  };
  PartitionPanes(std::uint32_t source_partition, const std::vector<Monitor>& monitors);

  // Counts a batch, then appends the panes that its watermark closed: by start, then monitor.
  void add(const RecordBatch& batch, std::vector<Partial>& closed);
  // The partition is silent. Appends the open panes as they stand, for windows that close meanwhile (the next partial of such a pane takes
  // its place), and closes those that ended PanePlan::idle_close_us ago, where it has been silent for so long. Of times without an open
  // pane nothing is decided: rows from the past that come after a silence are not late. A join takes a pane once, so it gets none that is
  // open. False: nothing that was not said before.
  bool idle(const Silence& silence, std::vector<Partial>& partials, std::vector<SilentUntil>& until);
  // No record will ever come: everything closes.
  void finish(std::vector<Partial>& closed);
  // Offsets were lost here: the panes that are open, and the next one to be opened, are incomplete.
  void mark_incomplete();

  std::int64_t watermark_us() const { return finished_ ? kFinished : watermark_.value(); }
  std::uint64_t late_rows() const { return late_rows_; }
  std::uint64_t values_left_out() const { return values_left_out_; }

  static constexpr std::int64_t kFinished = std::numeric_limits<std::int64_t>::max();

  void save(ByteWriter& out) const;
  // Panes of monitors whose state_key is not in this engine any more are left out. False: corrupt.
  bool load(ByteReader& in);

  // What saved bytes say without a plan.
  struct Saved {
    std::int64_t watermark_us = kNoTime;
    std::uint64_t late_rows = 0;
    std::map<std::string, std::uint64_t> open_panes;  // by state_key of the monitor
  };
  static bool read(ByteReader& in, Saved& saved);  // false: corrupt

 private:
  struct MonitorPanes {
    std::uint32_t index;
    const PanePlan* plan;
    SegmentIndex segments;
    std::vector<std::uint32_t> columns{};     // by field: index into columns_
    std::vector<std::uint32_t> categories{};  // fields that are categories
    std::map<std::int64_t, Pane> open{};      // by start
    std::int64_t closed_until_us = kNoTime;   // panes before this are closed: rows there are late
    bool incomplete_next = false;
    std::int64_t silent_until_us = kNoTime;  // said by idle() since the last record
  };
  struct Rows {  // rows of a batch that fall into one pane
    const std::uint16_t* index;
    std::uint32_t count;
  };
  // Values of a batch as cell ids: a column and its cells, whatever number of monitors count it.
  struct Column {
    const FieldPlan* field = nullptr;
    const double* numbers = nullptr;  // nullptr: categories
    const ValueClass* classes = nullptr;
    const std::uint16_t* cells = nullptr;  // of a row without a value: any
    bool all_valid = false;
  };
  // What counting a row needs of a field, close together.
  struct Place {
    const std::uint16_t* cells;
    const double* numbers;
    std::uint32_t first_cell, last_cell;
  };
  std::uint32_t add_column(const FieldPlan& field);
  void prepare_times(const RecordBatch& batch);
  void prepare_columns(const RecordBatch& batch);
  const Column& column_of(const MonitorPanes& monitor, std::size_t field) const { return columns_[monitor.columns[field]]; }
  void count_monitor(MonitorPanes& monitor, const RecordBatch& batch);
  void count_rows(MonitorPanes& monitor, const RecordBatch& batch, std::int64_t start_us, Rows rows);
  void count_fields(const MonitorPanes& monitor, Rows rows, Pane& pane);
  static void count_plain(const FieldPlan& plan, std::size_t field, const Column& column, Rows rows, PaneCounts& counts);
  static void count_value(const FieldPlan& plan, std::size_t field, const Column& column, std::uint32_t row, PaneCounts& counts);
  void count_whole_row(const std::vector<FieldPlan>& fields, std::uint32_t row, PaneCounts& counts) const;
  void prepare_places(const MonitorPanes& monitor);
  void count_segments(const MonitorPanes& monitor, Rows rows, Pane& pane);
  void keep_values(const MonitorPanes& monitor, const RecordBatch& batch, std::size_t field, Rows rows, Pane& pane);
  void keep_rows(const PanePlan& plan, const RecordBatch& batch, Rows rows, Pane& pane);
  void keep_unseen(const MonitorPanes& monitor, const RecordBatch& batch, Rows rows, Pane& pane) const;
  void close(MonitorPanes& monitor, std::int64_t until_us, std::vector<Partial>& closed);

  std::uint32_t source_partition_;
  std::vector<MonitorPanes> monitors_;
  Watermark watermark_;
  bool finished_ = false;
  bool idle_ = false;  // idle() was called since the last record; no part of the state
  std::uint64_t late_rows_ = 0;
  std::uint64_t values_left_out_ = 0;

  // Scratch of one batch.
  std::array<std::int64_t, kBatchRows> watermark_before_;  // as each row was judged by
  std::array<std::uint32_t, kBatchRows> row_segment_;
  std::array<std::uint16_t, kBatchRows> row_index_;
  std::vector<Column> columns_;
  std::vector<std::uint16_t> cells_;        // of columns_, kColumnStride each
  std::vector<Place> places_;               // of the monitor that is counted, by field
  std::array<bool, kBatchRows> row_whole_;  // all its values are valid
  std::array<ValueClass, kBatchRows> error_class_;
  std::array<bool, kBatchRows> row_late_;
  std::int64_t earliest_us_ = 0, latest_us_ = 0;
};

}  // namespace driftd
