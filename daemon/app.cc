#include "daemon/app.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "config/print.h"
#include "daemon/api/live.h"
#include "daemon/app_engine.h"
#include "daemon/app_service.h"
#include "daemon/cli/verb.h"
#include "daemon/engine_summary.h"
#include "daemon/history/reader.h"
#include "daemon/history/writer.h"
#include "daemon/http/credentials.h"
#include "daemon/http/server.h"
#include "daemon/registry/schema_registry.h"
#include "daemon/routes.h"
#include "daemon/runtime/event_time.h"
#include "daemon/runtime/logger.h"
#include "daemon/runtime/signals.h"
#include "daemon/runtime/thread_name.h"
#include "daemon/runtime/version.h"
#include "daemon/runtime/wall_clock.h"
#include "daemon/sink/kafka_sink.h"
#include "daemon/sink/push_receiver.h"
#include "daemon/sink/push_receivers.h"
#include "daemon/source/kafka_source.h"
#include "daemon/state/file_store.h"
#include "daemon/state/state_dir.h"

namespace driftd {

using namespace std::chrono_literals;

namespace {

constexpr auto kFlushBudget = 1500ms;  // this and two closes stay well under the 10 s of a stop (decision 10)
constexpr auto kCloseBudget = 1500ms;
constexpr auto kHistoryBudget = 1500ms;
constexpr std::int64_t kFiringAgainAfterUs = 5'000'000;  // a start: what was read again by then has put the state right

KafkaLog kafka_log(const char* client) {
  return [client](LogLevel level, std::string_view event, const std::string& text) {
    if (level >= LogLevel::kError) return log_error(event, text, {{"client", client}});
    if (level == LogLevel::kWarn) return log_warn(event, text, {{"client", client}});
    log_info(event, text, {{"client", client}});
  };
}

AppError store_error(const StoreError& error) {
  const int code = error.fault == StoreFault::kLocked ? kExitTryAgain : error.fault == StoreFault::kCorrupt ? kExitConfig : kExitIo;
  return {code, false, error.message};
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

}  // namespace

struct App::Parts {
  Config config;
  std::shared_ptr<const EnginePlan> plan;
  AppOptions options;
  std::optional<FileStore> store;
  std::optional<Snapshot> snapshot;
  std::map<TopicPartition, std::string> states;      // of the snapshot
  std::map<TopicPartition, std::int64_t> committed;  // to the group
  std::unique_ptr<KafkaSource> source;
  std::unique_ptr<KafkaSink> sink;
  std::unique_ptr<SchemaRegistry> registry;  // where a stream's records name schemas
  std::unique_ptr<HistoryWriter> history;    // null: history.enabled is false
  std::unique_ptr<HistoryReader> past;
  std::vector<std::shared_ptr<const HistoryPlan>> history_plans;  // by monitor
  std::atomic<bool> history_ended = false;
  const std::shared_ptr<EventRing> events = std::make_shared<EventRing>(fmt::format("{:x}", wall_us()));
  std::vector<std::unique_ptr<PushReceiver>> pushes;  // in the order of plan->pushes
  std::unique_ptr<RunningEngine> engine;
  std::vector<std::jthread> push_threads;
  std::optional<HttpServer> http;
  std::unique_ptr<Routes> routes;
  std::atomic<bool> draining = false;
  std::atomic<bool> asked_enough = false;  // of the registry
  std::int64_t started_us = wall_us();
  std::string failure;  // what ended the daemon, where nobody asked it to end
  int failure_code = kExitConfig;

