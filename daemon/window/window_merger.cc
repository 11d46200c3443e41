#include "daemon/window/window_merger.h"

#include <algorithm>

#include "daemon/window/partition_panes.h"

namespace driftd {

WindowMerger::WindowMerger(const std::vector<const PanePlan*>& monitors) {
  for (const PanePlan* plan : monitors) monitors_.push_back({plan, {}, kNoTime, kNoTime});
}

bool WindowMerger::add_partition(std::uint32_t stream, std::uint32_t source_partition, TopicPartition id) {
  Partition partition{std::move(id), stream, kNoTime, false};
  const auto found = restored_.find(partition.id);
  const bool is_new = found == restored_.end();
  if (!is_new) {
    partition.watermark_us = found->second.watermark_us;
    partition.idle = found->second.idle;
    restored_.erase(found);
  }
  partitions_.insert_or_assign(source_partition, std::move(partition));
  return is_new;
}

void WindowMerger::add_partial(Partial partial) { add_pane(partial.monitor, id_of(partial.source_partition), std::move(partial.pane)); }

void WindowMerger::add_pane(std::uint32_t index, const TopicPartition& id, Pane pane) {
  MonitorState& monitor = monitors_.at(index);
  const std::int64_t start = pane.start_us;
  if (pane_start(start, monitor.plan->window_us) + monitor.plan->window_us <= monitor.closed_until_us) {
    ++partials_dropped_;
    return;
  }
  monitor.panes[start].insert_or_assign(id, std::move(pane));
}

void WindowMerger::set_watermark(std::uint32_t source_partition, std::int64_t watermark_us) {
  Partition& partition = partitions_.at(source_partition);
  partition.watermark_us = std::max(partition.watermark_us, watermark_us);
}

void WindowMerger::set_idle(std::uint32_t source_partition, bool idle) { partitions_.at(source_partition).idle = idle; }

bool WindowMerger::any_idle() const {
  return std::any_of(partitions_.begin(), partitions_.end(), [](const auto& entry) { return entry.second.idle; });
}

bool WindowMerger::all_idle(std::uint32_t stream) const {
  bool any = false;
  for (const auto& [index, partition] : partitions_) {
    if (partition.stream != stream) continue;
    if (!partition.idle) return false;
    any = true;
  }
  return any;
}

std::int64_t WindowMerger::stream_watermark_us(std::uint32_t stream) const {
  std::int64_t active = PartitionPanes::kFinished;
  std::int64_t newest = kNoTime;
  bool any_active = false;
  const auto visit = [&](const Partition& partition) {
    if (partition.stream != stream) return;
    newest = std::max(newest, partition.watermark_us);
    if (partition.idle) return;
    any_active = true;
    active = std::min(active, partition.watermark_us);
  };
  for (const auto& [index, partition] : partitions_) visit(partition);
  for (const auto& [id, partition] : restored_) visit(partition);
  return any_active ? active : newest;
}

std::int64_t WindowMerger::next_end(const MonitorState& monitor) const {
  if (monitor.panes.empty()) return kNoTime;
  return pane_start(monitor.panes.begin()->first, monitor.plan->window_us) + monitor.plan->window_us;
}

std::int64_t WindowMerger::passed_us(const MonitorState& monitor) const {
  if (monitor.plan->joined) return monitor.joined_until_us;
  const std::int64_t watermark = stream_watermark_us(monitor.plan->stream);
  return watermark == kNoTime || watermark == PartitionPanes::kFinished ? watermark : watermark - monitor.plan->lateness_us;
}

std::vector<Window> WindowMerger::take_closed() {
  std::vector<Window> windows;
  for (std::uint32_t m = 0; m < monitors_.size(); ++m) {
    MonitorState& monitor = monitors_[m];
    const std::int64_t passed = passed_us(monitor);
    if (passed == kNoTime) continue;
    while (!monitor.panes.empty() && next_end(monitor) <= passed) windows.push_back(merge(m, next_end(monitor)));
    if (passed != PartitionPanes::kFinished)
      monitor.closed_until_us = std::max(monitor.closed_until_us, pane_start(passed, monitor.plan->window_us));
  }
  std::stable_sort(windows.begin(), windows.end(), [](const Window& a, const Window& b) { return a.end_us < b.end_us; });
  return windows;
}

namespace {

void add_counts(const CellCounts<std::uint32_t>& from, CellCounts<std::uint64_t>& to) {
  to.rows += from.rows;
  const auto add = [](const auto& source, auto& target) {
    for (std::size_t i = 0; i < source.size(); ++i) target[i] += source[i];
  };
  add(from.cells, to.cells);
  add(from.classes, to.classes);
  add(from.below, to.below);
  add(from.above, to.above);
  for (std::size_t i = 0; i < from.min.size(); ++i) {
    to.min[i] = std::min(to.min[i], from.min[i]);
    to.max[i] = std::max(to.max[i], from.max[i]);
  }
}

void add_joined(const JoinCounts& from, JoinCounts& to) {
  to.predicted += from.predicted;
  merge(from.performance, to.performance);
}

CellCounts<std::uint64_t> zero_counts(const PanePlan& plan) {
  const CellCounts<std::uint32_t> narrow = make_counts(plan);
  CellCounts<std::uint64_t> counts;
  counts.cells.assign(narrow.cells.size(), 0);
  counts.classes.assign(narrow.classes.size(), 0);
  counts.below.assign(narrow.below.size(), 0);
  counts.above.assign(narrow.above.size(), 0);
  counts.min = narrow.min;
  counts.max = narrow.max;
  return counts;
}

void add_offsets(const TopicPartition& id, const Pane& pane, std::vector<OffsetRange>& offsets) {
  const auto found = std::find_if(offsets.begin(), offsets.end(), [&](const OffsetRange& range) { return range.id == id; });
  if (found == offsets.end()) {
    offsets.push_back({id, pane.first_offset, pane.last_offset});
  } else {
    found->from = std::min(found->from, pane.first_offset);
    found->to = std::max(found->to, pane.last_offset);
  }
}

// Panes arrive in the canonical order (start, topic, partition); a stable sort by event time completes (time, topic, partition, offset).
void merge_pane(const TopicPartition& id, Pane pane, Window& window) {
  window.complete = window.complete && pane.complete;
  add_offsets(id, pane, window.offsets);
  for (std::size_t s = 0; s < pane.segments.size(); ++s) {
    if (!is_started(pane.segments[s])) continue;
    add_counts(pane.segments[s], window.segments[s]);
    if (s > 0) add_counts(pane.segments[s], window.segments[0]);
  }
  for (std::size_t s = 0; s < pane.joined.size(); ++s) {
    add_joined(pane.joined[s], window.joined[s]);
    if (s > 0) add_joined(pane.joined[s], window.joined[0]);
  }
  for (std::size_t field = 0; field < pane.unseen.size(); ++field) {
    for (const auto& [name, count] : pane.unseen[field]) window.unseen[field][name] += count;
    auto& values = window.values[field];
    values.insert(values.end(), pane.values[field].begin(), pane.values[field].end());
  }
}

}  // namespace

Window WindowMerger::merge(std::uint32_t index, std::int64_t end_us) {
  MonitorState& monitor = monitors_[index];
  const PanePlan& plan = *monitor.plan;
  Window window;
  window.monitor = index;
  window.start_us = end_us - plan.window_us;
  window.end_us = end_us;
  window.segments.assign(plan.segments.size(), zero_counts(plan));
  window.unseen.resize(plan.fields.size());
  window.values.resize(plan.fields.size());
  if (plan.joined) window.joined.resize(plan.segments.size());
  while (!monitor.panes.empty() && monitor.panes.begin()->first < end_us) {
    for (auto& [id, pane] : monitor.panes.begin()->second) merge_pane(id, std::move(pane), window);
    monitor.panes.erase(monitor.panes.begin());
  }
  for (auto& values : window.values) {
    std::stable_sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.event_time_us < b.event_time_us; });
  }
  std::sort(window.offsets.begin(), window.offsets.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  monitor.closed_until_us = std::max(monitor.closed_until_us, end_us);
  return window;
}

