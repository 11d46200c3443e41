#include "config/load.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/print.h"

using namespace driftd;

namespace {

const std::string kMinimal =
    "kafka: {brokers: [\"localhost:9092\"]}\n"
    "monitors:\n"
    "  - name: fraud\n"
    "    topic: fraud.predictions\n"
    "    reference: fraud.jsonl\n";

Loaded must_load(const std::string& text, const LoadOptions& options = {}) {
  auto loaded = load(text, "driftd.yaml", options);
  REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : render(loaded.error())));
  return *loaded;
}

std::string monitor_with(const std::string& keys) { return kMinimal + keys; }

// A case of refused.txt.
struct Refused {
  std::string name, text, want;
  std::vector<std::string> options;  // "set a.b=v", "env NAME=v"
};

const std::string kRefusedFile = DRIFTD_TESTS_DIR "/config/refused.txt";

std::vector<Refused> read_refused(std::string& head) {
  std::ifstream file(kRefusedFile);
  REQUIRE(file.good());
  std::vector<Refused> cases;
  bool want = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("=== case ")) {
      cases.push_back({line.substr(9), "", "", {}});
      want = false;
    } else if (cases.empty()) {
      head += line + "\n";
    } else if (line == "=== want") {
      want = true;
    } else if (line.starts_with("=== ")) {
      cases.back().options.push_back(line.substr(4));
    } else {
      (want ? cases.back().want : cases.back().text) += line + "\n";
    }
  }
  return cases;
}

LoadOptions options_of(const Refused& refused) {
  LoadOptions options;
  options.check_librdkafka = [](const std::string& name, const std::string&) -> std::optional<std::string> {
    if (name == "fetch.wait.max.sm") return "librdkafka has no option '" + name + "'";
    return std::nullopt;
  };
  for (const auto& option : refused.options) {
    const std::string rest = option.substr(4);
    const std::size_t equals = rest.find('=');
    if (option.starts_with("set ")) options.set.push_back(rest);
    if (option.starts_with("env ")) options.environment[rest.substr(0, equals)] = rest.substr(equals + 1);
  }
  return options;
}

std::string write_refused(const Refused& refused, const std::string& got) {
  std::string text = "=== case " + refused.name + "\n";
  for (const auto& option : refused.options) text += "=== " + option + "\n";
  return text + refused.text + "=== want\n" + got;
}

}  // namespace

TEST_CASE("what is refused is said whole, at its place") {
  std::string head;
  const auto cases = read_refused(head);
  CHECK(cases.size() >= 60);
  std::string written = head;
  for (const auto& refused : cases) {
    CAPTURE(refused.name);
    const auto loaded = load(refused.text, "driftd.yaml", options_of(refused));
    const std::string got = loaded ? "loaded\n" : render(loaded.error());
    CHECK(got == refused.want);
    CHECK_FALSE(got == "loaded\n");
    CHECK(got.find("hunter2") == std::string::npos);
    written += write_refused(refused, got);
  }
  if (std::getenv("DRIFTD_UPDATE_GOLDEN") != nullptr) std::ofstream(kRefusedFile) << written;
}

TEST_CASE("the minimal configuration loads with every default") {
  const Loaded loaded = must_load(kMinimal, {.base_dir = "/etc/driftd"});
  CHECK(loaded.warnings.empty());
  CHECK(loaded.config.source == "driftd.yaml");
  CHECK(loaded.config.kafka.brokers == std::vector<std::string>{"localhost:9092"});
  REQUIRE(loaded.config.streams.size() == 1);
  CHECK(loaded.config.streams[0].name == "fraud.predictions");
  CHECK(loaded.config.streams[0].topics == std::vector<std::string>{"fraud.predictions"});
  REQUIRE(loaded.config.monitors.size() == 1);
  CHECK(loaded.config.monitors[0].stream == "fraud.predictions");
  CHECK(loaded.config.monitors[0].reference == "/etc/driftd/fraud.jsonl");

  Config expected;
  expected.kafka.brokers = loaded.config.kafka.brokers;
  expected.streams.emplace_back().name = "fraud.predictions";
  expected.streams[0].topics = {"fraud.predictions"};
  auto& monitor = expected.monitors.emplace_back();
  monitor.name = "fraud";
  monitor.stream = "fraud.predictions";
  monitor.reference = "/etc/driftd/fraud.jsonl";
  CHECK(print_config(loaded.config) == print_config(expected));
}

TEST_CASE("a set variable wins over the file, --set over both") {
  LoadOptions options{.environment = {{"DRIFTD__KAFKA__BROKERS", "a:9092,b:9092"}, {"DRIFTD__LOG__LEVEL", "debug"}, {"DRIFTD_PORT", "x"}}};
  options.set = {"log.level=warn", "monitors[0].window.every=1m", "kafka.librdkafka.fetch.wait.max.ms=100"};
  options.environment["DRIFTD__MONITORS__0__NAME"] = "other";
  const Loaded loaded = must_load(kMinimal, options);
  CHECK(loaded.config.kafka.brokers == std::vector<std::string>{"a:9092", "b:9092"});
  CHECK(loaded.config.log.level == LogLevel::kWarn);
  CHECK(loaded.config.monitors[0].window.every == std::chrono::minutes(1));
  CHECK(loaded.config.monitors[0].name == "other");
  CHECK(loaded.config.kafka.librdkafka.at("fetch.wait.max.ms") == "100");
  CHECK(loaded.origins.at("log.level") == "--set log.level");
  CHECK(loaded.origins.at("kafka.brokers") == "DRIFTD__KAFKA__BROKERS");
  CHECK(loaded.origins.at("monitors[0].reference") == "driftd.yaml:5:16");
}

