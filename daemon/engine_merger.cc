#include "daemon/engine_merger.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "daemon/alert/events.h"
#include "daemon/monitor/verdict_codec.h"
#include "daemon/window/saved_time.h"

namespace driftd {

namespace {

constexpr std::uint64_t kPushBytes = 16ULL << 20;  // of one receiver

std::vector<const PanePlan*> pane_plans(const EnginePlan& plan) {
  std::vector<const PanePlan*> plans;
  for (const PanePlan& panes : plan.panes) plans.push_back(&panes);
  return plans;
}

std::string labels_section(const EnginePlan& plan, const LabelJoin& join) {
  return std::string(kLabelsSection) + plan.alerts[join.plan().monitor].monitor;
}

}  // namespace

EngineMerger::EngineMerger(const EnginePlan& plan, Stopwatch stopwatch)
    : plan_(plan), stopwatch_(std::move(stopwatch)), windows_(pane_plans(plan)) {
  for (std::size_t m = 0; m < plan.monitors.size(); ++m) {
    monitors_.push_back({MonitorJudge(plan.monitors[m]), MonitorAlerts(plan.alerts[m]), {}, nullptr});
  }
  for (const auto& join : plan.joins) joins_.emplace_back(*join, plan.panes[join->monitor]);
  pushes_.resize(plan.pushes.size());
  for (const StreamPlan& stream : plan.streams) {
    if (stream.config.on_error.action != OnError::kDeadLetter) continue;
    for (const char* result : {"ok", "retry", "error"}) dead_letters_[{stream.config.name, result}] = 0;  // error: none is given up
  }
}

void EngineMerger::add_partition(std::uint32_t source_partition, const TopicPartition& id) {
  // Which partitions hold windows back is a decision too: what follows from a new one waits for a snapshot that knows it.
  if (windows_.add_partition(plan_.stream_of_topic.at(id.topic), source_partition, id)) undecided_ = true;
}

const Judgement* EngineMerger::last_judgement(std::size_t monitor) const { return monitors_[monitor].last.get(); }

std::vector<ClosedWindow> EngineMerger::apply(ShardOutput output) {
  const std::uint32_t partition = output.source_partition;
  const bool idle = output.mark == ShardOutput::Mark::kIdle;
  if (idle != windows_.is_idle(partition)) {
    windows_.set_idle(partition, idle);
    undecided_ = true;
  }
  for (OutRecord& letter : output.dead_letters) outbox_.add(std::move(letter));
  for (Partial& partial : output.partials) add_partial(std::move(partial));
  for (const SilentUntil& until : output.silent_until) windows_.set_silent_until(partition, until);
  windows_.set_watermark(partition, output.counters.watermark_us);
  join_labels();
  std::vector<ClosedWindow> closed;
  for (const Window& window : windows_.take_closed()) closed.push_back(close(window));
  return closed;
}

namespace {

// The join whose panes a monitor gets; nullptr: its panes are not joined ones. One for both kinds of access.
template <class Joins>
auto* find_join(Joins& joins, std::size_t monitor) {
  const auto found = std::ranges::find(joins, monitor, [](const LabelJoin& join) { return join.plan().monitor; });
  return found == joins.end() ? nullptr : &*found;
}

}  // namespace

const LabelJoin* EngineMerger::join_of(std::size_t monitor) const { return find_join(joins_, monitor); }

void EngineMerger::add_partial(Partial partial) {
  LabelJoin* const join = find_join(joins_, partial.monitor);
  if (join == nullptr) return windows_.add_partial(std::move(partial));
  const TopicPartition& id = windows_.id_of(partial.source_partition);
  const bool is_label = windows_.stream_of(partial.source_partition) == join->plan().labels.stream;
  is_label ? join->add_labels(id, std::move(partial.pane)) : join->add_predictions(id, std::move(partial.pane));
}

void EngineMerger::join_labels() {
  for (LabelJoin& join : joins_) {
    const std::int64_t predictions = windows_.passed_us(join.plan().predictions);
    std::int64_t labels = windows_.passed_us(join.plan().labels);
    // Labels that have stopped, or never began, do not hold judgement back: the clock of the predictions serves for both.
    if (windows_.all_idle(join.plan().labels.stream)) labels = std::max(labels, predictions);
    std::vector<LabelJoin::JoinedPane> joined;
    join.advance(predictions, labels, joined);
    for (auto& [id, pane] : joined) windows_.add_pane(join.plan().monitor, id, std::move(pane));
    windows_.set_joined_until(join.plan().monitor, join.joined_until_us());
  }
}

ClosedWindow EngineMerger::close(const Window& window) {
  Monitor& monitor = monitors_[window.monitor];
  const auto now = [this] { return stopwatch_ ? stopwatch_() : std::chrono::nanoseconds{}; };
  const auto began = now();
  ClosedWindow closed{std::make_shared<const Judgement>(monitor.judge.judge(window)), {}};
  closed.transitions = monitor.alerts.step(*closed.judgement);
  remember(monitor, window.closed_by, closed.judgement);
  enqueue(closed);
  closed.took = now() - began;
  return closed;
}

void EngineMerger::remember(Monitor& monitor, ClosedBy closed_by, std::shared_ptr<const Judgement> judgement) {
  MonitorHistory& history = monitor.history;
  MonitorHistory::Entry entry{judgement->end_us, judgement->segment_rows.front(), {}};
  bool any_ok = false;
  for (const Verdict& verdict : judgement->verdicts) {
    entry.ratios.push_back(worst_ratio(verdict.drift));
    any_ok = any_ok || verdict.status == Status::kOk;
  }
  history.entries.push_back(std::move(entry));
  if (history.entries.size() > kHistoryWindows) history.entries.pop_front();
  ++history.windows_closed[static_cast<std::size_t>(closed_by)];
  ++(any_ok ? history.evaluations_ok : history.evaluations_insufficient);
  monitor.last = std::move(judgement);
}

void EngineMerger::enqueue(const ClosedWindow& closed) {
  const AlertPlan& plan = plan_.alerts[closed.judgement->monitor];
  const std::int64_t end_us = closed.judgement->end_us;
  for (const AlertTransition& to : closed.transitions) {
    push({plan.monitor, kind_name(to.kind), transition_name(to.transition), to.alert_id, to.event_id, to.event, end_us});
  }
  if (plan.topic.empty()) return;
  if (plan_.windows_to_kafka) add_to_topic(plan.topic, plan.monitor, window_event(plan, *closed.judgement), end_us);
  for (const AlertTransition& to : closed.transitions) add_to_topic(plan.topic, plan.monitor, to.event, end_us);
}

void EngineMerger::add_to_topic(const std::string& topic, const std::string& monitor, std::string value, std::int64_t end_us) {
  OutRecord record;
  record.topic = topic;
  record.key = monitor;
  record.value = std::move(value);
  record.headers = {{"content-type", "application/cloudevents+json; charset=UTF-8"}};
  record.time_us = end_us;
  outbox_.add(std::move(record));
}

void EngineMerger::enqueue_ended() {
  const std::string topic = plan_.alerts.empty() ? std::string() : plan_.alerts.front().topic;
  for (const EndedAlert& ended : ended_) {
    const AlertStatus& alert = ended.status;
    push({ended.monitor, alert.kind, "resolved", alert.alert_id, ended.event_id, alert.event_json, alert.resolved_us});
    if (!topic.empty()) add_to_topic(topic, ended.monitor, alert.event_json, alert.resolved_us);
  }
}

// A receiver that does not take its alerts for so long that they no longer fit loses the oldest, and costs nobody else anything.
void EngineMerger::push(const AlertNews& news) {
  for (std::size_t p = 0; p < pushes_.size(); ++p) {
    if (!plan_.pushes[p].wants(std::string(news.monitor), news.kind, news.transition)) continue;
    OutRecord record;
    record.topic = plan_.pushes[p].name;
    record.key = news.alert_id;
    record.value = news.event;
    record.headers = {{"ce_id", news.event_id}};
    record.time_us = news.end_us;
    pushes_[p].outbox.add(std::move(record));
    pushes_[p].given_up += pushes_[p].outbox.give_up_over(kPushBytes);
  }
}

std::vector<std::string> EngineMerger::firing_events(const PushPlan& plan) const {
  std::vector<std::string> events;
  for (const Monitor& monitor : monitors_) {
    const std::string& name = plan_.alerts[static_cast<std::size_t>(&monitor - monitors_.data())].monitor;
    for (AlertStatus& alert : monitor.alerts.status()) {
      if (alert.state == AlertState::kFiring && plan.wants(name, alert.kind, "firing")) events.push_back(std::move(alert.event_json));
    }
  }
  return events;
}

bool EngineMerger::wants_snapshot() const {
  if (releasable() < outbox_.last_sequence()) return true;
  return std::ranges::any_of(
      pushes_, [this](const Push& push) { return releasable(push.outbox, push.durable_sequence) < push.outbox.last_sequence(); });
}

void EngineMerger::settle(RecordSink& sink) {
  outbox_.settle(sink, [this](const OutRecord& record, bool delivered) { count_dead_letter(record, delivered); });
}

// The key of a dead letter is topic/partition/offset of the record it is about, and topics have no slash.
void EngineMerger::count_dead_letter(const OutRecord& record, bool delivered) {
  const std::size_t slash = record.key.find('/');
  if (slash == std::string::npos) return;
  const auto stream = plan_.stream_of_topic.find(record.key.substr(0, slash));
  if (stream == plan_.stream_of_topic.end()) return;
  const StreamConfig& config = plan_.streams[stream->second].config;
  if (config.on_error.action == OnError::kDeadLetter && record.topic == config.on_error.topic) {
    ++dead_letters_[{config.name, delivered ? "ok" : "retry"}];
  }
}

void EngineMerger::snapshot_saved() {
  undecided_ = false;
  durable_sequence_ = outbox_.last_sequence();
  for (Push& push : pushes_) push.durable_sequence = push.outbox.last_sequence();
}

namespace {

void save_history(const MonitorHistory& history, ByteWriter& out) {
  for (const std::uint64_t count : history.windows_closed) out.u64(count);
  out.u64(history.evaluations_ok);
  out.u64(history.evaluations_insufficient);
  out.varint(history.entries.size());
  for (const auto& entry : history.entries) {
    out.i64(entry.end_us);
    out.u64(entry.rows);
    out.varint(entry.ratios.size());
    for (const double ratio : entry.ratios) out.f64(ratio);
  }
}

}  // namespace

MonitorHistory load_history(ByteReader& in, std::uint32_t version) {
  MonitorHistory history;
  const std::size_t kinds = version >= 2 ? history.windows_closed.size() : static_cast<std::size_t>(ClosedBy::kIdle);
  for (std::size_t i = 0; i < kinds; ++i) history.windows_closed[i] = in.u64();
  history.evaluations_ok = in.u64();
  history.evaluations_insufficient = in.u64();
  const std::size_t entries = in.count(17);
  for (std::size_t i = 0; i < entries && in.ok(); ++i) {
    MonitorHistory::Entry entry;
    entry.end_us = load_moment(in);
    entry.rows = in.u64();
    entry.ratios.resize(in.count(8));
    for (double& ratio : entry.ratios) ratio = in.f64();
    history.entries.push_back(std::move(entry));
  }
  return history;
}

void EngineMerger::save(Snapshot& snapshot) const {
  snapshot.sections.push_back({std::string(kConfigSection), 1, false, plan_.config_hash});
  ByteWriter merger;
  windows_.save(merger);
  snapshot.sections.push_back({std::string(kMergerSection), WindowMerger::kVersion, true, merger.take()});
  for (const LabelJoin& join : joins_) {
    ByteWriter out;
    out.string(plan_.panes[join.plan().monitor].state_key);
    join.save(out);
    snapshot.sections.push_back({labels_section(plan_, join), 1, true, out.take()});
  }
  for (std::size_t m = 0; m < monitors_.size(); ++m) {
    const Monitor& monitor = monitors_[m];
    ByteWriter out;
    out.string(plan_.panes[m].state_key);
    std::string part;
    monitor.alerts.save(part);
    out.string(part);
    ByteWriter judge;
    monitor.judge.save(judge);
    out.string(judge.bytes());
    save_history(monitor.history, out);
    out.boolean(monitor.last != nullptr);
    if (monitor.last) save_judgement(*monitor.last, out);
    snapshot.sections.push_back({std::string(kMonitorSection) + plan_.monitors[m].name, kMonitorVersion, true, out.take()});
  }
  ByteWriter outbox;
  outbox_.save(outbox);
  snapshot.sections.push_back({std::string(kOutboxSection), Outbox::kVersion, true, outbox.take()});
  for (std::size_t p = 0; p < pushes_.size(); ++p) {
    ByteWriter out;
    pushes_[p].outbox.save(out);
    snapshot.sections.push_back({std::string(kPushSection) + plan_.pushes[p].name, Outbox::kVersion, true, out.take()});
  }
}

namespace {

// The definition's hash says that the section is of this plan; what a forged one says beyond the plan is not believed.
bool fits(const Judgement& last, const MonitorPlan& plan) {
  const auto is_known = [&](const Verdict& v) { return v.feature < plan.features.size() && v.segment < plan.segments.size(); };
  return last.start_us <= last.end_us && last.segment_rows.size() == plan.segments.size() &&
         last.performance.size() <= plan.segments.size() && std::ranges::all_of(last.verdicts, is_known);
}

}  // namespace

std::expected<void, std::string> EngineMerger::load_monitor(std::size_t index, const SnapshotSection& section) {
  Monitor& monitor = monitors_[index];
  ByteReader in(section.bytes);
  if (in.string() != plan_.panes[index].state_key) return end_monitor(plan_.monitors[index].name, section, &monitor);
  const std::string_view alerts = in.string();
  ByteReader judge(in.string());
  if (!in.ok() || !monitor.alerts.load(alerts) || !monitor.judge.load(judge) || !judge.done()) {
    return std::unexpected("the state of monitor '" + plan_.monitors[index].name + "' cannot be read");
  }
  monitor.history = load_history(in, section.version);
  if (in.boolean()) {
    Judgement last;
    if (!load_judgement(in, last) || !fits(last, plan_.monitors[index])) in.fail();
    last.monitor = static_cast<std::uint32_t>(index);  // its place when it was saved: other monitors may have come or gone
    monitor.last = std::make_shared<const Judgement>(std::move(last));
  }
  if (!in.done()) return std::unexpected("the last windows of monitor '" + plan_.monitors[index].name + "' cannot be read");
  return {};
}

// A monitor of another definition, or one that is gone: its alerts end. anew: what begins in its place and goes on with its counters.
std::expected<void, std::string> EngineMerger::end_monitor(const std::string& name, const SnapshotSection& section, Monitor* anew) {
  loaded_other_ = true;
  ByteReader in(section.bytes);
  in.string();  // state key
  const std::string_view alerts = in.string();
  in.string();  // judge
  const MonitorHistory past = load_history(in, section.version);
  const std::int64_t end_us = past.entries.empty() ? kNoTime : past.entries.back().end_us;
  auto ended = in.ok() ? end_saved_alerts(alerts, anew == nullptr ? EndReason::kRemoved : EndReason::kChanged, end_us) : std::nullopt;
  if (!ended || (anew != nullptr && !anew->alerts.load_past(alerts, *ended))) {
    return std::unexpected("the state of monitor '" + name + "' cannot be read");
  }
  std::ranges::move(*ended, std::back_inserter(ended_));
  if (anew == nullptr) return {};
  anew->history.windows_closed = past.windows_closed;
  anew->history.evaluations_ok = past.evaluations_ok;
  anew->history.evaluations_insufficient = past.evaluations_insufficient;
  return {};
}

std::expected<void, std::string> EngineMerger::load_monitors(const Snapshot& snapshot) {
  std::size_t found = 0;
  for (const SnapshotSection& section : snapshot.sections) {
    if (!section.id.starts_with(kMonitorSection)) continue;
    const std::string name = section.id.substr(kMonitorSection.size());
    const auto plan = std::ranges::find(plan_.monitors, name, &MonitorPlan::name);
    found += plan == plan_.monitors.end() ? 0 : 1;
    auto loaded = plan == plan_.monitors.end() ? end_monitor(name, section, nullptr)
                                               : load_monitor(static_cast<std::size_t>(plan - plan_.monitors.begin()), section);
    if (!loaded) return loaded;
  }
  loaded_other_ = loaded_other_ || found < monitors_.size();
  return {};
}

std::expected<void, std::string> EngineMerger::load(const Snapshot& snapshot) {
  if (const SnapshotSection* section = snapshot.find(kMergerSection)) {
    ByteReader in(section->bytes);
    if (!windows_.load(in, plan_.stream_of_topic, section->version) || !in.done())
      return std::unexpected("section 'merger' cannot be read");
  }
  for (LabelJoin& join : joins_) {
    const SnapshotSection* section = snapshot.find(labels_section(plan_, join));
    if (section == nullptr) continue;
    ByteReader in(section->bytes);
    if (in.string() != plan_.panes[join.plan().monitor].state_key) continue;
    if (!join.load(in) || !in.done()) return std::unexpected("section '" + labels_section(plan_, join) + "' cannot be read");
    windows_.set_joined_until(join.plan().monitor, join.joined_until_us());
  }
  if (auto loaded = load_monitors(snapshot); !loaded) return loaded;
  if (auto loaded = load_outboxes(snapshot); !loaded) return loaded;
  enqueue_ended();
  snapshot_saved();
  return {};
}

// What waits for a receiver that is no longer configured is forgotten.
std::expected<void, std::string> EngineMerger::load_outboxes(const Snapshot& snapshot) {
  const auto load_one = [&snapshot](const std::string& id, Outbox& outbox) -> std::expected<void, std::string> {
    const SnapshotSection* section = snapshot.find(id);
    if (section == nullptr) return {};
    ByteReader in(section->bytes);
    if (!outbox.load(in, section->version) || !in.done()) return std::unexpected("section '" + id + "' cannot be read");
    return {};
  };
  if (auto loaded = load_one(std::string(kOutboxSection), outbox_); !loaded) return loaded;
  for (std::size_t p = 0; p < pushes_.size(); ++p) {
    if (auto loaded = load_one(std::string(kPushSection) + plan_.pushes[p].name, pushes_[p].outbox); !loaded) return loaded;
  }
  return {};
}

}  // namespace driftd