void WindowMerger::save(ByteWriter& out) const {
  std::map<TopicPartition, Partition> all = restored_;
  for (const auto& [index, partition] : partitions_) all.insert_or_assign(partition.id, partition);
  out.varint(all.size());
  for (const auto& [id, partition] : all) {
    save_id(id, out);
    out.i64(partition.watermark_us);
    out.boolean(partition.idle);
  }
  out.u64(partials_dropped_);
  out.varint(monitors_.size());
  for (const MonitorState& monitor : monitors_) {
    ByteWriter body;
    body.i64(monitor.closed_until_us);
    body.varint(monitor.panes.size());
    for (const auto& [start, panes] : monitor.panes) save_panes(panes, body);
    out.string(monitor.plan->state_key);
    out.string(body.bytes());
  }
}

bool WindowMerger::load_monitor(MonitorState& monitor, ByteReader& in) {
  monitor.closed_until_us = in.i64();
  const std::size_t starts = in.count(1);
  for (std::size_t i = 0; i < starts; ++i) {
    PartPanes panes;
    if (!load_panes(*monitor.plan, in, panes)) return false;
    const std::int64_t start = panes.begin()->second.start_us;
    monitor.panes.insert_or_assign(start, std::move(panes));
  }
  return in.done();
}

bool WindowMerger::load(ByteReader& in, const std::map<std::string, std::uint32_t>& stream_of_topic) {
  const std::size_t partitions = in.count(14);
  for (std::size_t i = 0; i < partitions && in.ok(); ++i) {
    Partition partition;
    partition.id = load_id(in);
    partition.watermark_us = in.i64();
    partition.idle = in.boolean();
    const auto stream = stream_of_topic.find(partition.id.topic);
    if (stream == stream_of_topic.end()) continue;
    partition.stream = stream->second;
    restored_.insert_or_assign(partition.id, partition);
  }
  partials_dropped_ = in.u64();
  const std::size_t monitors = in.count(2);
  for (std::size_t i = 0; i < monitors && in.ok(); ++i) {
    const std::string_view key = in.string();
    ByteReader body(in.string());
    const auto found = std::find_if(monitors_.begin(), monitors_.end(), [&](const auto& m) { return m.plan->state_key == key; });
    if (found != monitors_.end() && !load_monitor(*found, body)) return false;
  }
  return in.ok();
}

std::map<TopicPartition, bool> WindowMerger::read_idle(ByteReader& in) {
  std::map<TopicPartition, bool> idle;
  const std::size_t count = in.count(14);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    TopicPartition id{std::string(in.string()), static_cast<std::int32_t>(in.u32())};
    in.i64();  // watermark
    idle[std::move(id)] = in.boolean();
  }
  return idle;
}

}  // namespace driftd
