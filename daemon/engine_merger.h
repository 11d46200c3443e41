// Stage 2 of the engine: outputs of all shards in, judged windows, alert transitions and outgoing records out.
// No I/O, no clock; thread: merger.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/alert/monitor_alerts.h"
#include "daemon/engine_plan.h"
#include "daemon/engine_shard.h"
#include "daemon/monitor/judge.h"
#include "daemon/state/outbox.h"
#include "daemon/state/snapshot.h"
#include "daemon/window/label_join.h"
#include "daemon/window/window_merger.h"

namespace driftd {

struct ClosedWindow {
  std::shared_ptr<const Judgement> judgement;  // never null; the state and the history share it
  std::vector<AlertTransition> transitions;
  std::chrono::nanoseconds took{};  // judging, alerts and events, by the stopwatch
};

// Time since any fixed moment: for how long things take, nothing else. Empty: nothing is timed.
using Stopwatch = std::function<std::chrono::nanoseconds()>;

// What is shown of a monitor beside its last judgement; part of the state.
struct MonitorHistory {
  struct Entry {
    std::int64_t end_us = 0;
    std::uint64_t rows = 0;      // of `all`
    std::vector<double> ratios;  // by verdict: worst drift ratio; NaN: no verdict
  };
  std::deque<Entry> entries;                                          // the last kHistoryWindows, oldest first
  std::array<std::uint64_t, kClosedByNames.size()> windows_closed{};  // by ClosedBy
  std::uint64_t evaluations_ok = 0, evaluations_insufficient = 0;
};
inline constexpr std::size_t kHistoryWindows = 60;
MonitorHistory load_history(ByteReader& in, std::uint32_t version);  // of the monitor's section

// Sections of a snapshot; one of a monitor has its name behind.
inline constexpr std::string_view kConfigSection = "config";  // the hash of the configuration, for a person; not read again
inline constexpr std::string_view kMergerSection = "merger";
inline constexpr std::string_view kOutboxSection = "outbox";
inline constexpr std::string_view kPushSection = "outbox/";  // of a receiver by HTTP, its name behind
inline constexpr std::string_view kMonitorSection = "monitor/";
inline constexpr std::uint32_t kMonitorVersion = 2;  // 1 did not count windows that silence closed
inline constexpr std::string_view kLabelsSection = "labels/";

class EngineMerger {
 public:
  explicit EngineMerger(const EnginePlan& plan, Stopwatch stopwatch = {});

  void add_partition(std::uint32_t source_partition, const TopicPartition& id);
  // Windows that this output closed, in order. What has to leave is in the outbox.
  std::vector<ClosedWindow> apply(ShardOutput output);

  Outbox& outbox() { return outbox_; }
  const Outbox& outbox() const { return outbox_; }
  void settle(RecordSink& sink);  // the outbox's, with the dead letters counted

  // What waits for the receivers by HTTP, each its own queue, in the order of EnginePlan::pushes.
  std::size_t pushes() const { return pushes_.size(); }
  Outbox& push_outbox(std::size_t push) { return pushes_[push].outbox; }
  const Outbox& push_outbox(std::size_t push) const { return pushes_[push].outbox; }
  std::uint64_t push_given_up(std::size_t push) const { return pushes_[push].given_up; }  // because the queue was full; since the start
  std::uint64_t push_releasable(std::size_t push) const { return releasable(pushes_[push].outbox, pushes_[push].durable_sequence); }
  std::vector<std::string> firing_events(const PushPlan& plan) const;  // the last event of every alert that fires and that it wants

  // By (stream, result: ok, retry, error) since the start of the process; every result of a stream that has a dead-letter topic.
  const std::map<std::pair<std::string, std::string>, std::uint64_t>& dead_letters() const { return dead_letters_; }
  // Sequence up to which records may leave now. Outputs that follow from a wall-clock decision (a partition is idle, or back,
  // or new) wait until a snapshot holds the decision, so that a replay after kill -9 repeats it (decision 3).
  std::uint64_t releasable() const { return releasable(outbox_, durable_sequence_); }
  bool wants_snapshot() const;
  void snapshot_saved();  // a snapshot of the present state is durable

  void save(Snapshot& snapshot) const;
  // Before partitions are added. Error: what is wrong with which section. A monitor whose definition is another than the snapshot's begins
  // anew; its alerts that fire end, as do those of monitors that are gone.
  std::expected<void, std::string> load(const Snapshot& snapshot);
  const std::vector<EndedAlert>& ended() const { return ended_; }  // by load()
  bool loaded_other() const { return loaded_other_; }              // the snapshot was of other monitors: what begins here is not in it

  const EnginePlan& plan() const { return plan_; }
  const Judgement* last_judgement(std::size_t monitor) const;  // nullptr: none yet
  const MonitorAlerts& alerts(std::size_t monitor) const { return monitors_[monitor].alerts; }
  const MonitorHistory& history(std::size_t monitor) const { return monitors_[monitor].history; }
  const WindowMerger& windows() const { return windows_; }
  const LabelJoin* join_of(std::size_t monitor) const;  // nullptr: its panes are not joined ones

 private:
  struct Monitor {
    MonitorJudge judge;
    MonitorAlerts alerts;
    MonitorHistory history;
    std::shared_ptr<const Judgement> last;
  };
  struct Push {
    Outbox outbox;
    std::uint64_t durable_sequence = 0, given_up = 0;
  };
  std::uint64_t releasable(const Outbox& outbox, std::uint64_t durable) const {
    return undecided_ || windows_.any_idle() ? durable : outbox.last_sequence();
  }
  // What leaves about an alert.
  struct AlertNews {
    std::string_view monitor, kind, transition;
    const std::string &alert_id, &event_id, &event;
    std::int64_t end_us;
  };
  void push(const AlertNews& news);
  void add_to_topic(const std::string& topic, const std::string& monitor, std::string value, std::int64_t end_us);
  void enqueue_ended();
  std::expected<void, std::string> load_monitors(const Snapshot& snapshot);
  std::expected<void, std::string> load_outboxes(const Snapshot& snapshot);
  void add_partial(Partial partial);
  void join_labels();
  ClosedWindow close(const Window& window);
  void remember(Monitor& monitor, ClosedBy closed_by, std::shared_ptr<const Judgement> judgement);
  void enqueue(const ClosedWindow& closed);
  void count_dead_letter(const OutRecord& record, bool delivered);
  std::expected<void, std::string> load_monitor(std::size_t index, const SnapshotSection& section);
  std::expected<void, std::string> end_monitor(const std::string& name, const SnapshotSection& section, Monitor* anew);

  const EnginePlan& plan_;
  Stopwatch stopwatch_;
  WindowMerger windows_;
  std::vector<LabelJoin> joins_;  // in the order of EnginePlan::joins
  std::vector<Monitor> monitors_;
  Outbox outbox_;
  std::vector<Push> pushes_;
  std::vector<EndedAlert> ended_;
  bool loaded_other_ = false;
  std::map<std::pair<std::string, std::string>, std::uint64_t> dead_letters_;
  bool undecided_ = false;              // a decision was made since the last snapshot
  std::uint64_t durable_sequence_ = 0;  // last sequence in the last snapshot
};

}  // namespace driftd
