#include "daemon/app.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "config/print.h"
#include "daemon/app_reload.h"
#include "daemon/app_service.h"
#include "daemon/app_watch.h"
#include "daemon/cli/verb.h"
#include "daemon/history/reader.h"
#include "daemon/http/credentials.h"
#include "daemon/http/server.h"
#include "daemon/routes.h"
#include "daemon/runtime/guarded.h"
#include "daemon/runtime/logger.h"
#include "daemon/runtime/signals.h"
#include "daemon/runtime/thread_name.h"
#include "daemon/runtime/version.h"
#include "daemon/runtime/wall_clock.h"
#include "daemon/state/state_dir.h"

namespace driftd {

using namespace std::chrono_literals;

namespace {

constexpr auto kHistoryBudget = 1500ms;

AppError store_error(const StoreError& error) {
  const int code = error.fault == StoreFault::kLocked ? kExitTryAgain : error.fault == StoreFault::kCorrupt ? kExitConfig : kExitIo;
  return {code, false, error.message};
}

// A certificate that soon ends is told.
std::expected<std::shared_ptr<const HttpCredentials>, std::string> read_credentials(const HttpConfig& config) {
  const std::int64_t now_s = wall_us() / 1'000'000;
  auto credentials = read_http_credentials(config, now_s);
  if (!credentials) return credentials;
  if (const auto warning = expiry_warning(config, **credentials, now_s); !warning.empty()) log_warn("configuration", warning);
  return credentials;
}

HistoryLimits history_limits(const HistoryConfig& config) {
  return {std::chrono::duration_cast<std::chrono::microseconds>(config.retention).count(), config.max_size_bytes};
}

}  // namespace

struct App::Parts {
  AppOptions options;
  std::optional<FileStore> store;
  std::unique_ptr<HistoryWriter> history;
  std::unique_ptr<HistoryReader> past;
  std::atomic<bool> keeps_history = false, history_ended = true;
  std::jthread history_thread;  // from the first configuration on that keeps one
  const std::shared_ptr<EventRing> events = std::make_shared<EventRing>(fmt::format("{:x}", wall_us()));
  Guarded<Running> in_force;     // for whoever looks; none while a reload swaps it
  Running* running = nullptr;    // the same, for the main thread
  Published<DaemonStatus> last;  // of what was in force before, while none is
  Published<RouteSettings> settings;
  std::optional<HttpServer> http;
  std::unique_ptr<Routes> routes;
  BoundedQueue<std::shared_ptr<ReloadAnswer>> reload_asked{1};
  std::optional<FileWatch> watch;
  Published<ReloadStatus> reloaded;
  std::atomic<std::int64_t> config_taken_us = 0;
  std::atomic<std::uint64_t> reloads_begun = 0, reloads_ended = 0;
  std::atomic<std::int64_t> swap_since_us = kNoTime;  // wall time
  std::atomic<bool> quit = false;
  const std::int64_t started_us = wall_us();
  std::string failure;  // what ended the daemon, where nobody asked it to end
  int failure_code = kExitConfig;

  std::expected<void, AppError> listen(const Config& config);
  std::expected<void, AppError> open_state(const Config& config);
  std::expected<std::optional<Snapshot>, AppError> load_snapshot();
  void open_history(const Config& config, const std::string& dir);
  void keep_history(const HistoryConfig& config);
  bool end_history();
  Surroundings surroundings() { return {*store, *history, *events, options.on_window}; }
  void put_in_force(std::unique_ptr<Running> made);

  DaemonStatus status() const;
  DaemonStatus status_of_parts() const;
  void add_reload(DaemonStatus& status) const;

