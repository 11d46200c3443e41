#include "config/print.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "config/load.h"

using namespace driftd;

namespace {

const std::string kRich =
    "log: {level: debug, format: json}\n"
    "kafka:\n"
    "  brokers: [a, \"b:9092\"]\n"
    "  librdkafka: {fetch.wait.max.ms: 100, client.rack: \"x: {y}\"}\n"
    "alerts: {close_after: 7, kafka: {enabled: true}, alertmanager: {urls: [\"http://a\"], labels: {team: x}},\n"
    "  webhooks: [{name: w, url: \"http://w\", headers: {x-team: y}, template: custom, body: \"{\\\"a\\\": {{rows}}}\"}]}\n"
    "streams: [{name: s, topics: [x, y], start: 2025-01-01T00:00:00Z, fields: {event_time: 'a\\.b.$$c'}}]\n"
    "monitors:\n"
    "  - {name: one, stream: s, reference: r.csv, segments: {by: [c], values: {c: [NO, \"1\", \"true\"]}}, window: {every: 90s, "
    "min_samples: 10}}\n"
    "  - {name: two, topic: t, reference: /abs/r.ref, alerts: {false_alarms: 0.5 per 1w, min_effect: 0.2, severity: critical},\n"
    "     detectors: {psi: {threshold: 0.25}, page_hinkley: {fields: [score, \"p*\"], mode: down}}, quality: off}\n";

Loaded must_load(const std::string& text) {
  LoadOptions options;
  options.base_dir = "/etc/driftd";
  auto loaded = load(text, "driftd.yaml", options);
  REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : render(loaded.error())));
  return *loaded;
}

}  // namespace

TEST_CASE("what is printed loads again as the same") {
  for (const std::string& text : {kRich, std::string("kafka: {brokers: [b]}\nmonitors: [{name: m, topic: t, reference: r}]\n")}) {
    const Loaded first = must_load(text);
    const std::string printed = print_config(first.config);
    const Loaded second = must_load(printed);
    CHECK(print_config(second.config) == printed);
    CHECK(second.config.hash == first.config.hash);
    CHECK(second.config.monitors[0].reference == first.config.monitors[0].reference);
    CHECK(second.config.streams[0].fields.event_time == first.config.streams[0].fields.event_time);
  }
}

TEST_CASE("origins stand behind the values") {
  const Loaded loaded = must_load(kRich);
  const std::string printed = print_config(loaded.config, &loaded.origins);
  CHECK(printed.find("  level: debug  # driftd.yaml:1:14\n") != std::string::npos);
  CHECK(printed.find("  repeat_limit: 10s  # default\n") != std::string::npos);
  CHECK(printed.find("      close_after: 7  # driftd.yaml:5:23\n") != std::string::npos);
}

TEST_CASE("the hash follows effective values only") {
  const std::string text = "kafka: {brokers: [b]}\nmonitors: [{name: m, topic: t, reference: r}]\n";
  const std::string hash = must_load(text).config.hash;
  CHECK(hash == "61be73a0431d");  // changes when a key is added or a default changes
  CHECK(hash.size() == 12);
  CHECK(hash.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(must_load("# comment\nmonitors:\n  - topic: t\n    reference: ./r\n    name: m\nlog: {level: info}\nkafka:\n  brokers:\n    - b\n")
            .config.hash == hash);
  CHECK(must_load(text + "log: {level: debug}\nhttp: {listen: \"127.0.0.1:0\"}\n").config.hash == hash);  // changes no result
  CHECK(must_load(text + "metrics: {level: detailed, max_series: 500}\ndefaults: {features: {bins: [a]}}\n").config.hash == hash);
  CHECK(must_load(text + "alerts: {min_effect: 0.3}\n").config.hash != hash);
}

TEST_CASE("the hash of a monitor follows what that monitor is alone, and is that of a configuration of nothing else") {
  const std::string one = "  - {name: a, topic: t, reference: r.csv, alerts: {min_effect: 0.3}}\n";
  const auto hash_in = [](const std::string& text) {
    const Config config = must_load("kafka: {brokers: [\"h:1\"]}\n" + text).config;
    return hash_of(config, *std::ranges::find(config.monitors, "a", &MonitorConfig::name));
  };
  const std::string alone = hash_in("monitors:\n" + one);
  CHECK(alone == must_load("kafka: {brokers: [\"h:1\"]}\nmonitors:\n" + one).config.hash);
  CHECK(hash_in("monitors:\n  - {name: b, topic: u, reference: r.csv}\n" + one) == alone);
  CHECK(hash_in("monitors:\n" + one + "  - {name: b, topic: t, reference: r.csv}\n") == alone);
  CHECK(hash_in("monitors:\n" + one + "  - {name: b, topic: t, reference: r.csv, time: {lateness: 7s}}\n") !=
        alone);  // of the shared stream
  CHECK(hash_in("defaults: {window: {every: 7m}}\nmonitors:\n" + one) != alone);
  CHECK(hash_in("engine: {max_payload: 7KiB}\nmonitors:\n" + one) != alone);
}

TEST_CASE("the hash does not hold a secret") {
  const auto with = [](const std::string& password) {
    LoadOptions options;
    options.environment = {{"PW", password}};
    const auto loaded =
        load("kafka: {brokers: [b], librdkafka: {ssl.keystore.password: \"${env:PW}\"}}\nmonitors: [{name: m, topic: t, reference: r}]\n",
             "f", options);
    REQUIRE(loaded.has_value());
    CHECK(loaded->config.kafka.librdkafka.at("ssl.keystore.password") == password);
    CHECK(print_config(loaded->config).find(password) == std::string::npos);
    return loaded->config.hash;
  };
  CHECK(with("hunter2") == with("correct horse"));
}

TEST_CASE("the sample of every key is the reference page, and holds the defaults") {
  std::ifstream file(DRIFTD_SOURCE_DIR "/config/examples/full.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  CHECK(print_reference() == text.str());  // written by: driftd config reference > config/examples/full.yaml

  Config expected;
  expected.kafka.brokers = {"localhost:9092"};
  expected.alert_sinks.webhooks.emplace_back().name = "retrain";
  expected.alert_sinks.webhooks[0].url = "https://ci.example/hooks/retrain";
  expected.streams.emplace_back().name = "predictions";
  expected.streams[0].topics = {"fraud.predictions"};
  auto& monitor = expected.monitors.emplace_back();
  monitor.name = "fraud";
  monitor.stream = "predictions";
  monitor.reference = "/etc/driftd/fraud.jsonl";
  CHECK(print_config(must_load(print_reference()).config) == print_config(expected));
}
