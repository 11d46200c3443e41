// `driftd replay`: the engine of the daemon on files; event time is the only clock, equal input gives equal bytes (decision 5).
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "config/scalar.h"
#include "daemon/alert/events.h"
#include "daemon/app_engine.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/load_config.h"
#include "daemon/cli/load_references.h"
#include "daemon/cli/one_monitor.h"
#include "daemon/cli/verb.h"
#include "daemon/runtime/event_time.h"
#include "daemon/runtime/json_writer.h"
#include "daemon/source/file_source.h"

namespace driftd {

namespace {

constexpr std::int64_t kRowClockUs = 1'000'000;  // without a time column a row is a second
constexpr std::string_view kRowClockWindow = "1000s";

struct ReplayFlags {
  std::vector<std::string> files, labels;
  std::string reference, monitor, window, time, fail_on, windows_file, events_file;
  ConfigFlags config;
  bool json = false;
};

int fail(int code, const std::string& message) {
  std::fprintf(stderr, "driftd replay: %s\n", message.c_str());
  return code;
}

void add_flags(CLI::App& app, ReplayFlags& flags) {
  app.add_option("FILE", flags.files, "CSV or JSON lines, plain or gzip; each file is one partition")->required();
  app.add_option("--reference", flags.reference, "a .ref file, or rows to build one from: types and the time column come from it")
      ->type_name("FILE");
  app.add_option("--labels", flags.labels, "files of the monitor's labels topic; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--monitor", flags.monitor, "the monitor of the configuration to replay (with -c)")->type_name("MONITOR");
  app.add_option("--window", flags.window,
                 "windows of this length, one after the other, for example 7d (default 5m; 1,000 rows where there is no time column)")
      ->type_name("DURATION");
  app.add_option("--time", flags.time, "column or field of the event time");
  app.add_option("--windows", flags.windows_file, "write a JSON line per (segment, feature, method) of each closed window; - = stdout")
      ->type_name("FILE");
  app.add_option("--events", flags.events_file, "write each alert event as a JSON line; - = stdout")->type_name("FILE");
  app.add_option("--fail-on", flags.fail_on, "exit 3 when an alert fired")->check(CLI::IsMember({"drift"}));
  app.add_flag("--json", flags.json, "the summary as one JSON document");
  add_config_flags(app, flags.config);
  app.footer(
      "Examples:\n  driftd replay live.csv --reference train.ref --window 1d\n"
      "  driftd replay part-0.jsonl part-1.jsonl -c driftd.yaml --monitor fraud --windows windows.jsonl\n"
      "Exit codes: 0 ok, 3 an alert fired (--fail-on drift), 64 usage, 65 bad rows, 74 input/output, 78 configuration or reference "
      "refused");
}

// Without a configuration file: one monitor named `replay` on the given reference.
std::expected<Loaded, int> plain_config(const ReplayFlags& flags) {
  LoadOptions options;
  options.for_kafka = false;
  options.set = flags.config.set;
  options.base_dir = std::filesystem::current_path();
  JsonWriter reference;
  reference.string(flags.reference);
  const std::string text = "monitors:\n  - name: replay\n    topic: replay\n    reference: " + reference.text() + "\n";
  auto loaded = load(text, "replay", options);
  if (!loaded) {
    std::fputs(render(loaded.error()).c_str(), stderr);
    return std::unexpected(kExitConfig);
  }
  return std::move(*loaded);
}

// A file or stdout; "" = nowhere.
class LineFile {
 public:
  bool open(const std::string& path) {
    wanted_ = !path.empty();
    to_stdout_ = path == "-";
    if (wanted_ && !to_stdout_) file_.open(path, std::ios::binary | std::ios::trunc);
    return !wanted_ || to_stdout_ || file_.is_open();
  }
  void write(const std::string& text) {
    if (!wanted_) return;
    (to_stdout_ ? std::cout : file_) << text;
  }
  bool finish() {
    if (!wanted_) return true;
    (to_stdout_ ? std::cout : file_).flush();
    return to_stdout_ ? bool(std::cout) : bool(file_);
  }

