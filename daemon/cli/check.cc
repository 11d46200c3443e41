// `driftd check`: is this configuration good, and what would it do. Steps, each in its own function: the file; then the references;
// then, unless --offline, the cluster.
#include <fmt/format.h>

#include <cstdio>

#include "config/scalar.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/load_config.h"
#include "daemon/cli/verb.h"

namespace driftd {
namespace {

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

// The share of the budget that one window of the monitor has, before its tests divide it (segments x features x checks).
std::string describe_level(const MonitorConfig& monitor) {
  if (!monitor.alerts.false_alarms) return "fixed thresholds only";
  const FalseAlarms& rate = *monitor.alerts.false_alarms;
  const double share = rate.count * static_cast<double>(monitor.window.every.count()) / static_cast<double>(rate.period.count());
  return fmt::format("level {:.3g} a window ({}), shared by its tests", share, print_rate(rate));
}

std::string describe_monitor(const MonitorConfig& monitor) {
  std::vector<std::string> names;
  for (const auto& detector : monitor.detectors) names.push_back(detector.name);
  return fmt::format("monitor {}: stream {}; reference {}; windows of {}; detectors {}; {}\n", monitor.name, monitor.stream,
                     monitor.reference, print_duration(monitor.window.every), names.empty() ? "auto" : joined(names),
                     describe_level(monitor));
}

std::string describe(const Config& config) {
  std::string text = fmt::format("configuration {} ({})\n", config.hash, config.source);
  for (const auto& stream : config.streams) text += describe_stream(stream);
  for (const auto& monitor : config.monitors) text += describe_monitor(monitor);
  return text;
}

int report(const CheckFlags& flags, const Loaded& loaded) {
  std::fputs(flags.json ? render_json({}, loaded.warnings).c_str() : describe(loaded.config).c_str(), stdout);
  if (!flags.deny_warnings || loaded.warnings.empty()) return kExitOk;
  std::fprintf(stderr, "driftd check: %zu warning%s, denied\n", loaded.warnings.size(), loaded.warnings.size() == 1 ? "" : "s");
  return kExitFinding;
}

}  // namespace

int run_check(std::span<const std::string> args) {
  CheckFlags flags;
  CLI::App app("Validate a configuration and show what it watches.\n\nExample:\n  driftd check -c driftd.yaml --offline", "driftd check");
  add_config_flags(app, flags.config);
  app.add_flag("--offline", flags.offline, "Do not connect to the cluster");
  app.add_flag("--deny-warnings", flags.deny_warnings, "Exit 3 when there are warnings");
  app.add_flag("--json", flags.json, "Problems and warnings as one JSON document");
  if (const auto done = parse_arguments(app, args)) return *done;

  const auto loaded = load_config(flags.config, {.for_kafka = true, .json = flags.json, .check_librdkafka = nullptr});
  return loaded ? report(flags, *loaded) : loaded.error();
}

}  // namespace driftd