TEST_CASE("alerts, then defaults, then the monitor's own keys") {
  const Loaded loaded = must_load(kMinimal +
                                  "  - {name: other, topic: other, reference: o.csv, alerts: {close_after: 9}, time: {lateness: 9m}}\n"
                                  "defaults: {alerts: {close_after: 5}, time: {lateness: 2m}, window: {every: 1h}}\n"
                                  "alerts: {close_after: 2, cooldown: 7}\n");
  const auto& [fraud, other] = std::tie(loaded.config.monitors[0], loaded.config.monitors[1]);
  CHECK(fraud.alerts.close_after == 5);
  CHECK(fraud.alerts.cooldown == 7);
  CHECK(other.alerts.close_after == 9);
  CHECK(other.alerts.cooldown == 7);
  CHECK(fraud.window.every == std::chrono::hours(1));
  CHECK(loaded.config.streams[0].time.lateness == std::chrono::minutes(2));
  CHECK(loaded.config.streams[1].time.lateness == std::chrono::minutes(9));
  CHECK(loaded.origins.at("monitors[0].alerts.close_after") == "driftd.yaml:7:34");
  CHECK(loaded.origins.at("monitors[0].alerts.cooldown") == "driftd.yaml:8:36");
  CHECK(loaded.origins.at("monitors[1].alerts.close_after") == "driftd.yaml:6:73");
  CHECK(loaded.origins.at("streams[0].time.lateness") == "driftd.yaml:7:55");
}

TEST_CASE("substitutions reach every scalar and are not read again") {
  const LoadOptions options{.environment = {{"EVERY", "2m"}, {"USER_NAME", "a: {b} # c"}, {"EMPTY", ""}}};
  const Loaded loaded = must_load(
      "kafka: {brokers: [\"${env:HOST:-h}:9092\"], client_id: \"${env:USER_NAME}\", group: \"$$x${env:EMPTY:-y}\"}\n"
      "monitors: [{name: m, topic: t, reference: r.csv, window: {every: \"${env:EVERY}\"}}]\n",
      options);
  CHECK(loaded.config.kafka.brokers == std::vector<std::string>{"h:9092"});
  CHECK(loaded.config.kafka.client_id == "a: {b} # c");
  CHECK(loaded.config.kafka.group == "$xy");
  CHECK(loaded.config.monitors[0].window.every == std::chrono::minutes(2));
}

TEST_CASE("replay needs no brokers and reads csv") {
  const std::string text = "monitors: [{name: m, topic: t, reference: r.csv, format: csv}]\n";
  CHECK(must_load(text, {.for_kafka = false}).config.streams[0].format == Format::kCsv);
  CHECK_FALSE(load(text, "driftd.yaml", {}).has_value());
}

TEST_CASE("warnings do not refuse") {
  struct Row {
    const char* name;
    std::string text;
    const char* want;
  };
  const Row rows[] = {
      {"prediction alone", monitor_with("    fields: {prediction: p}\n"),
       "driftd.yaml:6:26: warning: monitors[0].fields.prediction without fields.label: no concept drift\n"
       "    6 |     fields: {prediction: p}\n"
       "      |                          ^\n"},
      {"stream that nobody reads", kMinimal + "streams: [{name: s, topics: [x]}]\n",
       "driftd.yaml:6:11: warning: streams[0]: no monitor reads stream 's'\n"
       "    6 | streams: [{name: s, topics: [x]}]\n"
       "      |           ^\n"},
      {"nothing can alarm", monitor_with("    alerts: {false_alarms: off}\n"),
       "driftd.yaml:6:28: warning: monitors[0].alerts.false_alarms: off, and no detector has a threshold: only sequential detectors can "
       "raise "
       "an alert\n"
       "    6 |     alerts: {false_alarms: off}\n"
       "      |                            ^^^\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(render_warnings(must_load(row.text).warnings) == std::string(row.want));
  }
}

TEST_CASE("the samples load: minimal, full with every default, and where alerts go") {
  for (const char* name : {"minimal.yaml", "full.yaml", "alerts.yaml"}) {
    CAPTURE(name);
    std::ifstream file(std::string(DRIFTD_SOURCE_DIR "/config/examples/") + name);
    std::ostringstream text;
    text << file.rdbuf();
    const auto loaded = load(text.str(), name, {.base_dir = "/etc/driftd"});
    REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : render(loaded.error())));
    CHECK(loaded->warnings.empty());
  }
}
