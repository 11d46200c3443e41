#include "config/reload_rules.h"

#include <doctest/doctest.h>

using namespace driftd;

namespace {

constexpr char kMonitors[] = "monitors:\n  - {name: m, topic: t, reference: r.csv}\n";

Loaded loaded(const std::string& text) {
  auto made = load(text + kMonitors, "driftd.yaml", {});
  if (!made) FAIL(render(made.error()));
  return *made;
}

std::string refused(const std::string& before, const std::string& after) {
  std::string lines;
  for (const Problem& problem : needs_restart(loaded(before).config, loaded(after))) lines += one_line(problem) + "\n";
  return lines;
}

}  // namespace

TEST_CASE("a key that no reload takes is named with its place and both values") {
  CHECK(refused("kafka: {brokers: [a:1]}\nstate: {dir: /a, snapshot_interval: 1s}\nengine: {shards: 2}\n",
                "kafka:\n  brokers: [a:1, b:2]\n  group: g\nstate: {dir: /a, snapshot_interval: 2s}\n") ==
        "driftd.yaml:4:37: state.snapshot_interval: a change takes a restart; in force is 1s, the file says 2s\n"
        "driftd.yaml: engine.shards: a change takes a restart; in force is 2, the file says auto\n"
        "driftd.yaml:2:12: kafka.brokers: a change takes a restart; in force is [\"a:1\"], the file says [\"a:1\", \"b:2\"]\n"
        "driftd.yaml:3:10: kafka.group: a change takes a restart; in force is driftd, the file says g\n");
}

TEST_CASE("what a reload takes is not named, whatever changes there; nor is what stays") {
  const std::string kafka = "kafka: {brokers: [a:1]}\n";
  CHECK(refused(kafka, kafka).empty());
  CHECK(refused(kafka, kafka + "log: {level: debug}\nhistory: {enabled: false}\nmetrics: {level: detailed}\nreload: {watch: true}\n"
                               "alerts: {false_alarms: off, webhooks: [{name: w, url: \"http://w\"}]}\ndefaults: {window: {every: 1h}}\n"
                               "streams: [{name: s, topics: [u]}]\n")
            .empty());
}

TEST_CASE("the place of a problem is told apart from the source") {
  const Problem placed = problem_at("a:b.yaml:7:14", "m");
  CHECK(placed.source == "a:b.yaml");
  CHECK(placed.line == 7);
  CHECK(placed.column == 14);
  for (const char* whole : {"driftd.yaml", "--set a.b", "DRIFTD__A", "odd:7", ":", ""}) {
    CAPTURE(whole);
    CHECK(problem_at(whole, "m").source == whole);
    CHECK(problem_at(whole, "m").line == 0);
  }
}
