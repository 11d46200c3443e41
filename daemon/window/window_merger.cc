#include "daemon/window/window_merger.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "daemon/window/partition_panes.h"
#include "daemon/window/saved_time.h"

namespace driftd {

WindowMerger::WindowMerger(const std::vector<const PanePlan*>& monitors) {
  for (const PanePlan* plan : monitors) monitors_.emplace_back().plan = plan;
}

bool WindowMerger::add_partition(std::uint32_t stream, std::uint32_t source_partition, TopicPartition id) {
  Partition partition{std::move(id), stream, kNoTime, false, {}};
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
  if (start < monitor.closed_until_us) {
    ++partials_dropped_;
    return;
  }
  monitor.panes[start].insert_or_assign(id, std::move(pane));
}

void WindowMerger::set_watermark(std::uint32_t source_partition, std::int64_t watermark_us) {
  Partition& partition = partitions_.at(source_partition);
  partition.watermark_us = std::max(partition.watermark_us, watermark_us);
}

void WindowMerger::set_idle(std::uint32_t source_partition, bool idle) {
  Partition& partition = partitions_.at(source_partition);
  partition.idle = idle;
  if (!idle) partition.silent_until_us.clear();
}

void WindowMerger::set_silent_until(std::uint32_t source_partition, const SilentUntil& until) {
  partitions_.at(source_partition).silent_until_us[until.monitor] = until.until_us;
}

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

std::int64_t WindowMerger::passed_us(const PanePlan& plan) const {
  const std::int64_t watermark = stream_watermark_us(plan.stream);
  return watermark == kNoTime || watermark == PartitionPanes::kFinished ? watermark : watermark - plan.lateness_us;
}

// The least of all partitions of a stream that is silent as a whole: one that is active, or not yet here again, knows better.
std::int64_t WindowMerger::silent_until_us(std::uint32_t monitor, std::uint32_t stream) const {
  if (!all_idle(stream)) return kNoTime;
  std::int64_t until = PartitionPanes::kFinished;
  for (const auto& [index, partition] : partitions_) {
    if (partition.stream != stream) continue;
    const auto said = partition.silent_until_us.find(monitor);
    until = std::min(until, said == partition.silent_until_us.end() ? kNoTime : said->second);
  }
  const bool awaited = std::ranges::any_of(restored_, [&](const auto& entry) { return entry.second.stream == stream; });
  return awaited ? kNoTime : until;
}

std::int64_t WindowMerger::known_until_us(std::uint32_t monitor) const {
  const MonitorState& state = monitors_[monitor];
  return state.plan->joined ? state.joined_until_us : passed_us(*state.plan);
}

std::int64_t WindowMerger::complete_until_us(std::uint32_t monitor) const {
  const PanePlan& plan = *monitors_[monitor].plan;
  const std::int64_t known = known_until_us(monitor);
  return plan.joined ? known : std::max(known, silent_until_us(monitor, plan.stream));
}

std::vector<Window> WindowMerger::take_closed() {
  std::vector<Window> windows;
  for (std::uint32_t m = 0; m < monitors_.size(); ++m) {
    const std::int64_t passed = complete_until_us(m);
    if (passed == kNoTime) continue;
    monitors_[m].plan->window_rows > 0 ? close_by_count(m, passed, windows) : close_by_time(m, passed, windows);
  }
  std::stable_sort(windows.begin(), windows.end(), [](const Window& a, const Window& b) { return a.end_us < b.end_us; });
  return windows;
}

namespace {

// Start of the first window that holds a pane.
std::int64_t first_window(const PanePlan& plan, std::int64_t pane_us) {
  return pane_start(pane_us - plan.window_us, plan.advance_us) + plan.advance_us;
}

}  // namespace

void WindowMerger::close_by_time(std::uint32_t index, std::int64_t passed_us, std::vector<Window>& windows) {
  MonitorState& monitor = monitors_[index];
  const PanePlan& plan = *monitor.plan;
  const std::int64_t known_us = known_until_us(index);
  while (!monitor.panes.empty()) {
    std::int64_t start = first_window(plan, monitor.panes.begin()->first);
    if (monitor.closed_until_us != kNoTime) start = std::max(start, monitor.closed_until_us - plan.window_us + plan.advance_us);
    if (start + plan.window_us > passed_us) break;
    windows.push_back(merge(index, start, start + plan.window_us));
    if (start + plan.window_us > known_us) windows.back().closed_by = ClosedBy::kIdle;
    monitor.closed_until_us = start + plan.window_us;
    forget(start + plan.advance_us, monitor);
  }
  // Silence closes the windows that are there, and says nothing of those that may come from the past.
  if (known_us == PartitionPanes::kFinished || known_us == kNoTime) return;
  const std::int64_t last_end = pane_start(known_us - plan.window_us, plan.advance_us) + plan.window_us;
  monitor.closed_until_us = std::max(monitor.closed_until_us, last_end);
}

namespace {

std::uint64_t rows_of(const PartPanes& panes) {
  std::uint64_t rows = 0;
  for (const auto& [id, pane] : panes) {
    for (const auto& counts : pane.segments) rows += counts.rows;
  }
  return rows;
}

// Panes are known by their start: one of a partition that had none so far moves to that of the others.
void append_panes(PartPanes later, PartPanes& panes) {
  const std::int64_t start = panes.begin()->second.start_us;
  for (auto& [id, pane] : later) {
    pane.start_us = start;
    const auto [found, is_new] = panes.try_emplace(id, std::move(pane));
    if (!is_new) append_pane(std::move(pane), found->second);  // try_emplace left it as it was
  }
}

}  // namespace

// The first pane takes up those after it that are closed, until it has the rows of a window.
void WindowMerger::close_by_count(std::uint32_t index, std::int64_t passed_us, std::vector<Window>& windows) {
  MonitorState& monitor = monitors_[index];
  const PanePlan& plan = *monitor.plan;
  const bool finished = passed_us == PartitionPanes::kFinished;
  while (!monitor.panes.empty()) {
    const auto first = monitor.panes.begin();
    const auto next = monitor.gathered_until_us == kNoTime ? first : std::next(first);
    const bool closed = next != monitor.panes.end() && next->first + plan.pane_us <= passed_us;
    if (!closed && !(finished && next == monitor.panes.end())) break;
    if (closed) {
      monitor.gathered_until_us = monitor.closed_until_us = next->first + plan.pane_us;
      if (next != first) {
        append_panes(std::move(next->second), first->second);
        monitor.panes.erase(next);
      }
      if (rows_of(first->second) < plan.window_rows) continue;
    }
    windows.push_back(merge(index, first->first, monitor.gathered_until_us));
    if (closed) windows.back().closed_by = ClosedBy::kCount;
    monitor.panes.erase(first);
    monitor.gathered_until_us = kNoTime;
  }
  const std::int64_t known_us = known_until_us(index);
  if (!finished && known_us != kNoTime) monitor.closed_until_us = std::max(monitor.closed_until_us, pane_start(known_us, plan.pane_us));
}

namespace {

CellCounts<std::uint64_t> zero_counts(const PanePlan& plan) {
  const PaneCounts narrow = make_counts(plan);
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

template <class Operation>
void combine_pane(const Pane& pane, std::vector<CellCounts<std::uint64_t>>& sums, Operation operation) {
  for (std::size_t s = 0; s < pane.segments.size(); ++s) {
    if (!is_started(pane.segments[s])) continue;
    combine_sums(pane.segments[s], sums[s], operation);
    if (s > 0) combine_sums(pane.segments[s], sums[0], operation);
  }
}

// All but the sums. Values go to the first window that asks for them.
void add_rest(const TopicPartition& id, Pane& pane, Window& window) {
  window.complete = window.complete && pane.complete;
  add_offsets(id, pane, window.offsets);
  for (std::size_t s = 0; s < pane.segments.size(); ++s) {
    widen(pane.segments[s], window.segments[s]);
    if (s > 0) widen(pane.segments[s], window.segments[0]);
  }
  for (std::size_t s = 0; s < pane.joined.size(); ++s) {
    add_joined(pane.joined[s], window.joined[s]);
    if (s > 0) add_joined(pane.joined[s], window.joined[0]);
  }
  for (std::size_t field = 0; field < pane.unseen.size(); ++field) {
    for (const auto& [name, count] : pane.unseen[field]) window.unseen[field][name] += count;
    auto& values = window.values[field];
    values.insert(values.end(), pane.values[field].begin(), pane.values[field].end());
    pane.values[field] = {};
  }
}

// Panes come in the canonical order (start, topic, partition), and a partition's values in the order of its log: a stable sort by
// event time completes (time, topic, partition, offset).
void put_in_order(Window& window) {
  for (auto& values : window.values) {
    std::stable_sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.event_time_us < b.event_time_us; });
  }
  std::sort(window.offsets.begin(), window.offsets.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
}

}  // namespace

Window WindowMerger::merge(std::uint32_t index, std::int64_t start_us, std::int64_t end_us) {
  MonitorState& monitor = monitors_[index];
  const PanePlan& plan = *monitor.plan;
  Window window;
  window.monitor = index;
  window.start_us = start_us;
  window.end_us = end_us;
  window.unseen.resize(plan.fields.size());
  window.values.resize(plan.fields.size());
  if (plan.joined) window.joined.resize(plan.segments.size());
  if (monitor.sums.empty()) {
    monitor.sums.assign(plan.segments.size(), zero_counts(plan));
    monitor.summed_until_us = start_us;
  }
  const auto end = monitor.panes.lower_bound(end_us);
  for (auto at = monitor.panes.lower_bound(monitor.summed_until_us); at != end; ++at) {
    for (const auto& [id, pane] : at->second) combine_pane(pane, monitor.sums, std::plus{});
  }
  monitor.summed_until_us = end_us;
  const bool overlaps = plan.advance_us < plan.window_us;
  window.segments = overlaps ? monitor.sums : std::exchange(monitor.sums, {});
  for (auto at = monitor.panes.begin(); at != end; ++at) {
    for (auto& [id, pane] : at->second) add_rest(id, pane, window);
  }
  put_in_order(window);
  return window;
}

// Panes that no window to come holds.
void WindowMerger::forget(std::int64_t before_us, MonitorState& monitor) {
  while (!monitor.panes.empty() && monitor.panes.begin()->first < before_us) {
    const auto first = monitor.panes.begin();
    if (!monitor.sums.empty()) {
      for (const auto& [id, pane] : first->second) combine_pane(pane, monitor.sums, std::minus{});
    }
    monitor.panes.erase(first);
  }
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
    body.i64(monitor.gathered_until_us);
    body.varint(monitor.panes.size());
    for (const auto& [start, panes] : monitor.panes) save_panes(panes, body);
    out.string(monitor.plan->state_key);
    out.string(body.bytes());
  }
}

