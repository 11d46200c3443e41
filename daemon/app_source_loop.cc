#include "daemon/app_source_loop.h"

#include <algorithm>
#include <utility>

#include "daemon/runtime/wall_clock.h"

namespace driftd {

using namespace std::chrono_literals;

SourceLoop::SourceLoop(const EnginePlan& plan, Source& source, Links links, SourceLoopOptions options)
    : plan_(plan), source_(source), shards_(std::move(links.shards)), merger_(links.merger), meter_(links.meter), options_(options) {}

void SourceLoop::push(std::uint32_t shard, ShardInput input) {
  meter_.enter(input.bytes);
  while (!shards_[shard]->push_for(input, 1s) && !shards_[shard]->closed()) heartbeat_.beat();
}

bool SourceLoop::try_push(std::uint32_t shard, ShardInput& input) {
  const std::uint64_t bytes = input.bytes;
  meter_.enter(bytes);
  if (shards_[shard]->try_push(input)) return true;
  meter_.leave(bytes);
  return false;
}

namespace {

// What its status shows until its first record, which may be long in coming: no counter falls to 0 and no lag is the whole topic.
// State that cannot be read is the shard's to report.
PartitionCounters counters_at_start(const SourceEvent& event, const std::string& state) {
  if (!state.empty()) {
    if (auto saved = read_saved_partition(state)) return saved->counters;
  }
  PartitionCounters counters;
  counters.next_offset = event.start;
  return counters;
}

}  // namespace

void SourceLoop::add_partition(const SourceEvent& event) {
  Partition partition;
  partition.id = event.id;
  partition.stream = plan_.stream_of_topic.at(event.id.topic);
  partition.shard = static_cast<std::uint32_t>(partitions_.size() % shards_.size());
  partition.schemas = options_.registry != nullptr && needs_registry(plan_.streams[partition.stream].config);
  partition.last_record = Clock::now();
  ShardInput input;
  input.kind = ShardInput::Kind::kPartition;
  input.partition = event.partition;
  input.id = event.id;
  input.start = event.start;
  input.topic_id = event.topic_id;
  if (const auto found = restored_.find(event.id); found != restored_.end()) input.state = std::move(found->second);
  // The merger must know of the partition before any output of any record read from now on.
  MergerInput known;
  known.kind = MergerInput::Kind::kPartition;
  known.partition = event.partition;
  known.id = event.id;
  known.output.counters = counters_at_start(event, input.state);
  while (!merger_.push_for(known, 1s) && !merger_.closed()) heartbeat_.beat();
  const std::uint32_t shard = partition.shard;
  partitions_.insert_or_assign(event.partition, std::move(partition));
  push(shard, std::move(input));
}

void SourceLoop::deliver(std::uint32_t index, ShardInput input) {
  Partition& partition = partitions_.at(index);
  if (options_.blocking) return push(partition.shard, std::move(input));
  const bool ready = partition.waiting.empty() && schemas_known(partition, input);
  if (ready && try_push(partition.shard, input)) return;
  shard_full_ = shard_full_ || ready;
  partition.waiting.push_back(std::move(input));
  ++waiting_;
  if (!partition.paused) source_.pause(index);
  partition.paused = true;
}

bool SourceLoop::schemas_known(const Partition& partition, ShardInput& input) {
  if (!partition.schemas || input.kind != ShardInput::Kind::kBatch) return true;
  return options_.registry->attach(partition.id.topic, *input.batch);
}

void SourceLoop::retry_waiting() {
  shard_full_ = false;
  if (waiting_ == 0) return;
  for (auto& [index, partition] : partitions_) {
    while (!partition.waiting.empty() && schemas_known(partition, partition.waiting.front())) {
      if (!try_push(partition.shard, partition.waiting.front())) {
        shard_full_ = true;
        break;
      }
      partition.waiting.pop_front();
      --waiting_;
    }
    if (!partition.paused || !partition.waiting.empty()) continue;
    source_.resume(index);
    partition.paused = false;
  }
}

void SourceLoop::handle(SourceEvent event) {
  ShardInput input;
  input.partition = event.partition;
  switch (event.kind) {
    case SourceEvent::Kind::kNothing: return;
    case SourceEvent::Kind::kPartition: return add_partition(event);
    case SourceEvent::Kind::kBatch: {
      Partition& partition = partitions_.at(event.partition);
      partition.caught_up = false;
      partition.last_record = Clock::now();
      records_since_snapshot_ += event.batch->messages.size();
      for (const Message& message : event.batch->messages) input.bytes += message.payload.size();
      input.kind = ShardInput::Kind::kBatch;
      input.batch = std::move(event.batch);
      break;
    }
    case SourceEvent::Kind::kCaughtUp: partitions_.at(event.partition).caught_up = true; return;
    case SourceEvent::Kind::kFinished:
      partitions_.at(event.partition).finished = true;
      input.kind = ShardInput::Kind::kFinished;
      break;
  }
  deliver(event.partition, std::move(input));
}

// The time since the last look counts where something waited then.
void SourceLoop::meter_waiting() {
  const auto now = Clock::now();
  if (shard_full_) meter_.add_wait(FlowMeter::kIngest, now - last_look_);
  last_look_ = now;
}

// Idle is a wall-clock decision: only at the end of a partition that is neither paused nor waiting (decision 3), and only while whoever
// has the records answers: the silence of brokers that are away is none of the topic. Said again every second, for windows that end.
void SourceLoop::mark_idle() {
  const auto now = Clock::now();
  if (now - last_idle_check_ < 100ms) return;
  last_idle_check_ = now;
  const bool answers = source_.answers();
  for (auto& [index, partition] : partitions_) {
    if (!answers) partition.last_record = now;
    if (!answers || !partition.caught_up || partition.paused || partition.finished) continue;
    const auto silent = now - partition.last_record;
    if (silent < plan_.streams[partition.stream].config.time.idle_after || now - partition.idle_said < 1s) continue;
    partition.idle_said = now;
    ShardInput input;
    input.kind = ShardInput::Kind::kIdle;
    input.partition = index;
    input.silence = {std::chrono::duration_cast<std::chrono::microseconds>(silent).count(), wall_us()};
    deliver(index, std::move(input));
  }
}

void SourceLoop::barrier() {
  ++barrier_;
  records_since_snapshot_ = 0;
  last_snapshot_ = Clock::now();
  for (std::uint32_t shard = 0; shard < shards_.size(); ++shard) {
    ShardInput input;
    input.kind = ShardInput::Kind::kBarrier;
    input.barrier = barrier_;
    push(shard, std::move(input));
  }
}

void SourceLoop::housekeeping() {
  const auto now = Clock::now();
  if (!options_.every_second || now - last_second_ < 1s) return;
  last_second_ = now;
  options_.every_second();
}

bool SourceLoop::all_finished() const {
  return !partitions_.empty() &&
         std::all_of(partitions_.begin(), partitions_.end(), [](const auto& entry) { return entry.second.finished; });
}

void SourceLoop::run(const std::atomic<bool>& stop, const std::atomic<bool>& snapshot_wanted) {
  last_snapshot_ = last_look_ = Clock::now();
  const bool snapshots = options_.snapshot_interval.count() > 0;
  while (!stop && !(waiting_ == 0 && all_finished())) {
    heartbeat_.beat();
    handle(source_.poll(shard_full_ ? 1ms : 20ms));
    meter_waiting();
    retry_waiting();
    mark_idle();
    housekeeping();
    if (!snapshots) continue;
    const auto since = Clock::now() - last_snapshot_;
    const bool due = since >= options_.snapshot_interval || records_since_snapshot_ >= options_.snapshot_records;
    // A snapshot that outputs wait for does not come more often than every 50 ms.
    if (due || (snapshot_wanted && since >= 50ms)) barrier();
  }
  if (snapshots) barrier();
  for (std::uint32_t shard = 0; shard < shards_.size(); ++shard) push(shard, {});
  heartbeat_.end();
}

}  // namespace driftd
