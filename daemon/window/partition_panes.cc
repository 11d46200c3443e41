#include "daemon/window/partition_panes.h"

#include <algorithm>
#include <cmath>

#include "daemon/window/saved_time.h"

namespace driftd {

PartitionPanes::PartitionPanes(std::uint32_t source_partition, const std::vector<Monitor>& monitors) : source_partition_(source_partition) {
  for (const Monitor& monitor : monitors) {
    MonitorPanes& added = monitors_.emplace_back(MonitorPanes{monitor.index, monitor.plan, SegmentIndex(monitor.plan->segments)});
    for (const FieldPlan& field : monitor.plan->fields) {
      if (field.from == FieldSource::kCategory) added.categories.push_back(static_cast<std::uint32_t>(added.columns.size()));
      added.columns.push_back(add_column(field));
    }
    places_.reserve(std::max(places_.capacity(), added.columns.size()));
  }
  cells_.resize(columns_.size() * kColumnStride);
}

std::uint32_t PartitionPanes::add_column(const FieldPlan& field) {
  const auto found = std::find_if(columns_.begin(), columns_.end(), [&](const Column& column) {
    return column.field->from == field.from && column.field->column == field.column && column.field->cells_id == field.cells_id;
  });
  const auto index = static_cast<std::uint32_t>(found - columns_.begin());
  if (found == columns_.end()) columns_.emplace_back().field = &field;
  return index;
}

void PartitionPanes::prepare_times(const RecordBatch& batch) {
  earliest_us_ = latest_us_ = batch.event_time_us[0];
  for (std::uint32_t row = 0; row < batch.rows; ++row) {
    const std::int64_t time = batch.event_time_us[row];
    watermark_before_[row] = watermark_.value();
    watermark_.update(time);
    earliest_us_ = std::min(earliest_us_, time);
    latest_us_ = std::max(latest_us_, time);
    row_late_[row] = false;
  }
}

namespace {

// Panes whose end plus lateness the watermark has passed are closed: those that start before the returned time.
std::int64_t closed_until(const PanePlan& plan, std::int64_t watermark_us) {
  if (watermark_us == kNoTime) return kNoTime;
  return pane_start(watermark_us - plan.lateness_us, plan.pane_us);
}

}  // namespace

void PartitionPanes::count_monitor(MonitorPanes& monitor, const RecordBatch& batch) {
  const PanePlan& plan = *monitor.plan;
  monitor.segments.find(batch, row_segment_.data());
  const bool any_late = earliest_us_ < std::max(closed_until(plan, watermark_.value()), monitor.closed_until_us);
  const std::int64_t first = pane_start(earliest_us_, plan.pane_us);
  const std::int64_t last = pane_start(latest_us_, plan.pane_us);
  // A batch may reach over years: go from pane to pane that has rows, not through the empty ones between.
  for (std::int64_t start = first; start <= last;) {
    std::int64_t next = std::numeric_limits<std::int64_t>::max();
    std::uint32_t count = 0;
    for (std::uint32_t row = 0; row < batch.rows; ++row) {
      const std::int64_t time = batch.event_time_us[row];
      if (time < start) continue;
      if (time >= start + plan.pane_us) {
        next = std::min(next, time);
      } else if (any_late && start < std::max(closed_until(plan, watermark_before_[row]), monitor.closed_until_us)) {
        row_late_[row] = true;
      } else {
        row_index_[count++] = static_cast<std::uint16_t>(row);
      }
    }
    if (count > 0) count_rows(monitor, batch, start, {row_index_.data(), count});
    if (next == std::numeric_limits<std::int64_t>::max()) break;
    start = pane_start(next, plan.pane_us);
  }
}

void PartitionPanes::count_rows(MonitorPanes& monitor, const RecordBatch& batch, std::int64_t start_us, Rows rows) {
  const PanePlan& plan = *monitor.plan;
  auto found = monitor.open.find(start_us);
  if (found == monitor.open.end()) {
    found = monitor.open.emplace(start_us, make_pane(plan, start_us)).first;
    found->second.complete = !monitor.incomplete_next;
    monitor.incomplete_next = false;
  }
  Pane& pane = found->second;
  pane.first_offset = std::min(pane.first_offset, batch.offset[rows.index[0]]);
  pane.last_offset = std::max(pane.last_offset, batch.offset[rows.index[rows.count - 1]]);
  if (plan.rows != PaneRows::kCounted) return keep_rows(plan, batch, rows, pane);
  for (std::uint32_t i = 0; i < rows.count; ++i) {
    auto& counts = pane.segments[row_segment_[rows.index[i]]];
    if (!is_started(counts)) counts = make_counts(plan);
    ++counts.rows;
  }
  count_fields(monitor, rows, pane);
  for (std::size_t field = 0; field < plan.fields.size(); ++field) {
    if (plan.fields[field].keep_values) keep_values(monitor, batch, field, rows, pane);
  }
  if (!batch.unseen.empty()) keep_unseen(monitor, batch, rows, pane);
}

namespace {

constexpr std::uint32_t kRowsAhead = 4;

}  // namespace

void PartitionPanes::prepare_columns(const RecordBatch& batch) {
  for (std::uint32_t row = 0; row < batch.rows; ++row) {
    error_class_[row] = std::isnan(batch.error[row]) ? ValueClass::kAbsent : ValueClass::kValid;
  }
  std::uint16_t* cells = cells_.data();
  for (Column& column : columns_) {
    const std::size_t at = column.field->column * kColumnStride;
    switch (column.field->from) {
      case FieldSource::kNumeric:
        column.numbers = batch.numeric.data() + at;
        column.classes = batch.numeric_class.data() + at;
        break;
      case FieldSource::kCategory: column.classes = batch.category_class.data() + at; break;
      case FieldSource::kError:
        column.numbers = batch.error.data();
        column.classes = error_class_.data();
        break;
    }
    column.cells = cells;
    column.all_valid = std::all_of(column.classes, column.classes + batch.rows, [](ValueClass c) { return c == ValueClass::kValid; });
    if (column.numbers != nullptr) {
      column.field->kernel.cells({column.numbers, batch.rows}, cells);
    } else {
      for (std::uint32_t row = 0; row < batch.rows; ++row)
        cells[row] = static_cast<std::uint16_t>(column.field->categories.cell(batch.category[at + row]));
    }
    cells += kColumnStride;
  }
}

namespace {

// The first cell or the last, in one comparison: 0 wraps around.
constexpr bool is_edge(std::uint32_t cell, std::uint32_t last_cell) { return cell - 1 >= last_cell - 1; }

}  // namespace

// The common case by itself: numbers, all valid, one segment.
void PartitionPanes::count_plain(const FieldPlan& plan, std::size_t field, const Column& column, Rows rows, PaneCounts& counts) {
  counts.of_class(field, ValueClass::kValid) += rows.count;
  const PaneCells::Counter count = counts.cells.counter();
  const std::uint16_t* const cells = column.cells;
  const std::uint32_t first_cell = plan.first_cell, last_cell = plan.cell_count - 1;
  for (std::uint32_t i = 0; i < rows.count; ++i) {
    const std::uint32_t row = rows.index[i];
    const std::uint32_t cell = cells[row];
    count(first_cell + cell);
    if (is_edge(cell, last_cell)) [[unlikely]]
      count_edge(plan, field, column.numbers[row], counts);
  }
}

void PartitionPanes::count_value(const FieldPlan& plan, std::size_t field, const Column& column, std::uint32_t row, PaneCounts& counts) {
  const ValueClass value_class = column.classes[row];
  ++counts.of_class(field, value_class);
  if (value_class != ValueClass::kValid) return;
  const std::uint32_t cell = column.cells[row];
  counts.cells.counter()(plan.first_cell + cell);
  if (column.numbers != nullptr && is_edge(cell, plan.cell_count - 1)) count_edge(plan, field, column.numbers[row], counts);
}

// A row whose values are all valid.
void PartitionPanes::count_whole_row(const std::vector<FieldPlan>& fields, std::uint32_t row, PaneCounts& counts) const {
  static_assert(static_cast<int>(ValueClass::kValid) == 0);  // its counts come first
  const std::size_t count = places_.size();
  std::uint32_t* const valid = counts.classes.data();
  for (std::size_t field = 0; field < count; ++field) ++valid[field];
  const PaneCells::Counter counter = counts.cells.counter();
  const Place* const places = places_.data();
  for (std::size_t field = 0; field < count; ++field) {
    const Place place = places[field];
    const std::uint32_t cell = place.cells[row];
    counter(place.first_cell + cell);
    if (is_edge(cell, place.last_cell) && place.numbers != nullptr) count_edge(fields[field], field, place.numbers[row], counts);
  }
}

void PartitionPanes::prepare_places(const MonitorPanes& monitor) {
  places_.clear();
  row_whole_.fill(true);
  for (std::size_t field = 0; field < monitor.columns.size(); ++field) {
    const Column& column = column_of(monitor, field);
    const FieldPlan& plan = monitor.plan->fields[field];
    places_.push_back({column.cells, column.numbers, plan.first_cell, plan.cell_count - 1});
    if (column.all_valid) continue;
    for (std::size_t row = 0; row < kBatchRows; ++row) row_whole_[row] &= column.classes[row] == ValueClass::kValid;
  }
}

// Row by row: the counters of a segment lie together, and those of a row some way ahead are on their way from memory meanwhile.
void PartitionPanes::count_segments(const MonitorPanes& monitor, Rows rows, Pane& pane) {
  prepare_places(monitor);
  const std::vector<FieldPlan>& fields = monitor.plan->fields;
  const auto fetch = [&](std::uint32_t row) __attribute__((always_inline)) {
    PaneCounts& counts = pane.segments[row_segment_[row]];
    const PaneCells::Counter counter = counts.cells.counter();
    for (const Place& place : places_) counter.fetch(place.first_cell + place.cells[row]);
    constexpr std::size_t kLine = 64 / sizeof(std::uint32_t);
    for (std::size_t field = 0; field < fields.size(); field += kLine) __builtin_prefetch(counts.classes.data() + field, 1);
  };
  for (std::uint32_t i = 0; i < std::min(kRowsAhead, rows.count); ++i) fetch(rows.index[i]);
  for (std::uint32_t i = 0; i < rows.count; ++i) {
    if (i + kRowsAhead < rows.count) fetch(rows.index[i + kRowsAhead]);
    const std::uint32_t row = rows.index[i];
    PaneCounts& counts = pane.segments[row_segment_[row]];
    if (row_whole_[row]) {
      count_whole_row(fields, row, counts);
    } else {
      for (std::size_t field = 0; field < fields.size(); ++field) count_value(fields[field], field, column_of(monitor, field), row, counts);
    }
  }
}

void PartitionPanes::count_fields(const MonitorPanes& monitor, Rows rows, Pane& pane) {
  if (pane.segments.size() > 1) return count_segments(monitor, rows, pane);
  PaneCounts& counts = pane.segments[0];
  for (std::size_t field = 0; field < monitor.columns.size(); ++field) {
    const FieldPlan& plan = monitor.plan->fields[field];
    const Column& column = column_of(monitor, field);
    if (column.numbers != nullptr && column.all_valid) {
      count_plain(plan, field, column, rows, counts);
    } else {
      for (std::uint32_t i = 0; i < rows.count; ++i) count_value(plan, field, column, rows.index[i], counts);
    }
  }
}

void PartitionPanes::keep_values(const MonitorPanes& monitor, const RecordBatch& batch, std::size_t field, Rows rows, Pane& pane) {
  const Column& column = column_of(monitor, field);
  auto& values = pane.values[field];
  for (std::uint32_t i = 0; i < rows.count; ++i) {
    const std::uint32_t row = rows.index[i];
    if (column.classes[row] != ValueClass::kValid) continue;
    if (values.size() >= kSequentialValues) {
      ++values_left_out_;
      continue;
    }
    values.push_back({batch.event_time_us[row], batch.offset[row], row_segment_[row], column.numbers[row]});
  }
}

void PartitionPanes::keep_rows(const PanePlan& plan, const RecordBatch& batch, Rows rows, Pane& pane) {
  const auto& answers = plan.rows == PaneRows::kLabels ? batch.label : batch.prediction;
  for (std::uint32_t i = 0; i < rows.count; ++i) {
    const std::uint32_t row = rows.index[i];
    if (batch.event_id[row].missing() || answers[row].kind == Answer::Kind::kNone) {
      ++pane.unusable_rows;
      continue;
    }
    pane.rows.push_back({batch.event_id[row], batch.event_time_us[row], batch.offset[row], row_segment_[row], answers[row]});
  }
}

void PartitionPanes::keep_unseen(const MonitorPanes& monitor, const RecordBatch& batch, Rows rows, Pane& pane) const {
  for (const UnseenCategory& unseen : batch.unseen) {
    const bool in_pane = std::binary_search(rows.index, rows.index + rows.count, unseen.row);
    if (!in_pane) continue;
    for (const std::uint32_t field : monitor.categories) {
      const FieldPlan& plan = monitor.plan->fields[field];
      if (plan.slot != unseen.slot || column_of(monitor, field).cells[unseen.row] + 1U != plan.cell_count) continue;
      add_unseen(unseen.name, 1, pane.unseen[field]);
    }
  }
}

void PartitionPanes::close(MonitorPanes& monitor, std::int64_t until_us, std::vector<Partial>& closed) {
  if (until_us <= monitor.closed_until_us) return;
  monitor.closed_until_us = until_us;
  while (!monitor.open.empty() && monitor.open.begin()->first < until_us) {
    closed.push_back({monitor.index, source_partition_, std::move(monitor.open.begin()->second)});
    monitor.open.erase(monitor.open.begin());
  }
}

void PartitionPanes::add(const RecordBatch& batch, std::vector<Partial>& closed) {
  if (batch.rows == 0) return;
  idle_ = false;
  prepare_times(batch);
  prepare_columns(batch);
  for (MonitorPanes& monitor : monitors_) count_monitor(monitor, batch);
  late_rows_ += static_cast<std::uint64_t>(std::count(row_late_.begin(), row_late_.begin() + batch.rows, true));
  for (MonitorPanes& monitor : monitors_) close(monitor, closed_until(*monitor.plan, watermark_.value()), closed);
}

bool PartitionPanes::idle(const Silence& silence, std::vector<Partial>& partials, std::vector<SilentUntil>& until) {
  bool news = !idle_;
  for (MonitorPanes& monitor : monitors_) {
    const PanePlan& plan = *monitor.plan;
    if (!idle_) monitor.silent_until_us = kNoTime;
    if (plan.idle_close_us > 0 && silence.for_us >= plan.idle_close_us) {
      const std::int64_t closed = closed_until(plan, silence.now_us - plan.idle_close_us);
      if (!monitor.open.empty()) close(monitor, std::min(closed, monitor.open.rbegin()->first + plan.pane_us), partials);
      if (closed > monitor.silent_until_us) {
        monitor.silent_until_us = closed;
        until.push_back({monitor.index, closed});
        news = true;
      }
    }
    if (idle_ || plan.rows != PaneRows::kCounted) continue;
    for (const auto& [start, pane] : monitor.open) partials.push_back({monitor.index, source_partition_, pane});
  }
  idle_ = true;
  return news;
}

void PartitionPanes::finish(std::vector<Partial>& closed) {
  finished_ = true;
  for (MonitorPanes& monitor : monitors_) close(monitor, kFinished, closed);
}

void PartitionPanes::mark_incomplete() {
  for (MonitorPanes& monitor : monitors_) {
    for (auto& [start, pane] : monitor.open) pane.complete = false;
    monitor.incomplete_next = true;
  }
}

void PartitionPanes::save(ByteWriter& out) const {
  watermark_.save(out);
  out.boolean(finished_);
  out.u64(late_rows_);
  out.u64(values_left_out_);
  out.varint(monitors_.size());
  for (const MonitorPanes& monitor : monitors_) {
    ByteWriter body;
    body.i64(monitor.closed_until_us);
    body.boolean(monitor.incomplete_next);
    body.varint(monitor.open.size());
    for (const auto& [start, pane] : monitor.open) save_pane(pane, body);
    out.string(monitor.plan->state_key);
    out.string(body.bytes());
  }
}

bool PartitionPanes::load(ByteReader& in) {
  if (!watermark_.load(in)) return false;
  finished_ = in.boolean();
  late_rows_ = in.u64();
  values_left_out_ = in.u64();
  const std::size_t count = in.count(2);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::string_view key = in.string();
    ByteReader body(in.string());
    const auto found = std::find_if(monitors_.begin(), monitors_.end(), [&](const auto& m) { return m.plan->state_key == key; });
    if (found == monitors_.end()) continue;
    found->closed_until_us = load_time(body);
    found->incomplete_next = body.boolean();
    const std::size_t panes = body.count(1);
    for (std::size_t p = 0; p < panes; ++p) {
      Pane pane;
      if (!load_pane(*found->plan, body, pane)) return false;
      const std::int64_t start = pane.start_us;
      found->open.emplace(start, std::move(pane));
    }
    if (!body.done()) return false;
  }
  return in.ok();
}

bool PartitionPanes::read(ByteReader& in, Saved& saved) {
  Watermark watermark;
  if (!watermark.load(in)) return false;
  saved.watermark_us = in.boolean() ? kFinished : watermark.value();
  saved.late_rows = in.u64();
  in.u64();  // values left out
  const std::size_t count = in.count(2);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    std::string key(in.string());
    ByteReader body(in.string());
    body.i64();      // closed until
    body.boolean();  // incomplete next
    saved.open_panes[std::move(key)] = body.count(1);
    if (!body.ok()) return false;
  }
  return in.done();
}

}  // namespace driftd
