// A running engine: shard threads, the merger thread and the source thread over one Source, started and stopped in flow order.
// The same for Kafka, replay and demo. This and app.cc are the only files that create threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "daemon/app_merger_loop.h"
#include "daemon/app_shard_loop.h"
#include "daemon/app_source_loop.h"

namespace driftd {

inline constexpr std::chrono::seconds kStalledAfter{30};

class RunningEngine {
 public:
  RunningEngine(const EnginePlan& plan, Source& source, SourceLoopOptions source_options, MergerLoopOptions merger_options);
  ~RunningEngine();  // stops and joins

  MergerLoop& merger() { return merger_; }
  SourceLoop& source_loop() { return source_loop_; }

  void start();
  void request_stop();  // any thread: no more records are read; what was read is finished
  bool finished() const { return finished_; }
  // Waits for every thread. False: failure() says why the engine could not go on.
  bool join();
  // Threads that have not moved for kStalledAfter, one a line; any thread.
  std::vector<std::string> stalled(Heartbeat::Time now) const;
  const std::string& failure() const { return merger_.failure(); }
  std::vector<QueueStatus> queues() const;  // ingest, window, alert; any thread

 private:
  Source& source_;
  FlowMeter meter_;
  MergerQueue to_merger_;
  std::vector<std::unique_ptr<ShardQueue>> to_shards_;
  std::vector<std::unique_ptr<ShardLoop>> shard_loops_;
  MergerLoop merger_;
  SourceLoop source_loop_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> finished_ = false;
  std::vector<std::jthread> threads_;
};

// engine.shards: 0 = one a core.
std::uint32_t shard_count(const EngineConfig& config);

}  // namespace driftd
