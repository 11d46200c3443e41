#include "daemon/app_running.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "daemon/api/live.h"
#include "daemon/cli/verb.h"
#include "daemon/engine_summary.h"
#include "daemon/runtime/event_time.h"
#include "daemon/runtime/logger.h"
#include "daemon/runtime/thread_name.h"
#include "daemon/runtime/wall_clock.h"
#include "daemon/sink/push_receivers.h"

namespace driftd {

using namespace std::chrono_literals;

namespace {

constexpr auto kFlushBudget = 1500ms;  // this and two closes stay well under the 10 s of a stop (decision 10)
constexpr auto kCloseBudget = 1500ms;
constexpr auto kAskBudget = 10s;                         // about topics that a reload adds
constexpr std::int64_t kFiringAgainAfterUs = 5'000'000;  // a start: what was read again by then has put the state right

KafkaLog kafka_log(const char* client) {
  return [client](LogLevel level, std::string_view event, const std::string& text) {
    if (level >= LogLevel::kError) return log_error(event, text, {{"client", client}});
    if (level == LogLevel::kWarn) return log_warn(event, text, {{"client", client}});
    log_info(event, text, {{"client", client}});
  };
}

void log_transitions(const EnginePlan& plan, const ClosedWindow& closed) {
  const std::string& monitor = plan.alerts[closed.judgement->monitor].monitor;
  for (const AlertTransition& transition : closed.transitions) {
    const bool bad = transition.transition == Transition::kFiring || transition.transition == Transition::kUpdated;
    (bad ? log_warn : log_info)("alert", transition.summary,
                                {{"transition", transition_name(transition.transition)},
                                 {"monitor", monitor},
                                 {"feature", plan.alerts[closed.judgement->monitor].features[transition.feature].name},
                                 {"severity", transition.severity},
                                 {"alert_id", transition.alert_id},
                                 {"window_end", format_event_time(closed.judgement->end_us)}});
  }
}

void log_forgotten_receivers(const Snapshot& snapshot, const EnginePlan& plan) {
  for (const SnapshotSection& section : snapshot.sections) {
    if (!section.id.starts_with(kPushSection)) continue;
    const std::string name = section.id.substr(kPushSection.size());
    if (std::ranges::find(plan.pushes, name, &PushPlan::name) != plan.pushes.end()) continue;
    log_warn("receiver_gone", "what waits for a receiver that is no longer configured is forgotten", {{"sink", name}});
  }
}

}  // namespace

Running::~Running() {
  stop();
  close();
}

// ---- Made from the configuration

std::expected<std::unique_ptr<Running>, AppError> Running::create(Prepared prepared, const Surroundings& around) {
  std::unique_ptr<Running> made(new Running(std::move(prepared), around));
  if (auto done = made->make_clients(); !done) return std::unexpected(done.error());
  return made;
}

std::expected<void, AppError> Running::make_clients() {
  const Config& config = prepared_.config;
  const auto refuse = [](std::string why) { return std::unexpected(AppError{kExitConfig, false, std::move(why)}); };
  if (const std::vector<std::string> topics = sink_topics(config); !topics.empty()) {
    auto producer = KafkaSink::create(config.kafka, topics, kafka_log("sink"));
    if (!producer) return refuse(producer.error());
    sink_ = std::move(*producer);
  }
  auto targets = push_targets(config.alert_sinks);
  if (!targets) return refuse(targets.error());
  for (PushTarget& target : *targets) {
    auto queue = make_push_queue(target);
    pushes_.push_back(std::make_unique<PushReceiver>(target.name, std::move(target.receiver), std::move(queue)));
  }
  if (std::ranges::none_of(config.streams, needs_registry)) return {};
  auto ask = registry_over_http(config.schema_registry, [this] { return asked_enough_.load(); });
  if (!ask) return refuse(ask.error());
  registry_ = std::make_unique<SchemaRegistry>(config.schema_registry, std::move(*ask));
  return {};
}

std::expected<void, AppError> Running::try_reading(const EnginePlan& now, const std::function<bool()>& asked_to_stop) const {
  const Config& config = prepared_.config;
  std::vector<StreamConfig> added;
  for (StreamConfig stream : config.streams) {
    std::erase_if(stream.topics, [&now](const std::string& topic) { return now.stream_of_topic.contains(topic); });
    if (!stream.topics.empty()) added.push_back(std::move(stream));
  }
  auto reader = KafkaSource::create(config.kafka, added, {}, kafka_log("source"));
  if (!reader) return std::unexpected(AppError{kExitConfig, false, reader.error()});
  if (added.empty()) return {};
  for (const auto end = std::chrono::steady_clock::now() + kAskBudget; std::chrono::steady_clock::now() < end && !asked_to_stop();) {
    if ((*reader)->discover(100ms)) return {};
  }
  std::string why = "topics that are new cannot be read";
  for (const std::string& reason : (*reader)->status()->not_ready) why += "; " + reason;
  return std::unexpected(AppError{kExitUnavailable, false, std::move(why)});
}

// ---- Made from the snapshot

std::expected<void, AppError> Running::restore(std::optional<Snapshot> snapshot, std::shared_ptr<const DaemonStatus> before) {
  before_ = std::move(before);
  from_snapshot_ = snapshot.has_value();
  if (snapshot) {
    if (auto unknown = unknown_section(*snapshot); !unknown.empty())
      return std::unexpected(AppError{kExitConfig, false, std::move(unknown)});
    log_forgotten_receivers(*snapshot, *prepared_.plan);
    for (const SnapshotSection& section : snapshot->sections) {
      const auto id = partition_of_section(section.id);
      if (id && prepared_.plan->stream_of_topic.contains(id->topic)) states_.emplace(*id, partition_state(section));
    }
  }
  if (auto made = make_source(); !made) return made;
  return make_engine(snapshot);
}

std::expected<void, AppError> Running::make_source() {
  std::vector<SourcePosition> known;
  LastReads last_reads;
  for (const auto& [id, state] : states_) {
    auto saved = read_saved_partition(state);
    if (!saved) return std::unexpected(AppError{kExitConfig, false, "the snapshot's state of topic '" + id.topic + "' cannot be read"});
    known.push_back({id, saved->counters.next_offset});
    last_reads.emplace(id, std::move(saved->last));
  }
  const Config& config = prepared_.config;
  auto made = KafkaSource::create(config.kafka, config.streams, known, kafka_log("source"), {.last_reads = std::move(last_reads)});
  if (!made) return std::unexpected(AppError{kExitConfig, false, made.error()});
  source_ = std::move(*made);
  return {};
}

std::expected<void, AppError> Running::make_engine(const std::optional<Snapshot>& snapshot) {
  const Config& config = prepared_.config;
  const auto& plan = prepared_.plan;
  MergerLoopOptions merger;
  merger.shards = shard_count(config.engine);
  merger.store = &around_.store;
  merger.sink = sink_.get();
  for (const auto& push : pushes_) merger.pushes.push_back(push.get());
  merger.flush_sink = [this] { return sink_ == nullptr || sink_->flush(kFlushBudget); };
  if (config.history.enabled) {
    merger.before_snapshot = [this] { around_.history.settle(); };
    for (std::size_t m = 0; m < plan->monitors.size(); ++m) {
      history_plans_.push_back(
          std::make_shared<const HistoryPlan>(HistoryPlan{plan, &plan->alerts[m], &plan->monitors[m], plan->panes[m].state_key}));
    }
  }
  merger.on_window = [this](const ClosedWindow& closed) { window_closed(closed); };
  if (before_) merger.before = before_->monitors;
  engine_ = std::make_unique<RunningEngine>(*plan, *source_,
                                            SourceLoopOptions{config.state.snapshot_interval, config.state.snapshot_records, false,
                                                              [this] { commit_durable(); }, registry_.get()},
                                            std::move(merger));
  if (!snapshot) return {};
  if (const auto restored = engine_->merger().restore(*snapshot); !restored) {
    return std::unexpected(AppError{kExitConfig, false, restored.error() + "; --reset-state starts afresh"});
  }
  for (std::size_t p = 0; p < pushes_.size(); ++p) {
    pushes_[p]->restore(engine_->merger().engine().firing_events(plan->pushes[p]), kFiringAgainAfterUs);
  }
  return {};
}

void Running::window_closed(const ClosedWindow& closed) {
  const AlertPlan& alerts = prepared_.plan->alerts[closed.judgement->monitor];
  log_transitions(*prepared_.plan, closed);
  for (const AlertTransition& to : closed.transitions) around_.events.publish(kAlertEvent, alert_message(alerts, *closed.judgement, to));
  around_.events.publish(kWindowEvent, window_message(alerts, *closed.judgement));
  if (!history_plans_.empty()) around_.history.add({history_plans_[closed.judgement->monitor], closed.judgement, closed.transitions});
  if (around_.on_window) around_.on_window(closed);
}

// ---- Run

// The snapshot does not belong to the topics that are there: the daemon ends, and an operator chooses (decision 9).
bool Running::diverged() {
  failure_ = source_->status()->diverged;
  failure_code_ = kExitConfig;
  return !failure_.empty();
}

// What begins here and is in no snapshot yet must be durable before the first poll (decision 7): where reading of a partition starts, a
// monitor that begins anew, an alert that ends. False: it cannot be written.
bool Running::save_positions(const std::vector<SourcePosition>& positions) {
  MergerLoop& merger = engine_->merger();
  const bool all_known = std::ranges::all_of(positions, [this](const SourcePosition& position) { return states_.contains(position.id); });
  if (from_snapshot_ && all_known && !merger.engine().loaded_other()) return true;
  std::map<TopicPartition, std::int64_t> starts;
  for (const SourcePosition& position : positions) starts.emplace(position.id, position.next_offset);
  const auto saved = merger.save_initial(starts, source_->topic_ids(), states_);
  if (saved) return true;
  failure_ = "the first snapshot could not be written: " + saved.error().message;
  failure_code_ = saved.error().fault == StoreFault::kCorrupt ? kExitConfig : kExitIo;
  return false;
}

bool Running::begin(std::chrono::milliseconds wait) {
  const auto positions = source_->discover(wait);
  if (diverged()) return false;
  if (!positions) return true;
  if (!save_positions(*positions)) return false;
  tell_ended();
  log_info("assigned", "reading", {{"partitions", positions->size()}});
  source_->assign();
  engine_->source_loop().restore(std::move(states_));
  start_threads();
  engine_->start();
  begun_ = true;
  return true;
}

void Running::tell_ended() {
  const std::vector<EndedAlert>& all = engine_->merger().engine().ended();
  if (!all.empty() && prepared_.config.history.enabled) around_.history.add({nullptr, nullptr, {}, all});
  for (const EndedAlert& ended : all) {
    const AlertStatus& alert = ended.status;
    log_info("alert", alert.summary,
             {{"transition", "resolved"},
              {"monitor", ended.monitor},
              {"feature", alert.feature},
              {"severity", alert.severity},
              {"alert_id", alert.alert_id},
              {"window_end", format_event_time(alert.resolved_us)}});
    around_.events.publish(kAlertEvent, ended_message(ended));
  }
}

// A thread each: none waits for another, not even for a name that nobody looks up.
void Running::start_threads() {
  for (const auto& push : pushes_) {
    threads_.emplace_back([&push](const std::stop_token& stop) {
      set_thread_name("push");
      push->run([&stop] { return stop.stop_requested(); });
    });
  }
  if (registry_ == nullptr) return;
  threads_.emplace_back([this] {
    set_thread_name("registry");
    registry_->run();
  });
}

// What the last snapshot holds, for lag dashboards only; the next start reads the snapshot. Source thread.
void Running::commit_durable() {
  const auto published = engine_->merger().status().load();
  if (published->durable_offsets == committed_) return;
  committed_ = published->durable_offsets;
  std::vector<SourcePosition> positions;
  for (const auto& [id, next] : committed_) positions.push_back({id, next});
  source_->commit(positions);
}

bool Running::has_failed() {
  if (!failure_.empty() || diverged()) return true;
  if (!engine_->finished()) return false;
  failure_ = engine_->failure();
  return true;
}

// ---- End

void Running::stop() {
  draining_ = true;
  if (begun_ && engine_ != nullptr) {
    engine_->request_stop();
    engine_->join();
    if (failure_.empty()) failure_ = engine_->failure();
  }
  asked_enough_ = true;
  if (registry_ != nullptr) registry_->close();
  for (std::jthread& thread : threads_) thread.request_stop();  // all, before any is waited for
  threads_.clear();
}

bool Running::close() {
  engine_.reset();
  const bool sink_closed = sink_ == nullptr || sink_->close(kCloseBudget);
  const bool source_closed = source_ == nullptr || source_->close(kCloseBudget);
  return sink_closed && source_closed;
}

// ---- Looked at

std::uint64_t Running::records_read() const {
  std::uint64_t records = 0;
  for (const PartitionStatus& partition : engine_->merger().status().load()->partitions) records += partition.records;
  return records;
}

void Running::add_partitions(const KafkaSourceStatus& kafka, DaemonStatus& status) const {
  for (PartitionStatus& partition : status.partitions) {
    const auto found = std::find_if(kafka.partitions.begin(), kafka.partitions.end(), [&](const auto& p) { return p.id == partition.id; });
    if (found == kafka.partitions.end()) continue;
    partition.end_offset = found->end_offset;
    partition.paused = found->paused;
    partition.duplicates = found->duplicates;
  }
  std::sort(status.partitions.begin(), status.partitions.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
}

void Running::add_sinks(const EngineStatus& published, DaemonStatus& status) const {
  if (sink_ != nullptr) {
    status.sinks.push_back(published.sink);
    status.sinks.back().times = sink_->status()->times;
  }
  for (std::size_t p = 0; p < pushes_.size(); ++p) {
    const auto counts = pushes_[p]->counts();
    SinkStatus& push = status.sinks.emplace_back(published.pushes[p]);
    push.delivered = counts->ok;
    push.retried = counts->retry;
    push.failed += counts->error;
    push.times = counts->times;
  }
}

void Running::add_readiness(const KafkaSourceStatus& kafka, DaemonStatus& status) const {
  status.not_ready = kafka.not_ready;
  if (!kafka.assigned && kafka.not_ready.empty()) status.not_ready.push_back("kafka: looking for the partitions");
  const std::int64_t last = status.snapshot_last_success_wall_us;
  const std::int64_t limit_us = 3 * std::chrono::duration_cast<std::chrono::microseconds>(prepared_.config.state.snapshot_interval).count();
  if (last != kNoTime && wall_us() - last > limit_us) status.not_ready.push_back("state: the last snapshot is older than three intervals");
  if (sink_ != nullptr) {
    for (const std::string& problem : sink_->status()->problems) status.not_ready.push_back("sink: " + problem);
  }
  if (status.registry) {
    for (const std::string& problem : status.registry->problems) status.not_ready.push_back("schema_registry: " + problem);
  }
  if (draining_) status.not_ready.push_back("draining: asked to stop");
  status.ready = status.not_ready.empty();
}

DaemonStatus Running::status() const {
  DaemonStatus status;
  status.config_hash = prepared_.config.hash;
  status.grafana_url = prepared_.config.alert_sinks.links.grafana;
  if (const auto published = engine_->merger().status().load()) {
    status.monitors = published->monitors;
    status.partitions = published->partitions;
    add_sinks(*published, status);
    status.snapshot_last_success_wall_us = published->snapshot_last_success_wall_us;
    status.snapshot_size_bytes = published->snapshot_size_bytes;
    status.snapshots = published->snapshots;
    status.snapshot_failures = published->snapshot_failures;
    status.snapshot_times = published->snapshot_times;
    status.state_bytes = published->state_bytes;
    status.dead_letters = published->dead_letters;
  }
  if (registry_ != nullptr) status.registry = *registry_->status();
  status.stalled = engine_->stalled(std::chrono::steady_clock::now());
  status.queues = engine_->queues();
  if (sink_ == nullptr) status.queues.pop_back();  // no events leave
  const auto kafka = source_->status();
  status.kafka_errors = kafka->errors;
  status.topic_partitions = kafka->topic_partitions;
  status.partitions_assigned = kafka->assigned_changes;
  status.partitions_revoked = kafka->revoked_changes;
  status.commits_ok = kafka->commits_ok;
  status.commits_failed = kafka->commits_failed;
  add_partitions(*kafka, status);
  if (before_) {
    add_before(*before_, status);
    std::erase_if(status.partitions,
                  [this](const auto& partition) { return !prepared_.plan->stream_of_topic.contains(partition.id.topic); });
  }
  add_readiness(*kafka, status);
  return status;
}

}  // namespace driftd
