// `driftd tap`: records as driftd sees them. Reads the topics of a monitor like the daemon, with its decoder; joins no group, commits
// nothing, touches no state.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>

#include "config/scalar.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/ask_schemas.h"
#include "daemon/cli/check_words.h"
#include "daemon/cli/load_config.h"
#include "daemon/cli/load_references.h"
#include "daemon/cli/one_monitor.h"
#include "daemon/cli/tap_record.h"
#include "daemon/cli/verb.h"
#include "daemon/runtime/signals.h"
#include "daemon/source/kafka_config.h"
#include "daemon/source/kafka_failure.h"
#include "daemon/source/kafka_source.h"

namespace driftd {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kStep{100}, kConnectBudget{10'000}, kCloseBudget{3'000};
constexpr milliseconds kSilentBeforeWords{3'000};

constexpr const char* kHelp =
    "Decoded, mapped records as JSON lines: what driftd sees. A line has topic, partition, offset, event time, segment, the values by\n"
    "feature, and under `invalid` why one is none; or the reason why the record is refused. Joins no group, commits nothing.\n\n"
    "Examples:\n  driftd tap payments\n  driftd tap payments --from earliest -n 5 -c driftd.yaml\n"
    "  driftd tap payments --from 2026-03-01T10:00:00Z | jq .values.amount\n"
    "Exit codes: 0 records were shown, 1 none came, 64 usage, 69 the cluster, a topic or the schema\n"
    "registry is not there, 78 refused";

struct TapFlags {
  ConfigFlags config;
  std::string monitor, from = "latest", timeout = "30s";
  std::uint64_t count = 20;
};

int fail(int code, const std::string& message) {
  fmt::print(stderr, "driftd tap: {}\n", message);
  return code;
}

std::string start_words(const StreamConfig& stream) {
  if (stream.start == StartAt::kLatest) return "from the end: only what is written from now on (--from earliest reads what is there)";
  return stream.start == StartAt::kEarliest ? "from the beginning" : "from " + print_instant(stream.start_time_us);
}

class Tap {
 public:
  struct Limits {
    std::uint64_t count;
    milliseconds timeout;
  };
  Tap(const EnginePlan& plan, const StreamConfig& stream, KafkaSource& source, AskedSchemas& schemas, Limits limits)
      : stream_(stream), source_(source), schemas_(schemas), count_(limits.count), timeout_(limits.timeout), records_(plan) {}

  // "" or the step that failed.
  std::string connect() {
    const auto until = Clock::now() + kConnectBudget;
    std::optional<std::vector<SourcePosition>> found;
    while (!found && Clock::now() < until && !stop_requested()) found = source_.discover(kStep);
    if (found) source_.assign();  // which publishes what is missing
    const auto status = source_.status();
    if (!status->not_ready.empty()) return without_part(status->not_ready.front());
    return found || stop_requested() ? "" : describe_failure("no answer from the brokers in time", KafkaUse::kRead);
  }

  // Until enough were shown, nothing came for long, or somebody stops it.
  int follow() {
    last_record_ = Clock::now();
    while (shown_ < count_ && !stop_requested() && std::ferror(stdout) == 0) {
      SourceEvent event = source_.poll(kStep);
      if (event.kind == SourceEvent::Kind::kPartition) ids_[event.partition] = event.id;
      if (event.kind == SourceEvent::Kind::kBatch) {
        const std::string trouble = schemas_.attach(ids_.at(event.batch->source_partition).topic, *event.batch);
        if (!trouble.empty() && !stop_requested()) return fail(kExitUnavailable, trouble);
        if (trouble.empty()) show(std::move(event.batch));
      }
      if (!still_waiting()) break;
    }
    return shown_ > 0 || stop_requested() ? kExitOk : kExitFailed;
  }

 private:
  void show(std::unique_ptr<MessageBatch> batch) {
    for (const std::string& line : records_.lines(ids_.at(batch->source_partition), *batch)) {
      if (shown_ == count_) break;
      ++shown_;
      fmt::print("{}\n", line);
    }
    std::fflush(stdout);
    last_record_ = Clock::now();
    source_.recycle(std::move(batch));
  }

  bool still_waiting() {
    const auto silent = Clock::now() - last_record_;
    if (silent >= kSilentBeforeWords && !said_) say("waiting for");
    said_ = silent >= kSilentBeforeWords;
    if (silent < timeout_) return true;
    say(fmt::format("in {} there were no more", print_duration(timeout_)));
    return false;
  }

  void say(const std::string& what) const {
    const auto status = source_.status();
    const std::string trouble = status->not_ready.empty() ? "" : "; " + status->not_ready.front();
    fmt::print(stderr, "driftd tap: {} records of {}, {} partition{}, {}{}\n", what, fmt::join(stream_.topics, ", "), ids_.size(),
               ids_.size() == 1 ? "" : "s", start_words(stream_), trouble);
  }

  const StreamConfig& stream_;
  KafkaSource& source_;
  AskedSchemas& schemas_;
  std::uint64_t count_, shown_ = 0;
  milliseconds timeout_;
  TapRecords records_;
  std::map<std::uint32_t, TopicPartition> ids_;
  Clock::time_point last_record_;
  bool said_ = false;
};

std::optional<StreamConfig> starting(StreamConfig stream, const std::string& from) {
  if (from == "latest" || from == "earliest") {
    stream.start = from == "latest" ? StartAt::kLatest : StartAt::kEarliest;
    return stream;
  }
  const auto time = parse_instant_us(from);
  if (!time) return std::nullopt;
  stream.start = StartAt::kTime;
  stream.start_time_us = *time;
  return stream;
}

int tap_topic(const TapFlags& flags, const Config& config, const EnginePlan& plan, const StreamConfig& stream) {
  const auto timeout = parse_duration(flags.timeout);
  if (!timeout) return fail(kExitUsage, fmt::format("--timeout: expected {}; got '{}'", timeout.error(), flags.timeout));
  auto schemas = AskedSchemas::of(config.schema_registry, {stream});
  if (!schemas) return fail(kExitConfig, schemas.error());
  auto source = KafkaSource::create(config.kafka, {&stream, 1}, {}, {});
  if (!source) return fail(kExitConfig, source.error());
  int code = kExitUnavailable;
  {
    Tap tap(plan, stream, **source, *schemas, {flags.count, *timeout});
    const std::string failure = tap.connect();
    code = failure.empty() ? tap.follow() : fail(kExitUnavailable, failure);
  }
  if ((*source)->close(kCloseBudget)) return code;
  std::fflush(nullptr);
  std::_Exit(code);  // librdkafka did not return
}

int tap_with(const TapFlags& flags, Config config) {
  if (const auto kept = keep_one_monitor(flags.monitor, config); !kept) return fail(kExitConfig, kept.error());
  const auto stream = starting(config.streams.front(), flags.from);
  if (!stream) return fail(kExitUsage, fmt::format("--from: expected latest, earliest or an RFC 3339 time; got '{}'", flags.from));
  auto references = load_references(config);
  if (!references) return fail(kExitConfig, references.error().message);
  const auto plan = make_engine_plan(config, std::move(*references));
  if (!plan) return fail(kExitConfig, plan.error());
  return tap_topic(flags, config, **plan, *stream);
}

}  // namespace

int run_tap(std::span<const std::string> args) {
  TapFlags flags;
  CLI::App app(kHelp, "driftd tap");
  app.add_option("MONITOR", flags.monitor, "Whose records")->required();
  app.add_option("-n", flags.count, "Records to show")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--from", flags.from, "Where to begin; TIME is RFC 3339")->type_name("latest|earliest|TIME")->capture_default_str();
  app.add_option("--timeout", flags.timeout, "Give up when no record came for so long")->type_name("DURATION")->capture_default_str();
  add_config_flags(app, flags.config);
  if (const auto done = parse_arguments(app, args)) return *done;
  watch_signals();
  const auto librdkafka = [](const std::string& name, const std::string& value) { return check_librdkafka_option(name, value); };
  auto loaded = load_config(flags.config, {.for_kafka = true, .check_librdkafka = librdkafka});
  return loaded ? tap_with(flags, std::move(loaded->config)) : loaded.error();
}

}  // namespace driftd
