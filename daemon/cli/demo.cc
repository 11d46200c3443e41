// `driftd demo`: real production data through an in-process Kafka mock and the ordinary daemon, a year of event time in half a minute.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "config/load.h"
#include "daemon/app.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/demo_stream.h"
#include "daemon/cli/load_references.h"
#include "daemon/cli/verb.h"
#include "daemon/reference/reference_builder.h"
#include "daemon/reference/reference_format.h"
#include "daemon/runtime/event_time.h"
#include "daemon/runtime/logger.h"
#include "daemon/runtime/signals.h"
#include "daemon/source/kafka_mock.h"

namespace driftd {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr const char* kTopic = "census.predictions";
constexpr int kPartitions = 3;
constexpr double kYearSeconds = 30;  // of wall time at speed 1
constexpr double kYearUs = 365.0 * 86'400e6;
constexpr std::uint64_t kMostAhead = 20'000;  // records: far below what the mock keeps

struct DemoFlags {
  double speed = 1;
  bool once = false;
  std::string listen = "127.0.0.1:3738", keep;
};

int fail(int code, const std::string& message) {
  std::fprintf(stderr, "driftd demo: %s\n", message.c_str());
  return code;
}

// A folder that goes with the demo, unless it is to be kept.
class DemoFolder {
 public:
  explicit DemoFolder(const std::string& keep) : keep_(!keep.empty()) {
    if (keep_) {
      path_ = keep;
      fs::create_directories(path_);
      return;
    }
    std::string pattern = (fs::temp_directory_path() / "driftd-demo-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~DemoFolder() {
    std::error_code ignored;
    if (!keep_ && !path_.empty()) fs::remove_all(path_, ignored);
  }
  bool ok() const { return !path_.empty(); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  bool keep_;
  fs::path path_;
};

std::expected<void, std::string> write_reference(const DemoFolder& folder) {
  ReferenceOptions options;
  options.numeric = {"agep", "score"};
  options.categorical = {"*"};
  options.exclude = {"id"};
  options.time_column = "event_time";
  options.prediction_column = "predicted";
  options.label_column = "label";
  const auto reference = build_reference({folder.file("2015.csv")}, options);
  if (!reference) return std::unexpected(reference.error().message);
  std::ofstream out(folder.file("census-2015.ref"), std::ios::binary | std::ios::trunc);
  out << encode_reference(*reference);
  return out.flush() ? std::expected<void, std::string>() : std::unexpected("cannot write the reference");
}

// The configuration a user would write, plus the alerts topic. Its rows are public: anybody may see them, where --listen says so.
std::string config_text(const std::string& bootstrap, const std::string& listen, const DemoFolder& folder) {
  return "kafka: {brokers: [" + bootstrap + "]}\nhttp: {listen: \"" + listen +
         "\", allow_insecure: true}\nlog: {level: error}\nstate: {dir: \"" + folder.file("state") +
         "\"}\nalerts: {false_alarms: 1 per 365d, kafka: {enabled: true, topic: driftd.events.v1, windows: true}}\n"
         "monitors:\n  - name: employment\n    topic: " +
         kTopic + "\n    reference: \"" + folder.file("census-2015.ref") +
         "\"\n    start: earliest\n    fields: {event_time: event_time, prediction: predicted, label: label}\n"
         "    window: {every: 7d}\n    detectors: {adwin: {fields: [error]}}\n";
}

// What was found, printed as it happens and told again at the end. on_window is the merger's thread, the rest the main one.
class DemoStory {
 public:
  explicit DemoStory(std::shared_ptr<const EnginePlan> plan) : plan_(std::move(plan)) {}

  void on_window(const ClosedWindow& closed);
  void print_summary() const;

 private:
  void print_line(const Judgement& judgement) const;

  std::shared_ptr<const EnginePlan> plan_;
  std::uint64_t windows_ = 0, quiet_2016_ = 0, windows_2016_ = 0;
  std::map<std::string, std::pair<std::string, std::string>> opened_;  // feature -> when first, what was said
  bool told_first_ = false;
};

std::string day(std::int64_t time_us) { return format_event_time(time_us).substr(0, 10); }

void DemoStory::print_line(const Judgement& judgement) const {
  const MonitorPlan& plan = plan_->monitors[judgement.monitor];
  std::string alarms, nearest;
  double nearest_ratio = -1;
  for (const Verdict& verdict : judgement.verdicts) {
    for (const Measure& measure : verdict.drift) {
      const std::string& name = plan.features[verdict.feature].reference->name;
      if (measure.alarm) {
        alarms += (alarms.empty() ? "" : ", ") + name + (measure.policy == Policy::kSequential ? " (ADWIN)" : "");
      } else if (measure.ratio > nearest_ratio) {
        nearest_ratio = measure.ratio;
        nearest = name;
      }
    }
  }
  std::printf("%s  %6llu rows  ", day(judgement.start_us).c_str(), static_cast<unsigned long long>(judgement.segment_rows.front()));
  if (alarms.empty()) {
    std::printf("quiet    nearest: %s at %.0f%% of its limit\n", nearest.c_str(), std::max(0.0, nearest_ratio) * 100);
  } else {
    std::printf("DRIFT    %s\n", alarms.c_str());
  }
}

void DemoStory::on_window(const ClosedWindow& closed) {
  ++windows_;
  print_line(*closed.judgement);
  const bool in_2016 = closed.judgement->end_us <= parse_rfc3339("2017-01-01T00:00:00Z").value_or(0);
  windows_2016_ += in_2016 ? 1 : 0;
  bool fired = false;
  for (const AlertTransition& transition : closed.transitions) {
    if (transition.transition != Transition::kFiring) continue;
    fired = true;
    const std::string& feature = plan_->alerts[closed.judgement->monitor].features[transition.feature].name;
    opened_.try_emplace(feature, day(closed.judgement->start_us), transition.summary);
    if (told_first_) continue;
    told_first_ = true;
    std::printf("\n  First alert: %s\n  Its record: /api/v1/alerts/%s\n\n", transition.summary.c_str(), transition.alert_id.c_str());
  }
  quiet_2016_ += in_2016 && !fired ? 1 : 0;
  std::fflush(stdout);
}

void DemoStory::print_summary() const {
  std::printf("\n%llu windows of 7 days. 2016: %llu of %llu quiet.\nDrifted features, by the window in which each was first found:\n",
              static_cast<unsigned long long>(windows_), static_cast<unsigned long long>(quiet_2016_),
              static_cast<unsigned long long>(windows_2016_));
  std::vector<std::pair<std::string, std::string>> by_day;
  for (const auto& [feature, found] : opened_) by_day.emplace_back(found.first, feature);
  std::sort(by_day.begin(), by_day.end());
  for (const auto& [first, feature] : by_day)
    std::printf("  %-10s %s  %s\n", feature.c_str(), first.c_str(), opened_.at(feature).second.c_str());
}

// Produces what is due by the wall clock; called between other things by the daemon's main thread.
class DemoPace {
 public:
  DemoPace(DemoStream& stream, PacedProducer& producer, double speed) : stream_(stream), producer_(producer), speed_(speed) {}

  // True: every row was written and acknowledged.
  bool step() {
    if (!start_) start_ = Clock::now();
    if (stream_.peek() != nullptr && first_us_ == 0) first_us_ = stream_.peek()->time_us;
    const double elapsed = std::chrono::duration<double>(Clock::now() - *start_).count();
    const std::int64_t due_us = first_us_ + static_cast<std::int64_t>(elapsed / kYearSeconds * speed_ * kYearUs);
    const auto until = Clock::now() + 20ms;
    while (stream_.peek() != nullptr && stream_.peek()->time_us <= due_us && Clock::now() < until) {
      const DemoStream::Row& row = *stream_.peek();
      const PacedProducer::Record record{static_cast<std::int32_t>(written_ % kPartitions), {}, row.json, row.time_us};
      if (!producer_.produce(record, 5ms)) return false;
      ++written_;
      if (!stream_.advance()) return true;
    }
    return stream_.peek() == nullptr && producer_.flush(10ms);
  }
  std::uint64_t written() const { return written_; }

 private:
  DemoStream& stream_;
  PacedProducer& producer_;
  double speed_;
  std::optional<Clock::time_point> start_;
  std::int64_t first_us_ = 0;
  std::uint64_t written_ = 0;
};

// The next port, said aloud, where the wanted one is taken.
std::expected<std::unique_ptr<App>, AppError> create_app(Config& config, const std::shared_ptr<const EnginePlan>& plan,
                                                         const AppOptions& options) {
  for (;;) {
    auto app = App::create({config, plan}, options);
    if (app || !app.error().port_in_use) return app;
    const std::size_t colon = config.http.listen.rfind(':');
    const std::string next = std::to_string(std::stoi(config.http.listen.substr(colon + 1)) + 1);
    std::fprintf(stderr, "driftd demo: %s is taken; trying port %s\n", config.http.listen.c_str(), next.c_str());
    config.http.listen.replace(colon + 1, std::string::npos, next);
  }
}

int run_with(const DemoFlags& flags, const DemoFolder& folder, DemoStream& stream, MockBroker& mock) {
  const auto loaded = load(config_text(mock.bootstrap(), flags.listen, folder), "demo", {.base_dir = fs::current_path()});
  if (!loaded) return fail(kExitBug, render(loaded.error()));
  Config config = loaded->config;
  auto references = load_references(config);
  if (!references) return fail(references.error().exit_code, references.error().message);
  auto made = make_engine_plan(config, *references);
  if (!made) return fail(kExitBug, made.error());
  const std::shared_ptr<const EnginePlan> plan = std::move(*made);
  start_log(config.log);
  DemoStory story(plan);
  App* running = nullptr;
  const auto read = [&] { return running == nullptr ? 0 : running->records_read(); };
  auto producer = PacedProducer::start(mock.bootstrap(), kTopic, {read, kMostAhead});
  if (!producer) return fail(kExitUnavailable, producer.error());
  DemoPace pace(stream, **producer, flags.speed);
  AppOptions options;
  options.on_window = [&](const ClosedWindow& closed) { story.on_window(closed); };
  options.stop = [&] { return stop_requested() || (pace.step() && flags.once && running->records_read() >= pace.written()); };
  auto app = create_app(config, plan, options);
  if (!app) return fail(app.error().exit_code, app.error().message);
  running = app->get();
  std::printf("driftd demo: %s   (Massachusetts census, 2016 to 2018, against 2015; one line a window of 7 days; Ctrl-C ends it)\n\n",
              (*app)->url().c_str());
  std::fflush(stdout);
  const int code = (*app)->run();
  story.print_summary();
  return code;
}

}  // namespace

int run_demo(std::span<const std::string> args) {
  CLI::App app{"Real data with a real drift through the ordinary daemon; needs no Kafka", "driftd demo"};
  DemoFlags flags;
  app.add_option("--speed", flags.speed, "1 = a year of event time in 30 seconds")->check(CLI::PositiveNumber);
  app.add_flag("--once", flags.once, "end with a summary when the data ends");
  app.add_option("--listen", flags.listen, "address of the page; a taken port moves to the next")->type_name("ADDRESS");
  app.add_option("--keep", flags.keep, "keep reference, configuration and state in this folder")->type_name("DIR");
  app.footer(
      "Examples:\n  driftd demo\n  driftd demo --once --speed 4\nExit codes: 0 ok, 64 usage, 69 the mock broker does not start, 74 "
      "input/output");
  if (const auto done = parse_arguments(app, args)) return *done;
  watch_signals();
  const DemoFolder folder(flags.keep);
  if (!folder.ok()) return fail(kExitIo, "cannot make a temporary folder");
  const auto rows = find_demo_rows();
  if (!rows) return fail(kExitIo, rows.error());
  std::fprintf(stderr, "driftd demo: reading 2015 as the reference\n");
  auto stream = DemoStream::open(*rows, folder.file("2015.csv"));
  if (!stream) return fail(kExitIo, stream.error());
  if (const auto written = write_reference(folder); !written) return fail(kExitIo, written.error());
  auto mock = MockBroker::start(3);
  if (!mock) return fail(kExitUnavailable, mock.error());
  for (const auto& [topic, partitions] : {std::pair{std::string(kTopic), kPartitions}, {"driftd.events.v1", 1}}) {
    if (const auto created = (*mock)->create_topic(topic, partitions); !created) return fail(kExitUnavailable, created.error());
  }
  return run_with(flags, folder, **stream, **mock);
}

}  // namespace driftd