  std::expected<void, AppError> open_state();
  void open_history(const std::string& dir);
  void write_history();
  bool end_history();
  void tell_followers(const ClosedWindow& closed);
  std::expected<void, AppError> open_kafka();
  std::expected<void, AppError> open_registry();
  std::expected<void, AppError> make_engine();
  std::expected<void, AppError> make_pushes();
  void start_pushes();
  void add_sinks(const EngineStatus& published, DaemonStatus& status) const;
  std::expected<void, AppError> listen();
  DaemonStatus status() const;
  void add_partitions(const KafkaSourceStatus& kafka, DaemonStatus& status) const;
  void add_readiness(const KafkaSourceStatus& kafka, DaemonStatus& status) const;
  bool diverged();
  bool find_partitions();
  void commit_durable();
  void serve_until_stopped();
  void drain();
  int close();
};

std::expected<void, AppError> App::Parts::open_state() {
  const std::string dir = state_dir(config.state.dir);
  log_info("state", "state directory", {{"dir", dir}});
  auto opened = FileStore::open(dir, config.state.generations);
  if (!opened) return std::unexpected(store_error(opened.error()));
  store = std::move(*opened);
  open_history(dir);
  if (options.reset_state) {
    log_warn("state_reset", "every snapshot is removed, as asked", {{"dir", dir}});
    if (const auto reset = store->reset(); !reset) return std::unexpected(store_error(reset.error()));
  }
  auto loaded = store->load();
  if (!loaded) return std::unexpected(store_error(loaded.error()));
  for (const std::string& skipped : store->skipped()) log_error("snapshot_damaged", "an older snapshot is used", {{"reason", skipped}});
  snapshot = std::move(*loaded);
  if (!snapshot) return {};
  if (auto unknown = unknown_section(*snapshot); !unknown.empty()) return std::unexpected(AppError{kExitConfig, false, std::move(unknown)});
  for (const SnapshotSection& section : snapshot->sections) {
    if (const auto id = partition_of_section(section.id); id && plan->stream_of_topic.contains(id->topic))
      states.emplace(*id, partition_state(section));
  }
  return {};
}

// The file itself is opened by the history's own thread: however large or damaged it is, the start does not wait for it.
void App::Parts::open_history(const std::string& dir) {
  if (!config.history.enabled) return;
  const std::int64_t retention_us = std::chrono::duration_cast<std::chrono::microseconds>(config.history.retention).count();
  history = std::make_unique<HistoryWriter>(dir + "/history.db", HistoryLimits{retention_us, config.history.max_size_bytes});
  past = std::make_unique<HistoryReader>(history->path());
  for (std::size_t m = 0; m < plan->monitors.size(); ++m) {
    history_plans.push_back(
        std::make_shared<const HistoryPlan>(HistoryPlan{plan, &plan->alerts[m], &plan->monitors[m], plan->panes[m].state_key}));
  }
}

void App::Parts::write_history() {
  history->run();
  history_ended = true;
}

// False: the disk does not let go of it.
bool App::Parts::end_history() {
  if (!history) return true;
  history->stop();
  for (const auto end = std::chrono::steady_clock::now() + kHistoryBudget; !history_ended && std::chrono::steady_clock::now() < end;) {
    std::this_thread::sleep_for(5ms);
  }
  return history_ended;
}

void App::Parts::tell_followers(const ClosedWindow& closed) {
  const AlertPlan& alerts = plan->alerts[closed.judgement->monitor];
  for (const AlertTransition& to : closed.transitions) events->publish(kAlertEvent, alert_message(alerts, *closed.judgement, to));
  events->publish(kWindowEvent, window_message(alerts, *closed.judgement));
}

std::expected<void, AppError> App::Parts::open_kafka() {
  std::vector<SourcePosition> known;
  LastReads last_reads;
  for (const auto& [id, state] : states) {
    auto saved = read_saved_partition(state);
    if (!saved) return std::unexpected(AppError{kExitConfig, false, "the snapshot's state of topic '" + id.topic + "' cannot be read"});
    known.push_back({id, saved->counters.next_offset});
    last_reads.emplace(id, std::move(saved->last));
  }
  auto made = KafkaSource::create(config.kafka, config.streams, known, kafka_log("source"), {.last_reads = std::move(last_reads)});
  if (!made) return std::unexpected(AppError{kExitConfig, false, made.error()});
  source = std::move(*made);
  const std::vector<std::string> topics = sink_topics(config);
  if (topics.empty()) return {};
  auto producer = KafkaSink::create(config.kafka, topics, kafka_log("sink"));
  if (!producer) return std::unexpected(AppError{kExitConfig, false, producer.error()});
  sink = std::move(*producer);
  return {};
}

std::expected<void, AppError> App::Parts::open_registry() {
  if (std::ranges::none_of(config.streams, needs_registry)) return {};
  auto ask = registry_over_http(config.schema_registry, [this] { return asked_enough.load(); });
  if (!ask) return std::unexpected(AppError{kExitConfig, false, ask.error()});
  registry = std::make_unique<SchemaRegistry>(config.schema_registry, std::move(*ask));
  return {};
}

std::expected<void, AppError> App::Parts::make_engine() {
  MergerLoopOptions merger;
  merger.shards = shard_count(config.engine);
  merger.store = &*store;
  merger.sink = sink.get();
  for (const auto& push : pushes) merger.pushes.push_back(push.get());
  merger.flush_sink = [this] { return sink == nullptr || sink->flush(kFlushBudget); };
  if (history) merger.before_snapshot = [this] { history->settle(); };
  merger.on_window = [this](const ClosedWindow& closed) {
    log_transitions(*plan, closed);
    tell_followers(closed);
    if (history) history->add({history_plans[closed.judgement->monitor], closed.judgement, closed.transitions});
    if (options.on_window) options.on_window(closed);
  };
  engine = std::make_unique<RunningEngine>(
      *plan, *source,
      SourceLoopOptions{config.state.snapshot_interval, config.state.snapshot_records, false, [this] { commit_durable(); }, registry.get()},
      std::move(merger));
  if (!snapshot) return {};
  if (const auto restored = engine->merger().restore(*snapshot); !restored) {
    return std::unexpected(AppError{kExitConfig, false, restored.error() + "; --reset-state starts afresh"});
  }
  for (std::size_t p = 0; p < pushes.size(); ++p) {
    pushes[p]->restore(engine->merger().engine().firing_events(plan->pushes[p]), kFiringAgainAfterUs);
  }
  return {};
}

std::expected<void, AppError> App::Parts::make_pushes() {
  auto targets = push_targets(config.alert_sinks);
  if (!targets) return std::unexpected(AppError{kExitConfig, false, targets.error()});
  for (PushTarget& target : *targets) {
    auto queue = make_push_queue(target);
    pushes.push_back(std::make_unique<PushReceiver>(target.name, std::move(target.receiver), std::move(queue)));
  }
  if (!snapshot) return {};
  for (const SnapshotSection& section : snapshot->sections) {
    if (!section.id.starts_with(kPushSection)) continue;
    const std::string name = section.id.substr(kPushSection.size());
    if (std::ranges::find(plan->pushes, name, &PushPlan::name) != plan->pushes.end()) continue;
    log_warn("receiver_gone", "what waits for a receiver that is no longer configured is forgotten", {{"sink", name}});
  }
  return {};
}

// A thread each: none waits for another, not even for a name that nobody looks up.
void App::Parts::start_pushes() {
  for (const auto& push : pushes) {
    push_threads.emplace_back([&push](const std::stop_token& stop) {
      set_thread_name("push");
      push->run([&stop] { return stop.stop_requested(); });
    });
  }
}

std::expected<void, AppError> App::Parts::listen() {
  RouteSources sources{.status = [this] { return std::make_shared<const DaemonStatus>(status()); },
                       .wall_us = wall_us,
                       .events = events,
                       .config_yaml = print_config(config),
                       .history = [this] { return past.get(); }};
  routes = std::make_unique<Routes>(std::move(sources), config.metrics);
  auto credentials = read_http_credentials(config.http, wall_us() / 1'000'000);
  if (!credentials) return std::unexpected(AppError{kExitConfig, false, credentials.error()});
  if (const auto warning = expiry_warning(config.http, **credentials, wall_us() / 1'000'000); !warning.empty()) {
    log_warn("configuration", warning);
  }
  auto bound = HttpServer::listen({.listen = config.http.listen,
                                   .external_url = config.http.external_url,
                                   .limits = {},
                                   .slow_thread = true,
                                   .login_thread = true,
                                   .credentials = std::move(*credentials)},
                                  routes->handler());
  if (!bound) return std::unexpected(AppError{kExitIo, bound.error().in_use, bound.error().message});
  http.emplace(std::move(*bound));
  return {};
}

std::expected<std::unique_ptr<App>, AppError> App::create(const Config& config, std::shared_ptr<const EnginePlan> plan,
                                                          AppOptions options) {
  auto parts = std::make_unique<Parts>();
  parts->config = config;
  parts->plan = std::move(plan);
  parts->options = std::move(options);
  for (const auto step :
       {&Parts::listen, &Parts::open_state, &Parts::open_kafka, &Parts::make_pushes, &Parts::open_registry, &Parts::make_engine}) {
    if (auto done = (parts.get()->*step)(); !done) return std::unexpected(done.error());
  }
  return std::unique_ptr<App>(new App(std::move(parts)));
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
App::~App() = default;

std::string App::url() const { return parts_->http->url(); }

std::uint64_t App::records_read() const {
  std::uint64_t records = 0;
  for (const PartitionStatus& partition : parts_->engine->merger().status().load()->partitions) records += partition.records;
  return records;
}

void App::Parts::add_partitions(const KafkaSourceStatus& kafka, DaemonStatus& status) const {
  for (PartitionStatus& partition : status.partitions) {
    const auto found = std::find_if(kafka.partitions.begin(), kafka.partitions.end(), [&](const auto& p) { return p.id == partition.id; });
    if (found == kafka.partitions.end()) continue;
    partition.end_offset = found->end_offset;
    partition.paused = found->paused;
    partition.duplicates = found->duplicates;
  }
  std::sort(status.partitions.begin(), status.partitions.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
}

void App::Parts::add_sinks(const EngineStatus& published, DaemonStatus& status) const {
  if (sink != nullptr) {
    status.sinks.push_back(published.sink);
    status.sinks.back().times = sink->status()->times;
  }
  for (std::size_t p = 0; p < pushes.size(); ++p) {
    const auto counts = pushes[p]->counts();
    SinkStatus& push = status.sinks.emplace_back(published.pushes[p]);
    push.delivered = counts->ok;
    push.retried = counts->retry;
    push.failed += counts->error;
    push.times = counts->times;
  }
}

void App::Parts::add_readiness(const KafkaSourceStatus& kafka, DaemonStatus& status) const {
  status.not_ready = kafka.not_ready;
  if (!kafka.assigned && kafka.not_ready.empty()) status.not_ready.push_back("kafka: looking for the partitions");
  const std::int64_t last = status.snapshot_last_success_wall_us;
  const std::int64_t limit_us = 3 * std::chrono::duration_cast<std::chrono::microseconds>(config.state.snapshot_interval).count();
  if (last != kNoTime && wall_us() - last > limit_us) status.not_ready.push_back("state: the last snapshot is older than three intervals");
  if (sink != nullptr) {
    for (const std::string& problem : sink->status()->problems) status.not_ready.push_back("sink: " + problem);
  }
  if (status.registry) {
    for (const std::string& problem : status.registry->problems) status.not_ready.push_back("schema_registry: " + problem);
  }
  if (draining) status.not_ready.push_back("draining: asked to stop");
  status.ready = status.not_ready.empty();
}

DaemonStatus App::Parts::status() const {
  DaemonStatus status;
  status.version = std::string(version());
  status.revision = std::string(revision());
  status.config_hash = config.hash;
  status.grafana_url = config.alert_sinks.links.grafana;
  status.log_messages = log_counts();
  if (history) status.history = history->status();
  status.now_wall_us = wall_us();
  status.started_wall_us = status.config_reload_wall_us = started_us;
  if (engine == nullptr) {
    status.not_ready.push_back("state: the snapshot is being read");
    return status;
  }
  if (const auto published = engine->merger().status().load()) {
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
  if (registry != nullptr) status.registry = *registry->status();
  status.stalled = engine->stalled(std::chrono::steady_clock::now());
  status.queues = engine->queues();
  if (sink == nullptr) status.queues.pop_back();  // no events leave
  const auto kafka = source->status();
  status.kafka_errors = kafka->errors;
  status.topic_partitions = kafka->topic_partitions;
  status.partitions_assigned = kafka->assigned_changes;
  status.partitions_revoked = kafka->revoked_changes;
  status.commits_ok = kafka->commits_ok;
  status.commits_failed = kafka->commits_failed;
  add_partitions(*kafka, status);
  add_readiness(*kafka, status);
  return status;
}

// The snapshot does not belong to the topics that are there: the daemon ends, and an operator chooses (decision 9).
bool App::Parts::diverged() {
  failure = source->status()->diverged;
  failure_code = kExitConfig;
  return !failure.empty();
}

// Until every partition and its first offset is known. Without a snapshot these positions become durable before the first
// poll (decision 7). False: asked to stop, or the state cannot be written, or does not fit.
bool App::Parts::find_partitions() {
  std::optional<std::vector<SourcePosition>> positions;
  while (!positions) {
    if (stop_requested() || (options.stop && options.stop())) return false;
    positions = source->discover(100ms);
    if (diverged()) return false;
  }
  if (!snapshot) {
    std::map<TopicPartition, std::int64_t> starts;
    for (const SourcePosition& position : *positions) starts.emplace(position.id, position.next_offset);
    if (const auto saved = engine->merger().save_initial(starts, source->topic_ids()); !saved) {
      failure = "the first snapshot could not be written: " + saved.error().message;
      failure_code = kExitIo;
      return false;
    }
  }
  log_info("assigned", "reading", {{"partitions", positions->size()}});
  source->assign();
  return true;
}

// What the last snapshot holds, for lag dashboards only; the next start reads the snapshot. Source thread.
void App::Parts::commit_durable() {
  const auto published = engine->merger().status().load();
  if (published->durable_offsets == committed) return;
  committed = published->durable_offsets;
  std::vector<SourcePosition> positions;
  for (const auto& [id, next] : committed) positions.push_back({id, next});
  source->commit(positions);
}

void App::Parts::serve_until_stopped() {
  while (!engine->finished() && !stop_requested() && !(options.stop && options.stop()) && !diverged())
    wait_for_signal(options.stop ? 5 : 100);
}

void App::Parts::drain() {
  draining = true;
  log_info("stopping", "finishing what was read");
  engine->request_stop();
  engine->join();
}

int App::Parts::close() {
  if (failure.empty()) failure = engine->failure();
  const bool failed = !failure.empty();
  if (failed) log_error("failed", failure);
  engine.reset();
  for (std::jthread& thread : push_threads) thread.request_stop();  // all, before any is waited for
  push_threads.clear();
  const bool history_closed = end_history();
  const bool sink_closed = sink == nullptr || sink->close(kCloseBudget);
  const bool source_closed = source->close(kCloseBudget);
  const int code = failed ? failure_code : kExitOk;
  log_info("stopped", "stopped", {{"exit", code}});
  flush_log();
  if (history_closed && sink_closed && source_closed) return code;
  // librdkafka or the disk did not return in time; the state is on disk (reliability 3.6).
  std::fflush(nullptr);
  std::_Exit(code);
}

int App::run() {
  Parts& parts = *parts_;
  std::jthread http([&] {
    set_thread_name("http");
    parts.http->run();
  });
  std::jthread schemas([&] {
    set_thread_name("registry");
    if (parts.registry != nullptr) parts.registry->run();
  });
  std::jthread slow_answers([&] {
    set_thread_name("http_slow");
    parts.http->run_slow();
  });
  std::jthread logins([&] {
    set_thread_name("logins");
    parts.http->run_logins();
  });
  std::jthread history([&] {
    if (!parts.history) return;
    set_thread_name("history");
    parts.write_history();
  });
  std::jthread service([&](const std::stop_token& stop) {
    set_thread_name("service");
    report_to_service_manager(stop, [&] { return parts.status(); });
  });
  log_info("listening", "page and metrics", {{"url", url()}});
  if (parts.find_partitions()) {
    parts.engine->source_loop().restore(std::move(parts.states));
    parts.start_pushes();
    parts.engine->start();
    parts.serve_until_stopped();
    service.request_stop();
    parts.drain();
  }
  service.request_stop();
  service.join();
  parts.asked_enough = true;
  if (parts.registry != nullptr) parts.registry->close();
  schemas.join();
  parts.http->stop();
  http.join();
  slow_answers.join();
  logins.join();
  return parts.close();
}

}  // namespace driftd
