#include "daemon/app_engine.h"

#include <algorithm>

#include "daemon/runtime/thread_name.h"

namespace driftd {

namespace {

constexpr std::size_t kShardQueueBatches = 256;
constexpr std::size_t kMergerQueueInputs = 512;

std::vector<std::unique_ptr<ShardQueue>> make_queues(std::uint32_t shards) {
  std::vector<std::unique_ptr<ShardQueue>> queues;
  for (std::uint32_t s = 0; s < shards; ++s) queues.push_back(std::make_unique<ShardQueue>(kShardQueueBatches));
  return queues;
}

std::vector<ShardQueue*> pointers(const std::vector<std::unique_ptr<ShardQueue>>& queues) {
  std::vector<ShardQueue*> result;
  for (const auto& queue : queues) result.push_back(queue.get());
  return result;
}

}  // namespace

std::uint32_t shard_count(const EngineConfig& config) {
  return config.shards != 0 ? config.shards : std::max(1U, std::thread::hardware_concurrency());
}

RunningEngine::RunningEngine(const EnginePlan& plan, Source& source, SourceLoopOptions source_options, MergerLoopOptions merger_options)
    : source_(source),
      to_merger_(kMergerQueueInputs),
      to_shards_(make_queues(merger_options.shards)),
      merger_(plan, to_merger_, merger_options, meter_),
      source_loop_(plan, source, {pointers(to_shards_), to_merger_, meter_}, source_options) {
  for (std::uint32_t s = 0; s < to_shards_.size(); ++s)
    shard_loops_.push_back(std::make_unique<ShardLoop>(plan, s, *to_shards_[s], to_merger_, meter_));
}

RunningEngine::~RunningEngine() {
  request_stop();
  join();
}

void RunningEngine::start() {
  threads_.emplace_back([this] {
    set_thread_name("merger");
    merger_.run();
    // Whatever ended the merger ends the others: their queues close, so nobody waits for it.
    stop_ = true;
    to_merger_.close();
    for (const auto& queue : to_shards_) queue->close();
    finished_ = true;
  });
  for (std::size_t s = 0; s < shard_loops_.size(); ++s) {
    threads_.emplace_back([this, s] {
      set_thread_name("shard-" + std::to_string(s));
      shard_loops_[s]->run(source_);
    });
  }
  threads_.emplace_back([this] {
    set_thread_name("source");
    source_loop_.run(stop_, merger_.snapshot_wanted());
  });
}

void RunningEngine::request_stop() {
  stop_ = true;
  merger_.drain();
}

std::vector<std::string> RunningEngine::stalled(Heartbeat::Time now) const {
  std::vector<std::string> lines;
  const auto look = [&](const std::string& thread, const Heartbeat& heartbeat) {
    const auto silent = heartbeat.silent_for(now);
    if (silent >= kStalledAfter) lines.push_back("thread " + thread + " has not moved for " + std::to_string(silent.count()) + " s");
  };
  look("source", source_loop_.heartbeat());
  for (std::size_t s = 0; s < shard_loops_.size(); ++s) look("shard-" + std::to_string(s), shard_loops_[s]->heartbeat());
  look("merger", merger_.heartbeat());
  return lines;
}

std::vector<QueueStatus> RunningEngine::queues() const {
  QueueStatus ingest{"ingest", 0, 0, meter_.shard_bytes(), meter_.waited_seconds(FlowMeter::kIngest)};
  for (const auto& queue : to_shards_) {
    ingest.entries += queue->size();
    *ingest.capacity += queue->capacity();
  }
  QueueStatus window{"window", to_merger_.size(), to_merger_.capacity(), std::nullopt, meter_.waited_seconds(FlowMeter::kWindow)};
  const auto published = merger_.status().load();
  QueueStatus alert{"alert", published->sink.waiting, std::nullopt, published->outbox_bytes, meter_.waited_seconds(FlowMeter::kAlert)};
  return {std::move(ingest), std::move(window), std::move(alert)};
}

bool RunningEngine::join() {
  threads_.clear();  // a jthread joins when it is destroyed
  return merger_.failure().empty();
}

}  // namespace driftd