  bool asked_to_stop() const { return quit || stop_requested() || (options.stop && options.stop()); }
  void serve();
  void look_for_reloads();
  void reload(const char* asked_by, ReloadAnswer* answer);
  std::expected<ReloadStatus, Problems> take_configuration();
  std::expected<void, AppError> swap(std::unique_ptr<Running> wanted);
  std::expected<void, AppError> take_place(std::unique_ptr<Running> made, std::shared_ptr<const DaemonStatus> before);
  void end_reloads();
  int close();
};

// ---- Start

std::expected<void, AppError> App::Parts::open_state(const Config& config) {
  const std::string dir = state_dir(config.state.dir);
  log_info("state", "state directory", {{"dir", dir}});
  auto opened = FileStore::open(dir, config.state.generations);
  if (!opened) return std::unexpected(store_error(opened.error()));
  store = std::move(*opened);
  open_history(config, dir);
  if (!options.reset_state) return {};
  log_warn("state_reset", "every snapshot is removed, as asked", {{"dir", dir}});
  if (const auto reset = store->reset(); !reset) return std::unexpected(store_error(reset.error()));
  return {};
}

std::expected<std::optional<Snapshot>, AppError> App::Parts::load_snapshot() {
  auto loaded = store->load();
  if (!loaded) return std::unexpected(store_error(loaded.error()));
  for (const std::string& skipped : store->skipped()) log_error("snapshot_damaged", "an older snapshot is used", {{"reason", skipped}});
  return std::move(*loaded);
}

// The file itself is opened by the history's own thread: however large or damaged it is, the start does not wait for it.
void App::Parts::open_history(const Config& config, const std::string& dir) {
  history = std::make_unique<HistoryWriter>(dir + "/history.db", history_limits(config.history));
  past = std::make_unique<HistoryReader>(history->path());
}

void App::Parts::keep_history(const HistoryConfig& config) {
  history->set_limits(history_limits(config));
  keeps_history = config.enabled;
  if (!config.enabled || history_thread.joinable()) return;
  history_ended = false;
  history_thread = std::jthread([this] {
    set_thread_name("history");
    history->run();
    history_ended = true;
  });
}

// False: the disk does not let go of it.
bool App::Parts::end_history() {
  history->stop();
  for (const auto end = std::chrono::steady_clock::now() + kHistoryBudget; !history_ended && std::chrono::steady_clock::now() < end;) {
    std::this_thread::sleep_for(5ms);
  }
  return history_ended;
}

std::expected<void, AppError> App::Parts::listen(const Config& config) {
  RouteSources sources{.status = [this] { return std::make_shared<const DaemonStatus>(status()); },
                       .wall_us = wall_us,
                       .events = events,
                       .history = [this] { return keeps_history ? past.get() : nullptr; },
                       .settings = [this] { return settings.load(); }};
  if (config.http.enable_lifecycle) {
    sources.ask_reload = [this]() -> std::shared_ptr<ReloadAnswer> {
      auto answer = std::make_shared<ReloadAnswer>(1);
      if (std::shared_ptr<ReloadAnswer> asked = answer; reload_asked.try_push(asked)) return answer;
      if (!reload_asked.closed()) return nullptr;
      answer->close();
      return answer;
    };
    sources.quit = [this] { quit = true; };
  }
  routes = std::make_unique<Routes>(std::move(sources), config.metrics);
  auto credentials = read_credentials(config.http);
  if (!credentials) return std::unexpected(AppError{kExitConfig, false, credentials.error()});
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

void App::Parts::put_in_force(std::unique_ptr<Running> made) {
  const Config& config = made->prepared().config;
  set_log(config.log);
  keep_history(config.history);
  settings.store(std::make_shared<const RouteSettings>(RouteSettings{print_config(config), config.metrics}));
  if (!config.reload.watch || options.config_file.empty()) {
    watch.reset();
  } else if (!watch) {
    watch.emplace(options.config_file);
  }
  running = made.get();
  in_force.exchange(std::move(made));
}

std::expected<std::unique_ptr<App>, AppError> App::create(Prepared prepared, AppOptions options) {
  auto parts = std::make_unique<Parts>();
  parts->options = std::move(options);
  parts->config_taken_us = parts->started_us;
  if (auto bound = parts->listen(prepared.config); !bound) return std::unexpected(bound.error());
  if (auto opened = parts->open_state(prepared.config); !opened) return std::unexpected(opened.error());
  auto snapshot = parts->load_snapshot();
  if (!snapshot) return std::unexpected(snapshot.error());
  auto made = Running::create(std::move(prepared), parts->surroundings());
  if (!made) return std::unexpected(made.error());
  if (auto restored = (*made)->restore(std::move(*snapshot)); !restored) return std::unexpected(restored.error());
  parts->put_in_force(std::move(*made));
  return std::unique_ptr<App>(new App(std::move(parts)));
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
App::~App() {
  if (parts_->history) parts_->history->stop();  // its thread ends before it does
}

std::string App::url() const { return parts_->http->url(); }

std::uint64_t App::records_read() const {
  return parts_->in_force.look([](const Running* running) { return running == nullptr ? 0 : running->records_read(); });
}

// ---- Looked at

void App::Parts::add_reload(DaemonStatus& status) const {
  status.reload = reloaded.load();
  status.config_reload_ok = status.reload == nullptr || status.reload->problems.empty();
  status.config_reload_wall_us = config_taken_us;
  status.reloads_ended = reloads_ended;
  status.reloads_begun = reloads_begun;
  const std::int64_t since_us = swap_since_us;
  if (since_us == kNoTime) return;
  const std::int64_t seconds = (wall_us() - since_us) / 1'000'000;
  if (seconds >= kStalledAfter.count()) status.stalled.push_back(fmt::format("a reload has not come to its end for {} s", seconds));
}

// While a reload swaps them: as they were, and not ready.
DaemonStatus App::Parts::status_of_parts() const {
  auto looked =
      in_force.look([](const Running* looked_at) { return looked_at == nullptr ? std::nullopt : std::optional(looked_at->status()); });
  if (looked) return std::move(*looked);
  DaemonStatus status = *last.load();
  status.stalled.clear();
  status.ready = false;
  status.not_ready = {"config: a reload is under way"};
  return status;
}

DaemonStatus App::Parts::status() const {
  DaemonStatus status = status_of_parts();
  status.version = std::string(version());
  status.revision = std::string(revision());
  status.log_messages = log_counts();
  if (keeps_history) status.history = history->status();
  status.now_wall_us = wall_us();
  status.started_wall_us = started_us;
  add_reload(status);
  return status;
}

// ---- Reload

void App::Parts::look_for_reloads() {
  if (!options.load) return;
  if (auto answer = reload_asked.try_pop()) {
    reload("http", answer->get());
  } else if (take_reload_request()) {
    reload("signal", nullptr);
  } else if (watch && watch->changed(std::chrono::steady_clock::now())) {
    reload("file", nullptr);
  }
}

void App::Parts::reload(const char* asked_by, ReloadAnswer* answer) {
  ++reloads_begun;
  log_info("reload", "reading the configuration again", {{"asked_by", asked_by}});
  auto taken = take_configuration();
  ReloadStatus told = taken ? std::move(*taken) : ReloadStatus{};
  told.asked_by = asked_by;
  told.wall_us = wall_us();
  if (!taken) told.problems = reload_problems(taken.error());
  for (const ReloadProblem& problem : told.problems) log_error("reload_problem", problem_text(problem));
  if (told.problems.empty()) {
    config_taken_us = told.wall_us;
    log_info("reloaded", changes_text(told), {{"config_hash", running->prepared().config.hash}});
  } else {
    log_error("reload_refused", "the configuration in force stays", {{"problems", told.problems.size()}});
  }
  reloaded.store(std::make_shared<const ReloadStatus>(told));
  ++reloads_ended;
  if (answer != nullptr) answer->try_push(std::move(told));
}

// Everything is looked at before anything ends. The error has every problem; what was in force then goes on.
std::expected<ReloadStatus, Problems> App::Parts::take_configuration() {
  const Config& config = running->prepared().config;
  const auto whole = [](const std::string& file, const std::string& message) { return Problems{{file, 0, 0, message, "", ""}}; };
  auto prepared = options.load(config);
  if (!prepared) return std::unexpected(std::move(prepared.error()));
  for (const std::string& warning : prepared->plan->warnings) log_warn("configuration", warning);
  for (const std::string& topic : running->given_up()) {
    if (!prepared->plan->stream_of_topic.contains(topic)) continue;
    return std::unexpected(
        whole(config.source,
              "topic '" + topic + "' was deleted and created anew and is no longer read: take it out, or start again with --reset-state"));
  }
  ReloadStatus changes = compare_plans(*running->prepared().plan, *prepared->plan);
  auto wanted = Running::create(std::move(*prepared), surroundings());
  if (!wanted) return std::unexpected(whole(config.source, wanted.error().message));
  if (auto read = (*wanted)->try_reading(*running->prepared().plan, [this] { return asked_to_stop(); }); !read) {
    return std::unexpected(whole(config.source, read.error().message));
  }
  auto credentials = read_credentials((*wanted)->prepared().config.http);
  if (!credentials) return std::unexpected(whole(config.source, credentials.error()));
  const std::string source = config.source;  // the configuration in force may be gone after a swap
  if (auto swapped = swap(std::move(*wanted)); !swapped) return std::unexpected(whole(source, swapped.error().message));
  http->set_credentials(std::move(*credentials));
  return changes;
}

// The old one ends as at a stop; the new one begins as at a start. Should it not, against all that was looked at before, what was in force
// begins again from the same snapshot. The error says why it is not the new one; without any left it is in `failure` too.
std::expected<void, AppError> App::Parts::swap(std::unique_ptr<Running> wanted) {
  last.store(std::make_shared<const DaemonStatus>(running->status()));
  swap_since_us = wall_us();
  running = nullptr;
  std::unique_ptr<Running> old = in_force.exchange(nullptr);
  old->stop();
  const auto before = std::make_shared<const DaemonStatus>(old->status());
  last.store(before);
  const std::string ended_by = old->failure();
  const Prepared previous = old->prepared();
  if (!old->close()) log_warn("left_behind", "librdkafka did not return in time: what it held is lost to this process until it ends");
  old.reset();
  std::expected<void, AppError> result;
  if (!ended_by.empty()) result = std::unexpected(AppError{kExitConfig, false, ended_by});
  if (result) result = take_place(std::move(wanted), before);
  if (!result && ended_by.empty()) {
    log_error("reload_failed", "what was in force begins again", {{"reason", result.error().message}});
    auto again = Running::create(previous, surroundings());
    const auto back = again ? take_place(std::move(*again), before) : std::unexpected(again.error());
    if (!back) failure = back.error().message, failure_code = back.error().exit_code;
  } else if (!result) {
    failure = ended_by;
  }
  swap_since_us = kNoTime;
  return result;
}

std::expected<void, AppError> App::Parts::take_place(std::unique_ptr<Running> made, std::shared_ptr<const DaemonStatus> before) {
  auto snapshot = load_snapshot();
  if (!snapshot) return std::unexpected(snapshot.error());
  if (auto restored = made->restore(std::move(*snapshot), std::move(before)); !restored) return restored;
  put_in_force(std::move(made));
  return {};
}

// ---- Run

void App::Parts::serve() {
  while (running != nullptr && !asked_to_stop() && !running->has_failed()) {
    if (running->has_begun()) {
      wait_for_signal(options.stop ? 5 : 100);
    } else if (!running->begin(100ms)) {
      return;
    }
    look_for_reloads();
  }
}

// Nobody waits for an answer that does not come.
void App::Parts::end_reloads() {
  reload_asked.close();
  while (auto answer = reload_asked.try_pop()) (*answer)->close();
}

int App::Parts::close() {
  if (failure.empty() && running != nullptr) {
    failure = running->failure();
    failure_code = running->failure_code();
  }
  const bool failed = !failure.empty();
  if (failed) log_error("failed", failure);
  const bool parts_closed = running == nullptr || running->close();
  const bool history_closed = end_history();
  const int code = failed ? failure_code : kExitOk;
  log_info("stopped", "stopped", {{"exit", code}});
  flush_log();
  if (history_closed && parts_closed) return code;
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
  std::jthread slow_answers([&] {
    set_thread_name("http_slow");
    parts.http->run_slow();
  });
  std::jthread logins([&] {
    set_thread_name("logins");
    parts.http->run_logins();
  });
  std::jthread service([&](const std::stop_token& stop) {
    set_thread_name("service");
    report_to_service_manager(stop, [&] { return parts.status(); }, [&] { return parts.reloads_begun.load(); });
  });
  log_info("listening", "page and metrics", {{"url", url()}});
  parts.serve();
  service.request_stop();
  if (parts.running != nullptr) {
    if (parts.running->has_begun()) log_info("stopping", "finishing what was read");
    parts.running->stop();
  }
  parts.end_reloads();
  service.join();
  parts.http->stop();
  http.join();
  slow_answers.join();
  logins.join();
  return parts.close();
}

}  // namespace driftd