 private:
  bool wanted_ = false, to_stdout_ = false;
  std::ofstream file_;
};

// What is told at the end; filled on the merger thread, read after it ended.
struct Summary {
  std::uint64_t windows = 0, fired = 0;
  std::vector<std::string> alerts;  // one line a transition
};

struct Outputs {
  LineFile windows, events;
  Summary summary;
  std::vector<ClosedWindow> held;  // until their place among the others is known
};

void write_window(const EnginePlan& plan, const ClosedWindow& closed, Outputs& outputs) {
  const AlertPlan& alerts = plan.alerts[closed.judgement->monitor];
  outputs.windows.write(window_lines(alerts, *closed.judgement));
  ++outputs.summary.windows;
  for (const AlertTransition& transition : closed.transitions) {
    outputs.events.write(transition.event + "\n");
    outputs.summary.fired += transition.transition == Transition::kFiring ? 1 : 0;
    outputs.summary.alerts.push_back(format_event_time(closed.judgement->end_us) + "  " +
                                     std::string(transition_name(transition.transition)) + "  " + transition.summary);
  }
}

// Windows of one monitor come in order. Windows of losses come when labels are in, and what else has closed by then is chance: they wait
// for the end, to be written in the order of time.
void take_window(const EnginePlan& plan, const ClosedWindow& closed, Outputs& outputs) {
  if (plan.joins.empty()) return write_window(plan, closed, outputs);
  outputs.held.push_back(closed);
}

void write_held(const EnginePlan& plan, Outputs& outputs) {
  const auto place = [](const ClosedWindow& closed) { return std::pair(closed.judgement->end_us, closed.judgement->monitor); };
  std::ranges::stable_sort(outputs.held, {}, place);
  for (const ClosedWindow& closed : outputs.held) write_window(plan, closed, outputs);
}

struct Rows {
  std::uint64_t read = 0, counted = 0, late = 0, rejected = 0;
};

Rows count_rows(const EngineStatus& status) {
  Rows rows;
  for (const PartitionStatus& partition : status.partitions) {
    rows.read += partition.records;
    rows.counted += partition.rows;
    rows.late += partition.late;
    for (const std::uint64_t count : partition.rejected) rows.rejected += count;
  }
  return rows;
}

void print_summary(const Summary& summary, const Rows& rows, bool json) {
  if (json) {
    JsonWriter out(2);
    out.begin_object().field("rows", rows.read).field("late", rows.late).field("rejected", rows.rejected);
    out.field("windows", summary.windows).field("fired", summary.fired).key("transitions").begin_array();
    for (const std::string& line : summary.alerts) out.string(line);
    out.end_array().end_object();
    std::printf("%s\n", out.text().c_str());
    return;
  }
  for (const std::string& line : summary.alerts) std::fprintf(stderr, "%s\n", line.c_str());
  std::fprintf(stderr, "%llu rows (%llu late, %llu that could not be read), %llu windows, %llu alerts fired\n",
               static_cast<unsigned long long>(rows.read), static_cast<unsigned long long>(rows.late),
               static_cast<unsigned long long>(rows.rejected), static_cast<unsigned long long>(summary.windows),
               static_cast<unsigned long long>(summary.fired));
}

// The engine over the files. The exit code.
int run_engine(const ReplayFlags& flags, const EnginePlan& plan, FileSource& source, std::uint32_t shards) {
  Outputs outputs;
  if (!outputs.windows.open(flags.windows_file)) return fail(kExitIo, "cannot write " + flags.windows_file);
  if (!outputs.events.open(flags.events_file)) return fail(kExitIo, "cannot write " + flags.events_file);
  MergerLoopOptions options;
  options.shards = shards;
  options.on_window = [&](const ClosedWindow& closed) { take_window(plan, closed, outputs); };
  RunningEngine engine(plan, source, {.blocking = true}, std::move(options));
  engine.start();
  if (!engine.join()) return fail(kExitBug, engine.failure());
  if (source.error()) return fail(source.error()->kind == TableError::Kind::kIo ? kExitIo : kExitBadInput, source.error()->message);
  write_held(plan, outputs);
  if (!outputs.windows.finish() || !outputs.events.finish()) return fail(kExitIo, "an output file could not be written");
  const Rows rows = count_rows(*engine.merger().status().load());
  print_summary(outputs.summary, rows, flags.json);
  if (rows.read > 0 && rows.counted == 0)
    return fail(kExitBadInput, "no row could be read: see the time column and the fields of the reference");
  return !flags.fail_on.empty() && outputs.summary.fired > 0 ? kExitFinding : kExitOk;
}

// Window length and event time where neither flags nor configuration say: from the reference.
void settle_time(const ReplayFlags& flags, const Reference& reference, Config& config) {
  StreamConfig& stream = config.streams.front();
  if (!flags.time.empty()) stream.fields.event_time = flags.time;
  if (stream.fields.event_time.empty()) stream.fields.event_time = reference.time_column;
}

// The files of the labels topic, where the monitor has one; without files its labels are left out, aloud.
std::string add_labels(const ReplayFlags& flags, Config& config, std::vector<FileTopic>& topics) {
  MonitorConfig& monitor = config.monitors.front();
  const bool has_topic = !monitor.labels.topic.empty();
  if (!has_topic && !flags.labels.empty()) return "--labels: monitor '" + monitor.name + "' has no labels.topic";
  if (has_topic && flags.labels.empty()) {
    std::fprintf(stderr, "driftd replay: no --labels: predictions are not compared with labels\n");
    monitor.performance.task = TaskChoice::kOff;
  }
  if (!flags.labels.empty()) topics.push_back({monitor.labels.topic, flags.labels});
  return {};
}

// Streams are read as their files are written.
std::map<std::string, CsvLayout> take_layouts(const FileSource& source, const std::vector<FileTopic>& topics, Config& config) {
  std::map<std::string, CsvLayout> layouts;
  for (std::size_t i = 0; i < topics.size(); ++i) {
    const FileLayout& layout = source.layout(topics[i].topic);
    config.streams[i].format = layout.format;
    layouts[topics[i].topic] = {layout.csv_header, layout.csv_delimiter};
  }
  return layouts;
}

int run_replay_with(const ReplayFlags& flags, Config config) {
  if (const auto kept = keep_one_monitor(flags.monitor, config); !kept) return fail(kExitConfig, kept.error());
  config.streams.front().topics.resize(1);  // the files are one topic
  auto references = load_references(config);
  if (!references) return fail(references.error().exit_code, references.error().message);
  settle_time(flags, *references->front(), config);
  StreamConfig& stream = config.streams.front();
  const bool row_clock = stream.fields.event_time.empty();
  const bool by_row = row_clock && flags.monitor.empty() && config.monitors.front().window.rows == 0;
  const std::string window = !flags.window.empty() ? flags.window : by_row ? std::string(kRowClockWindow) : "";
  if (!window.empty()) {
    const auto length = parse_duration(window);
    if (!length) return fail(kExitUsage, "--window: expected a duration such as 7d; got '" + window + "'");
    for (MonitorConfig& monitor : config.monitors) monitor.window = {*length, std::nullopt, 0, monitor.window.min_samples};
  }
  std::vector<FileTopic> topics{{stream.topics.front(), flags.files, row_clock ? kRowClockUs : 0}};
  if (const auto problem = add_labels(flags, config, topics); !problem.empty()) return fail(kExitUsage, problem);
  auto source = FileSource::open(topics);
  if (!source) return fail(source.error().kind == TableError::Kind::kIo ? kExitIo : kExitBadInput, source.error().message);
  const auto plan = make_engine_plan(config, *references, take_layouts(**source, topics, config));
  if (!plan) return fail(kExitConfig, plan.error());
  for (const std::string& warning : (*plan)->warnings) std::fprintf(stderr, "driftd replay: %s\n", warning.c_str());
  return run_engine(flags, **plan, **source, shard_count(config.engine));
}

}  // namespace

int run_replay(std::span<const std::string> args) {
  CLI::App app{"Run the engine on files of rows, without Kafka", "driftd replay"};
  ReplayFlags flags;
  add_flags(app, flags);
  if (const auto done = parse_arguments(app, args)) return *done;
  if (flags.reference.empty() == flags.monitor.empty())
    return fail(kExitUsage, "give either --reference R, or --monitor M with a configuration");
  auto loaded = flags.monitor.empty() ? plain_config(flags) : load_config(flags.config, {.for_kafka = false});
  return loaded ? run_replay_with(flags, std::move(loaded->config)) : loaded.error();
}

}  // namespace driftd
