#include "daemon/app_merger_loop.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "daemon/runtime/logger.h"
#include "daemon/runtime/wall_clock.h"

namespace driftd {

using namespace std::chrono_literals;

namespace {

// By component; what holds no state has none.
std::map<std::string, std::uint64_t> state_bytes(const Snapshot& snapshot) {
  std::map<std::string, std::uint64_t> bytes{{"windows", 0}, {"labels", 0}, {"detectors", 0}, {"queues", 0}};
  for (const SnapshotSection& section : snapshot.sections) {
    const bool windows = section.id == kMergerSection || partition_of_section(section.id).has_value();
    const char* component = windows                                   ? "windows"
                            : section.id.starts_with(kLabelsSection)  ? "labels"
                            : section.id.starts_with(kMonitorSection) ? "detectors"
                            : section.id == kOutboxSection            ? "queues"
                                                                      : nullptr;
    if (component != nullptr) bytes[component] += section.bytes.size();
  }
  return bytes;
}

}  // namespace

MergerLoop::MergerLoop(const EnginePlan& plan, MergerQueue& in, MergerLoopOptions options, FlowMeter& meter)
    : plan_(plan),
      in_(in),
      options_(std::move(options)),
      meter_(meter),
      engine_(plan, [] { return std::chrono::steady_clock::now().time_since_epoch(); }),
      passed_(options_.shards, false) {
  told_given_up_.resize(plan.pushes.size());
  monitor_progress_.resize(plan.configs.size());
  monitor_status_.resize(plan.configs.size());
  for (std::size_t m = 0; m < plan.configs.size(); ++m) {
    const auto before = std::ranges::find_if(options_.before, [&](const auto& status) { return status->name == plan.configs[m].name; });
    if (before == options_.before.end()) continue;
    monitor_progress_[m] = {(*before)->last_evaluation_wall_us, (*before)->evaluation_times, (*before)->alert_exemplars};
  }
  publish(true);
}

std::expected<void, std::string> MergerLoop::restore(const Snapshot& snapshot) {
  generation_ = snapshot.generation;
  restored_ = true;
  auto loaded = engine_.load(snapshot);
  std::ranges::fill(monitor_status_, nullptr);
  if (loaded) publish(true);
  return loaded;
}

std::expected<void, StoreError> MergerLoop::save_initial(const std::map<TopicPartition, std::int64_t>& positions,
                                                         const std::map<std::string, std::string>& topic_ids,
                                                         const std::map<TopicPartition, std::string>& states) {
  if (options_.store == nullptr) return {};
  Snapshot snapshot;
  snapshot.generation = restored_ ? ++generation_ : generation_;
  EngineShard shard(plan_);
  std::uint32_t index = 0;
  for (const auto& [id, position] : positions) {
    const auto topic_id = topic_ids.find(id.topic);
    const auto state = states.find(id);
    const bool read = shard.add_partition(index++, id, position, state == states.end() ? std::string_view() : state->second,
                                          topic_id == topic_ids.end() ? std::string_view() : topic_id->second);
    if (!read) return std::unexpected(StoreError{StoreFault::kCorrupt, "the state of topic '" + id.topic + "' cannot be read"});
  }
  for (auto& [id, state] : shard.save()) snapshot.sections.push_back(save_partition_section(id, std::move(state)));
  engine_.save(snapshot);
  return options_.store->save(snapshot);
}

void MergerLoop::apply(ShardOutput output) {
  counters_[output.source_partition] = output.counters;
  for (const ClosedWindow& closed : engine_.apply(std::move(output))) {
    const std::size_t monitor = plan_.owners[closed.judgement->monitor];
    monitor_progress_[monitor].add(closed, wall_us());
    monitor_status_[monitor] = nullptr;
    if (options_.on_window) options_.on_window(closed);
  }
  snapshot_wanted_ = engine_.wants_snapshot();
}

void MergerLoop::save(std::map<TopicPartition, std::string> states) {
  if (options_.store == nullptr) return;
  if (options_.before_snapshot) options_.before_snapshot();
  Snapshot snapshot;
  snapshot.generation = ++generation_;
  std::map<TopicPartition, std::int64_t> durable;
  for (auto& [id, state] : states) {
    durable.emplace(id, saved_next_offset(state).value_or(0));
    snapshot.sections.push_back(save_partition_section(id, std::move(state)));
  }
  engine_.save(snapshot);
  progress_.state_bytes = state_bytes(snapshot);
  const auto saved = options_.store->save(snapshot);
  progress_.snapshot_times.add(std::chrono::steady_clock::now() - aligning_since_);
  if (!saved) {
    ++progress_.snapshot_failures;
    log_error("snapshot_failed", "the snapshot could not be written; processing goes on", {{"reason", saved.error().message}});
    return;
  }
  engine_.snapshot_saved();
  snapshot_wanted_ = false;
  ++progress_.snapshots;
  progress_.snapshot_size_bytes = options_.store->last_size_bytes();
  progress_.snapshot_last_success_wall_us = wall_us();
  progress_.durable_offsets = std::move(durable);
}

void MergerLoop::release_held() {
  aligning_.reset();
  passed_.assign(options_.shards, false);
  for (MergerInput& input : std::exchange(held_, {})) handle(std::move(input));
}

void MergerLoop::align(MergerInput input) {
  if (!aligning_) aligning_since_ = std::chrono::steady_clock::now();
  aligning_ = input.barrier;
  passed_[input.shard] = true;
  states_.merge(input.states);
  for (const bool passed : passed_) {
    if (!passed) return;
  }
  if (draining_) flush_sink();
  save(std::exchange(states_, {}));
  release_held();
}

void MergerLoop::handle(MergerInput input) {
  using enum MergerInput::Kind;
  const bool from_shard = input.kind == kOutput || input.kind == kBarrier || input.kind == kStopped;
  if (from_shard && aligning_ && passed_[input.shard]) {
    held_.push_back(std::move(input));
    return;
  }
  switch (input.kind) {
    case kPartition:
      ids_.emplace(input.partition, input.id);
      counters_[input.partition] = input.output.counters;
      engine_.add_partition(input.partition, input.id);
      break;
    case kOutput: apply(std::move(input.output)); break;
    case kBarrier: align(std::move(input)); break;
    case kStopped: ++stopped_; break;
    case kFailed: failure_ = std::move(input.failure); break;
  }
}

void MergerLoop::feed_pushes() {
  for (std::size_t p = 0; p < options_.pushes.size(); ++p) {
    engine_.push_outbox(p).settle(*options_.pushes[p]);
    engine_.push_outbox(p).send(*options_.pushes[p], engine_.push_releasable(p), wall_us());
    const std::uint64_t given_up = engine_.push_given_up(p);
    if (given_up == std::exchange(told_given_up_[p], given_up)) continue;
    log_error("alerts_given_up", "too many wait for a receiver: the oldest are given up",
              {{"sink", plan_.pushes[p].name}, {"given_up", given_up}});
  }
}

void MergerLoop::feed_sink() {
  feed_pushes();
  if (options_.sink == nullptr) return;
  engine_.settle(*options_.sink);
  engine_.outbox().send(*options_.sink, engine_.releasable());
}

// Unacknowledged records are bounded in bytes: past that the shards, and so the source, wait for the sink. Not where a
// snapshot is what the records wait for, and not at the end: there the snapshot takes them along.
bool MergerLoop::outbox_full() const {
  if (options_.sink == nullptr || aligning_ || draining_) return false;
  return engine_.outbox().bytes() >= options_.outbox_bytes && !engine_.wants_snapshot();
}

// The last snapshot need not carry what arrives within a moment.
void MergerLoop::flush_sink() {
  feed_sink();
  if (options_.sink == nullptr || !options_.flush_sink || !options_.flush_sink()) return;
  engine_.settle(*options_.sink);
}

void MergerLoop::publish(bool force) {
  const auto now = std::chrono::steady_clock::now();
  if (!force && now - last_publish_ < 100ms) return;
  last_publish_ = now;
  auto status = std::make_shared<EngineStatus>(progress_);
  for (std::size_t m = 0; m < monitor_status_.size(); ++m) {
    if (!monitor_status_[m]) monitor_status_[m] = make_monitor_status(engine_, m, monitor_progress_[m]);
  }
  status->monitors = monitor_status_;
  for (const auto& [index, id] : ids_) {
    status->partitions.push_back(make_partition_status(plan_, id, counters_[index], engine_.windows().is_idle(index)));
  }
  const Outbox& outbox = engine_.outbox();
  status->sink = {"kafka", outbox.delivered(), outbox.retried(), 0, outbox.waiting_alerts(), {}, true};  // no record is ever given up
  status->outbox_bytes = outbox.bytes();
  for (std::size_t p = 0; p < engine_.pushes(); ++p) {
    status->pushes.push_back({plan_.pushes[p].name, 0, 0, engine_.push_given_up(p), engine_.push_outbox(p).waiting(), {}});
  }
  status->dead_letters = engine_.dead_letters();
  status_.store(std::move(status));
}

bool MergerLoop::run() {
  publish(true);
  while (stopped_ < options_.shards && failure_.empty()) {
    heartbeat_.beat();
    if (outbox_full()) {
      const auto began = std::chrono::steady_clock::now();
      std::this_thread::sleep_for(10ms);
      meter_.add_wait(FlowMeter::kAlert, std::chrono::steady_clock::now() - began);
    } else if (auto input = in_.pop_for(10ms)) {
      handle(std::move(*input));
    }
    feed_sink();
    publish(false);
  }
  publish(true);
  heartbeat_.end();
  return failure_.empty();
}

}  // namespace driftd
