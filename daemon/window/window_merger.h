// Stage 2: panes of all source partitions -> closed windows. A window closes when every partition of its stream that is not
// idle has a watermark past its end plus lateness, or when all are idle and silent past it (Silence). Partials are merged by ascending
// (topic, partition), whatever came first.
//   One after the other   [k * window, (k + 1) * window).
//   Hopping               [k * advance, k * advance + window): panes are kept until no later window holds them, and the sums of
//                         one window come from those of the one before: plus the panes that are new, minus those that are gone.
//   By count              begins with the first pane that has rows, ends with the first pane by which it has PanePlan::window_rows of
//                         them, all partitions together: how records are spread over partitions does not matter.
// Memory: by time the open panes of every partition, hopping those of a whole window and one set of sums more; by count one pane
// a partition and the open ones. Cost of a window: per pane that enters or leaves it, 10 to 20 ns per 256 cells.
// Pure; thread: merger. Which partitions exist and which are idle are decisions that the caller records (decision 3).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/window/pane.h"

namespace driftd {

class WindowMerger {
 public:
  explicit WindowMerger(const std::vector<const PanePlan*>& monitors);  // by engine index; the plans outlive this object

  // True: the partition is new, not one of a snapshot.
  bool add_partition(std::uint32_t stream, std::uint32_t source_partition, TopicPartition id);
  void add_partial(Partial partial);  // one that a closed window would have held is dropped and counted
  void add_pane(std::uint32_t monitor, const TopicPartition& id, Pane pane);  // the same of a joined pane
  void set_joined_until(std::uint32_t monitor, std::int64_t time_us) { monitors_[monitor].joined_until_us = time_us; }
  void set_watermark(std::uint32_t source_partition, std::int64_t watermark_us);  // PartitionPanes::kFinished: never again a record
  void set_idle(std::uint32_t source_partition, bool idle);
  void set_silent_until(std::uint32_t source_partition, const SilentUntil& until);  // of an idle partition; gone when it wakes

  bool is_idle(std::uint32_t source_partition) const { return partitions_.at(source_partition).idle; }
  bool any_idle() const;
  bool all_idle(std::uint32_t stream) const;  // it has partitions, and none is active
  std::uint32_t stream_of(std::uint32_t source_partition) const { return partitions_.at(source_partition).stream; }
  const TopicPartition& id_of(std::uint32_t source_partition) const { return partitions_.at(source_partition).id; }
  std::int64_t stream_watermark_us(std::uint32_t stream) const;  // kNoTime: none yet
  std::int64_t passed_us(const PanePlan& plan) const;            // no row of its stream before this will come any more; kNoTime: none yet

  // Windows that can be closed now, by (end, monitor). Windows without a single row do not exist.
  std::vector<Window> take_closed();
  std::uint64_t partials_dropped() const { return partials_dropped_; }

  // Of what save() writes. Version 1 was written both with and without windows by count: what reads as a whole is taken.
  static constexpr std::uint32_t kVersion = 2;
  void save(ByteWriter& out) const;
  // Before partitions are added. Partitions of topics that are in no stream any more are forgotten. False: corrupt.
  bool load(ByteReader& in, const std::map<std::string, std::uint32_t>& stream_of_topic, std::uint32_t version = kVersion);
  // Which partitions the saved bytes take for idle; nothing behind is read.
  static std::map<TopicPartition, bool> read_idle(ByteReader& in);

 private:
  struct Partition {
    TopicPartition id;
    std::uint32_t stream = 0;
    std::int64_t watermark_us = kNoTime;
    bool idle = false;
    std::map<std::uint32_t, std::int64_t> silent_until_us;  // by monitor; no part of the state: said again after a restart
  };
  struct MonitorState {
    const PanePlan* plan = nullptr;
    std::map<std::int64_t, PartPanes> panes;   // by start
    std::int64_t closed_until_us = kNoTime;    // windows that end here or before are closed; by count: panes
    std::int64_t joined_until_us = kNoTime;    // PanePlan::joined: what LabelJoin says, in place of watermarks
    std::int64_t gathered_until_us = kNoTime;  // by count: panes before this are one, the first; kNoTime: none was gathered yet
    // Hopping: of the panes before summed_until_us. Not state: empty after a restart, and made anew.
    std::vector<CellCounts<std::uint64_t>> sums;
    std::int64_t summed_until_us = kNoTime;
  };
  static bool load_monitor(MonitorState& monitor, ByteReader in, bool by_count);
  std::int64_t silent_until_us(std::uint32_t monitor, std::uint32_t stream) const;
  std::int64_t known_until_us(std::uint32_t monitor) const;     // the same without what silence says
  std::int64_t complete_until_us(std::uint32_t monitor) const;  // its panes before this are all here; kNoTime: none yet
  void close_by_time(std::uint32_t index, std::int64_t passed_us, std::vector<Window>& windows);
  void close_by_count(std::uint32_t index, std::int64_t passed_us, std::vector<Window>& windows);
  Window merge(std::uint32_t index, std::int64_t start_us, std::int64_t end_us);
  static void forget(std::int64_t before_us, MonitorState& monitor);

  std::vector<MonitorState> monitors_;
  std::map<std::uint32_t, Partition> partitions_;
  std::map<TopicPartition, Partition> restored_;  // of a snapshot, until add_partition claims them
  std::uint64_t partials_dropped_ = 0;
};

}  // namespace driftd
