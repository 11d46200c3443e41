// `driftd run`: the daemon, in the foreground; no fork, no pid file.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "config/listener.h"
#include "daemon/app.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/load_config.h"
#include "daemon/cli/load_references.h"
#include "daemon/cli/verb.h"
#include "daemon/runtime/logger.h"
#include "daemon/runtime/signals.h"
#include "daemon/source/kafka_config.h"

namespace driftd {

namespace {

int fail(int code, const std::string& message) {
  log_error("refused", message, {{"exit", code}});
  flush_log();
  return code;
}

int run_with(const Config& config, bool reset_state) {
  auto references = load_references(config);
  // A daemon cannot start without its references: whatever is wrong with one, the configuration is refused.
  if (!references) return fail(kExitConfig, references.error().message);
  auto made = make_engine_plan(config, std::move(*references));
  if (!made) return fail(kExitConfig, made.error());
  const std::shared_ptr<const EnginePlan> plan = std::move(*made);
  for (const std::string& warning : plan->warnings) log_warn("configuration", warning);
  AppOptions options;
  options.reset_state = reset_state;
  auto app = App::create(config, plan, std::move(options));
  if (!app) return fail(app.error().exit_code, app.error().message);
  return (*app)->run();
}

}  // namespace

int run_run(std::span<const std::string> args) {
  CLI::App app{"The daemon: reads Kafka, judges windows, alerts, serves /metrics and a page", "driftd run"};
  ConfigFlags flags;
  std::string listen;
  bool reset_state = false;
  add_config_flags(app, flags);
  app.add_option("--listen", listen, "address of the page and /metrics, instead of http.listen")->type_name("ADDRESS");
  app.add_flag("--reset-state", reset_state, "forget every snapshot and start afresh");
  app.footer(
      "Examples:\n  driftd run -c driftd.yaml\n  driftd run -c driftd.yaml --listen 127.0.0.1:0 --set log.level=debug\n"
      "Exit codes: 0 stopped on request, 64 usage, 74 input/output, 75 the state directory is in use, 78 configuration, reference or state "
      "refused");
  if (const auto done = parse_arguments(app, args)) return *done;
  const auto check = [](const std::string& name, const std::string& value) { return check_librdkafka_option(name, value); };
  auto loaded = load_config(flags, {.check_librdkafka = check});
  if (!loaded) return loaded.error();
  if (!listen.empty()) loaded->config.http.listen = listen;
  watch_signals();
  start_log(loaded->config.log);
  if (const auto wrong = listener_problem(loaded->config.http)) return fail(kExitConfig, "--listen: " + *wrong);
  return run_with(loaded->config, reset_state);
}

}  // namespace driftd