bool WindowMerger::load_monitor(MonitorState& monitor, ByteReader in, bool by_count) {
  monitor.panes.clear();
  monitor.closed_until_us = load_time(in);
  monitor.gathered_until_us = by_count ? load_time(in) : kNoTime;
  const std::size_t starts = in.count(1);
  for (std::size_t i = 0; i < starts; ++i) {
    PartPanes panes;
    if (!load_panes(*monitor.plan, in, panes)) return false;
    const std::int64_t start = panes.begin()->second.start_us;
    monitor.panes.insert_or_assign(start, std::move(panes));
  }
  return in.done();
}

bool WindowMerger::load(ByteReader& in, const std::map<std::string, std::uint32_t>& stream_of_topic, std::uint32_t version) {
  const std::size_t partitions = in.count(14);
  for (std::size_t i = 0; i < partitions && in.ok(); ++i) {
    Partition partition;
    partition.id = load_id(in);
    partition.watermark_us = load_time(in);
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
    const ByteReader body(in.string());
    const auto found = std::find_if(monitors_.begin(), monitors_.end(), [&](const auto& m) { return m.plan->state_key == key; });
    if (found == monitors_.end() || load_monitor(*found, body, true)) continue;
    if (version >= 2 || !load_monitor(*found, body, false)) return false;
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
