// `driftd check`: is this configuration good, and what would it do. Steps, each in its own function: the file; then the references;
// then, unless --offline, the cluster.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "config/scalar.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/check_cluster.h"
#include "daemon/cli/check_json.h"
#include "daemon/cli/check_plan.h"
#include "daemon/cli/check_words.h"
#include "daemon/cli/load_config.h"
#include "daemon/cli/load_references.h"
#include "daemon/cli/verb.h"
#include "daemon/http/credentials.h"
#include "daemon/runtime/wall_clock.h"
#include "daemon/sink/push_receivers.h"
#include "daemon/source/kafka_config.h"

namespace driftd {
namespace {

constexpr std::chrono::seconds kClusterBudget{10};

struct CheckFlags {
  ConfigFlags config;
  bool offline = false;
  bool deny_warnings = false;
  bool json = false;
};

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

std::string describe_stream(const StreamConfig& stream) {
  const std::string clock = stream.fields.event_time.empty() ? "the record's timestamp" : stream.fields.event_time;
  return fmt::format("stream {}: topics {}; event time is {}; windows wait {} for late rows\n", stream.name, joined(stream.topics), clock,
                     print_duration(stream.time.lateness));
}

// Everything found, step by step.
struct Found {
  Problems problems, warnings;
  std::vector<MonitorBudget> budgets;
  std::vector<TopicSample> topics;
  std::string listener;  // in words
  int exit_code = kExitOk;
  bool closed = true;
};

void refuse(const Config& config, int exit_code, std::string message, Found& found) {
  found.problems.push_back({config.source, 0, 0, std::move(message), "", ""});
  found.exit_code = exit_code;
}

void warn(const CheckFlags& flags, const Config& config, std::string message, Found& found) {
  if (message.empty()) return;
  found.warnings.push_back({config.source, 0, 0, std::move(message), "", ""});
  if (!flags.json) std::fputs(render_warnings({&found.warnings.back(), 1}).c_str(), stderr);
}

std::unique_ptr<const EnginePlan> compile(const Config& config, Found& found) {
  auto references = load_references(config);
  if (!references) return refuse(config, kExitConfig, references.error().message, found), nullptr;
  auto plan = make_engine_plan(config, std::move(*references));
  if (!plan) return refuse(config, kExitConfig, plan.error(), found), nullptr;
  return std::move(*plan);
}

// Files, secrets and templates of the receivers by HTTP; then, unless offline, whether each can be reached. Nothing is sent.
void check_receivers(const CheckFlags& flags, const Config& config, Found& found) {
  const auto targets = push_targets(config.alert_sinks);
  if (!targets) return refuse(config, kExitConfig, targets.error(), found);
  if (flags.offline) return;
  for (const PushTarget& target : *targets) {
    const auto reached = http_reach(target.receiver);
    if (!reached) refuse(config, kExitUnavailable, fmt::format("{} cannot be reached: {}", target.name, reached.error()), found);
  }
}

// Files of the listener: certificate, key, token, logins.
void check_listener(const CheckFlags& flags, const Config& config, Found& found) {
  const std::int64_t now_s = wall_us() / 1'000'000;
  const auto credentials = read_http_credentials(config.http, now_s);
  if (!credentials) return refuse(config, kExitConfig, credentials.error(), found);
  warn(flags, config, expiry_warning(config.http, **credentials, now_s), found);
  found.listener = describe_listener(config.http);
}

void sample(const CheckFlags& flags, const Config& config, const EnginePlan& plan, Found& found) {
  ClusterCheck cluster = check_cluster(config, plan, kClusterBudget);
  found.closed = cluster.closed;
  if (!cluster.failure.empty()) refuse(config, kExitUnavailable, cluster.failure, found);
  for (const TopicSample& topic : cluster.topics) {
    for (std::string& warning : sample_warnings(topic)) warn(flags, config, std::move(warning), found);
  }
  found.topics = std::move(cluster.topics);
}

std::string describe(const Config& config, const EnginePlan& plan, const Found& found) {
  std::string text = fmt::format("configuration {} ({})\n", config.hash, config.source) + found.listener;
  for (const auto& stream : config.streams) text += describe_stream(stream);
  text += describe_budgets(found.budgets, config.metrics.max_series);
  for (const auto& topic : found.topics) text += describe_sample(topic, plan.streams[plan.stream_of_topic.at(topic.topic)].decode.fields);
  return text;
}

Found check(const CheckFlags& flags, const Loaded& loaded) {
  const Config& config = loaded.config;
  Found found;
  found.warnings = loaded.warnings;
  check_listener(flags, config, found);
  const auto plan = compile(config, found);
  if (plan != nullptr) {
    for (const std::string& warning : plan->warnings) warn(flags, config, warning, found);
    found.budgets = monitor_budgets(*plan);
    warn(flags, config, series_warning(found.budgets, config.metrics.max_series), found);
    if (!flags.offline) sample(flags, config, *plan, found);
    check_receivers(flags, config, found);
    if (!flags.json) std::fputs(describe(config, *plan, found).c_str(), stdout);
  }
  if (flags.json) std::fputs(check_json(found.problems, found.warnings, found.budgets, found.topics).c_str(), stdout);
  if (!flags.json) std::fputs(render(found.problems).c_str(), stderr);
  return found;
}

int finish(const CheckFlags& flags, const Found& found) {
  const std::size_t warnings = found.warnings.size();
  int code = found.exit_code;
  if (code == kExitOk && flags.deny_warnings && warnings > 0) {
    std::fprintf(stderr, "driftd check: %zu warning%s, denied\n", warnings, warnings == 1 ? "" : "s");
    code = kExitFinding;
  }
  if (found.closed) return code;
  std::fflush(nullptr);
  std::_Exit(code);  // librdkafka did not return
}

}  // namespace

int run_check(std::span<const std::string> args) {
  CheckFlags flags;
  CLI::App app(
      "Validate a configuration and its references, show what they cost; then connect, read some of the newest records of each topic\n"
      "and show how they fit. Commits and writes nothing.\n\nExample:\n  driftd check -c driftd.yaml --offline\n"
      "Exit codes: 0 good, 3 warnings with --deny-warnings, 64 usage, 69 the cluster, a topic or a receiver of alerts is not there, 78 "
      "refused",
      "driftd check");
  add_config_flags(app, flags.config);
  app.add_flag("--offline", flags.offline, "Do not connect to the cluster");
  app.add_flag("--deny-warnings", flags.deny_warnings, "Exit 3 when there are warnings");
  app.add_flag("--json", flags.json, "Everything found as one JSON document");
  if (const auto done = parse_arguments(app, args)) return *done;

  const auto librdkafka = [](const std::string& name, const std::string& value) { return check_librdkafka_option(name, value); };
  const auto loaded = load_config(flags.config, {.for_kafka = true, .json = flags.json, .check_librdkafka = librdkafka});
  return loaded ? finish(flags, check(flags, *loaded)) : loaded.error();
}

}  // namespace driftd
