// `driftd run`: the daemon, in the foreground; no fork, no pid file.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

#include "config/listener.h"
#include "config/reload_rules.h"
#include "daemon/app.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/load_config.h"
#include "daemon/cli/prepare.h"
#include "daemon/cli/verb.h"
#include "daemon/runtime/freed_memory.h"
#include "daemon/runtime/logger.h"
#include "daemon/runtime/signals.h"
#include "daemon/source/kafka_config.h"

namespace driftd {

namespace {

struct RunFlags {
  ConfigFlags config;
  std::string listen;
  bool reset_state = false;
};

int fail(int code, const std::string& message) {
  log_error("refused", message, {{"exit", code}});
  flush_log();
  return code;
}

int refuse(const Problems& problems) {
  for (const Problem& problem : problems) fail(kExitConfig, one_line(problem));
  return kExitConfig;
}

std::expected<Loaded, Problems> read_for_daemon(const RunFlags& flags) {
  const auto check = [](const std::string& name, const std::string& value) { return check_librdkafka_option(name, value); };
  auto loaded = read_config(flags.config, {.check_librdkafka = check});
  if (loaded && !flags.listen.empty()) loaded->config.http.listen = flags.listen;
  return loaded;
}

// What the file says now, and whether a reload may take it.
std::expected<Prepared, Problems> read_again(const RunFlags& flags, const Config& in_force) {
  if (flags.config.file == "-") {
    return std::unexpected(Problems{{"<stdin>", 0, 0, "the configuration came from standard input: it cannot be read again", "", ""}});
  }
  auto loaded = read_for_daemon(flags);
  if (!loaded) return std::unexpected(std::move(loaded.error()));
  for (const Problem& warning : loaded->warnings) log_warn("configuration", one_line(warning));
  Problems problems = needs_restart(in_force, *loaded);
  if (const auto wrong = listener_problem(loaded->config.http)) problems.push_back(problem_at("--listen", *wrong));
  auto prepared = prepare(*loaded);
  if (!prepared) std::ranges::move(prepared.error(), std::back_inserter(problems));
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return prepared;
}

int run_with(const RunFlags& flags, const Loaded& loaded) {
  // A daemon cannot start without its references: whatever is wrong with one, the configuration is refused.
  auto prepared = prepare(loaded);
  if (!prepared) return refuse(prepared.error());
  for (const std::string& warning : prepared->plan->warnings) log_warn("configuration", warning);
  AppOptions options;
  options.reset_state = flags.reset_state;
  options.load = [&flags](const Config& in_force) { return read_again(flags, in_force); };
  if (flags.config.file != "-") options.config_file = loaded.config.source;
  auto app = App::create(std::move(*prepared), std::move(options));
  if (!app) return fail(app.error().exit_code, app.error().message);
  keep_freed_memory();  // not before: what starting took is given back
  return (*app)->run();
}

}  // namespace

int run_run(std::span<const std::string> args) {
  CLI::App app{"The daemon: reads Kafka, judges windows, alerts, serves /metrics and a page", "driftd run"};
  RunFlags flags;
  add_config_flags(app, flags.config);
  app.add_option("--listen", flags.listen, "address of the page and /metrics, instead of http.listen")->type_name("ADDRESS");
  app.add_flag("--reset-state", flags.reset_state, "forget every snapshot and start afresh");
  app.footer(
      "Examples:\n  driftd run -c driftd.yaml\n  driftd run -c driftd.yaml --listen 127.0.0.1:0 --set log.level=debug\n"
      "Signals: SIGTERM and SIGINT end it, a second one at once; SIGHUP reads the configuration again and keeps the old one if anything is "
      "wrong\n"
      "Exit codes: 0 stopped on request, 64 usage, 74 input/output, 75 the state directory is in use, 78 configuration, reference or state "
      "refused");
  if (const auto done = parse_arguments(app, args)) return *done;
  auto loaded = read_for_daemon(flags);
  if (!loaded) return print_problems(loaded.error(), false);
  std::fputs(render_warnings(loaded->warnings).c_str(), stderr);
  watch_signals();
  watch_hangup();
  start_log(loaded->config.log);
  if (const auto wrong = listener_problem(loaded->config.http)) return fail(kExitConfig, "--listen: " + *wrong);
  return run_with(flags, *loaded);
}

}  // namespace driftd
