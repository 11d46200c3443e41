// One configuration in force, and everything that is made from it and ends with it: Kafka's clients, receivers, registry, engine.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/config.h"
#include "config/problem.h"
#include "daemon/app_engine.h"
#include "daemon/cli/verb.h"
#include "daemon/history/history_window.h"
#include "daemon/history/writer.h"
#include "daemon/registry/schema_registry.h"
#include "daemon/runtime/event_ring.h"
#include "daemon/sink/kafka_sink.h"
#include "daemon/sink/push_receiver.h"
#include "daemon/source/kafka_source.h"
#include "daemon/state/file_store.h"

namespace driftd {

struct AppError {
  int exit_code = 1;
  bool port_in_use = false;  // another port may be free
  std::string message;
};

// A configuration that is good as far as can be known without a broker, and its plan.
struct Prepared {
  Config config;
  std::shared_ptr<const EnginePlan> plan;
};

// What outlives it.
struct Surroundings {
  FileStore& store;
  HistoryWriter& history;  // fed where history.enabled
  EventRing& events;
  std::function<void(const ClosedWindow&)> on_window;  // may be empty
};

// Thread: the main one, but for status() and records_read(), which any may call.
class Running {
 public:
  // Everything that can fail for reasons of the configuration: clients, receivers, files with secrets. Nothing is sent or read.
  static std::expected<std::unique_ptr<Running>, AppError> create(Prepared prepared, const Surroundings& around);
  ~Running();

  // Whether its topics can be read, before those of `now` are let go: a login that is refused, a topic that may not be read. Asks the
  // brokers about topics that are new only. asked_to_stop: asked every tenth of a second.
  std::expected<void, AppError> try_reading(const EnginePlan& now, const std::function<bool()>& asked_to_stop) const;

  // From a snapshot, or from nothing; once, before begin(). before: the status of what this takes the place of, whose counters go on.
  std::expected<void, AppError> restore(std::optional<Snapshot> snapshot, std::shared_ptr<const DaemonStatus> before = nullptr);
  // A step of finding out what to read, of at most so long; with the last step reading begins. False: it cannot, failure() says why.
  bool begin(std::chrono::milliseconds wait);
  bool has_begun() const { return begun_; }
  // The engine cannot go on, or the topics are not those of the snapshot; failure() then says why.
  bool has_failed();

  void stop();   // reads no more, finishes what was read, takes a last snapshot
  bool close();  // then, for good; false: librdkafka did not return in time, and what it holds is lost to the process
  const std::string& failure() const { return failure_; }
  int failure_code() const { return failure_code_; }

  const Prepared& prepared() const { return prepared_; }
  // Topics that are read no more, because they were created anew: beginning with them from the snapshot would fail (decision 9).
  std::vector<std::string> given_up() const { return source_->status()->given_up; }
  DaemonStatus status() const;  // without what is the process's
  std::uint64_t records_read() const;

 private:
  Running(Prepared prepared, const Surroundings& around) : prepared_(std::move(prepared)), around_(around) {}
  std::expected<void, AppError> make_clients();
  std::expected<void, AppError> make_source();
  std::expected<void, AppError> make_engine(const std::optional<Snapshot>& snapshot);
  void tell_ended();
  void window_closed(const ClosedWindow& closed);
  bool save_positions(const std::vector<SourcePosition>& positions);
  void start_threads();
  bool diverged();
  void commit_durable();
  void add_partitions(const KafkaSourceStatus& kafka, DaemonStatus& status) const;
  void add_sinks(const EngineStatus& published, DaemonStatus& status) const;
  void add_readiness(const KafkaSourceStatus& kafka, DaemonStatus& status) const;

  const Prepared prepared_;
  const Surroundings around_;
  bool from_snapshot_ = false;
  std::shared_ptr<const DaemonStatus> before_;
  std::map<TopicPartition, std::string> states_;      // of the snapshot
  std::map<TopicPartition, std::int64_t> committed_;  // to the group
  std::unique_ptr<KafkaSource> source_;
  std::unique_ptr<KafkaSink> sink_;
  std::unique_ptr<SchemaRegistry> registry_;                       // where a stream's records name schemas
  std::vector<std::shared_ptr<const HistoryPlan>> history_plans_;  // by monitor
  std::vector<std::unique_ptr<PushReceiver>> pushes_;              // in the order of plan->pushes
  std::unique_ptr<RunningEngine> engine_;
  std::vector<std::jthread> threads_;       // receivers' and the registry's
  std::atomic<bool> asked_enough_ = false;  // of the registry
  std::atomic<bool> draining_ = false;
  bool begun_ = false;
  std::string failure_;  // what ended it, where nobody asked it to end
  int failure_code_ = kExitConfig;
};

}  // namespace driftd
