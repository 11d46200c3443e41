// `driftd alert test`: one marked event through each real sink, and what it answered.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "config/suggest.h"
#include "daemon/alert/test_event.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/check_words.h"
#include "daemon/cli/load_config.h"
#include "daemon/cli/verb.h"
#include "daemon/http/client.h"
#include "daemon/runtime/version.h"
#include "daemon/runtime/wall_clock.h"
#include "daemon/sink/kafka_sink.h"
#include "daemon/sink/push_receivers.h"
#include "daemon/source/kafka_config.h"
#include "daemon/source/kafka_failure.h"

namespace driftd {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kKafkaBudget{10'000}, kKafkaClose{3000}, kStep{100};
constexpr std::string_view kKafka = "kafka";

struct AlertTestFlags {
  ConfigFlags config;
  std::string sink;
  TestEventOptions event;
};

// One sink's answer: how it went, in words.
struct Answer {
  bool taken = false;
  std::string words;
};

OutRecord record_of(const Config& config, const TestEvent& event, const TestEventOptions& options) {
  OutRecord record;
  record.sequence = 1;
  record.topic = config.alert_sinks.kafka_topic;
  record.key = options.monitor;
  record.value = event.text;
  record.headers = {{"content-type", "application/cloudevents+json; charset=UTF-8"}};
  record.time_us = options.now_us;
  return record;
}

class AlertTest {
 public:
  AlertTest(const Config& config, const TestEventOptions& options) : config_(config), options_(options), event_(make_test_event(options)) {}

  void print(const std::string& sink, const Answer& answer) {
    fmt::print("{}: {}: {}\n", sink, answer.taken ? "ok" : "FAILED", answer.words);
    std::fflush(stdout);
    all_taken_ = all_taken_ && answer.taken;
  }

  Answer to_kafka() {
    auto made = KafkaSink::create(config_.kafka, {config_.alert_sinks.kafka_topic}, {});
    if (!made) return {false, made.error()};
    KafkaSink& sink = **made;
    Answer answer = await(sink);
    closed_ = sink.close(kKafkaClose) && closed_;
    return answer;
  }

  Answer to(const PushTarget& target) const {
    const Moment now{0, options_.now_us};
    PushRequest request = push_once(target, event_.text, event_.id, now);
    request.headers.emplace_back("User-Agent", "driftd/" + std::string(version()));
    const auto answered = http_post(target.receiver, {std::move(request.body), std::move(request.headers)});
    if (!answered) return {false, answered.error()};
    const PushAnswer answer{answered->status, {}, answered->body, {}, 0};
    return {result_of(answer) == PushResult::kTaken, words_of(answer)};
  }

  bool all_taken() const { return all_taken_; }
  bool closed() const { return closed_; }  // false: librdkafka did not return

 private:
  Answer await(KafkaSink& sink) const {
    const auto until = Clock::now() + kKafkaBudget;
    const OutRecord record = record_of(config_, event_, options_);
    bool sent = sink.send(record), acked = false;
    std::string trouble;
    while (!acked && Clock::now() < until && trouble.empty()) {
      sink.serve(kStep);
      acked = !sink.take_acked().empty();
      if (!sink.take_failed().empty() || !sent) sent = sink.send(record);
      if (sink.status()->refused && !sink.status()->problems.empty()) trouble = without_part(sink.status()->problems.front());
    }
    if (acked) return {true, fmt::format("written to topic '{}'", record.topic)};
    if (trouble.empty() && !sink.status()->problems.empty()) trouble = without_part(sink.status()->problems.front());
    return {false, trouble.empty() ? describe_failure("no answer from the brokers in time", KafkaUse::kWrite) : trouble};
  }

  const Config& config_;
  const TestEventOptions& options_;
  TestEvent event_;
  bool all_taken_ = true, closed_ = true;
};

// All of it, or what stands behind or before its first slash: every Alertmanager, a webhook by its name.
bool is_meant(const std::string& wanted, std::string_view name) {
  const std::size_t slash = name.find('/');
  if (wanted.empty() || wanted == name) return true;
  return slash != std::string_view::npos && (name.substr(0, slash) == wanted || name.substr(slash + 1) == wanted);
}

int fail(int code, const std::string& message) {
  std::fprintf(stderr, "driftd alert test: %s\n", message.c_str());
  return code;
}

int test_sinks(AlertTestFlags& flags, const Config& config) {
  auto targets = push_targets(config.alert_sinks);
  if (!targets) return fail(kExitConfig, targets.error());
  std::vector<std::string> names;
  if (config.alert_sinks.kafka_enabled) names.emplace_back(kKafka);
  for (const PushTarget& target : *targets) names.push_back(target.name);
  if (names.empty()) return fail(kExitConfig, "the configuration has no sink; see alerts.kafka, alerts.alertmanager and alerts.webhooks");
  std::erase_if(names, [&](const std::string& name) { return !is_meant(flags.sink, name); });
  if (names.empty()) return fail(kExitUsage, fmt::format("no sink '{}' in the configuration", flags.sink));

  flags.event.config_hash = config.hash;
  flags.event.external_url = config.http.external_url;
  flags.event.now_us = wall_us();
  AlertTest test(config, flags.event);
  if (names.front() == kKafka) test.print(names.front(), test.to_kafka());
  for (const PushTarget& target : *targets) {
    if (std::ranges::find(names, target.name) != names.end()) test.print(target.name, test.to(target));
  }
  const int code = test.all_taken() ? kExitOk : kExitUnavailable;
  if (test.closed()) return code;
  std::fflush(nullptr);
  std::_Exit(code);  // librdkafka did not return
}

}  // namespace

int run_alert(std::span<const std::string> args) {
  AlertTestFlags flags;
  CLI::App app(
      "Try the way of an alert out of driftd.\n\nExamples:\n  driftd alert test -c driftd.yaml\n"
      "  driftd alert test -c driftd.yaml --sink alertmanager --severity critical\n"
      "Exit codes: 0 every sink took it, 64 usage, 69 one did not, 78 configuration refused",
      "driftd alert");
  app.require_subcommand(1);
  CLI::App* test = app.add_subcommand("test", "Send one event, dev.driftd.alert.test.v1, through each sink and print what it answered");
  add_config_flags(*test, flags.config);
  test->add_option("--sink", flags.sink, "Only this one: kafka, alertmanager, or the name of a webhook");
  test->add_option("--monitor", flags.event.monitor, "Name of the monitor in it")->type_name("MONITOR")->capture_default_str();
  test->add_option("--severity", flags.event.severity, "Severity of it")
      ->check(CLI::IsMember({"warning", "critical"}))
      ->capture_default_str();
  if (const auto done = parse_arguments(app, args)) return *done;
  const auto librdkafka = [](const std::string& name, const std::string& value) { return check_librdkafka_option(name, value); };
  const auto loaded = load_config(flags.config, {.for_kafka = true, .check_librdkafka = librdkafka});
  return loaded ? test_sinks(flags, loaded->config) : loaded.error();
}

}  // namespace driftd
