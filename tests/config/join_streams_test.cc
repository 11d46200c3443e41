#include "config/join_streams.h"

#include <doctest/doctest.h>

#include "config/load.h"

using namespace driftd;

namespace {

Config must_load(const std::string& text) {
  const auto loaded = load("kafka: {brokers: [b]}\n" + text, "f", {});
  REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : render(loaded.error())));
  return loaded->config;
}

}  // namespace

TEST_CASE("monitors on one topic share its stream, and what either says of it") {
  const Config config = must_load(
      "defaults: {time: {idle_after: 3m}}\n"
      "monitors:\n"
      "  - {name: a, topic: t, reference: r, time: {lateness: 2m}}\n"
      "  - {name: b, topic: t, reference: r, start: earliest, time: {lateness: 120s}, fields: {event_time: ts}}\n"
      "  - {name: c, topic: u, reference: r, start: 2025-01-01T00:00:00Z}\n");
  REQUIRE(config.streams.size() == 2);
  CHECK(config.streams[0].name == "t");
  CHECK(config.streams[0].start == StartAt::kEarliest);
  CHECK(config.streams[0].fields.event_time == "ts");
  CHECK(config.streams[0].time.lateness == std::chrono::minutes(2));
  CHECK(config.streams[0].time.idle_after == std::chrono::minutes(3));
  CHECK(config.streams[1].start == StartAt::kTime);
  CHECK(config.streams[1].start_time_us == 1'735'689'600'000'000);
  CHECK(config.monitors[0].stream == "t");
  CHECK(config.monitors[1].stream == "t");
  CHECK(config.monitors[2].stream == "u");
}

TEST_CASE("a topic joins the declared stream that reads it alone, whatever its name") {
  const Config config = must_load(
      "streams: [{name: predictions, topics: [t], start: earliest}]\n"
      "monitors: [{name: a, topic: t, reference: r}, {name: b, stream: predictions, reference: r}]\n");
  REQUIRE(config.streams.size() == 1);
  CHECK(config.streams[0].start == StartAt::kEarliest);
  CHECK(config.monitors[0].stream == "predictions");
  CHECK(config.monitors[1].stream == "predictions");
}

TEST_CASE("defaults do not change a declared stream") {
  const Config config = must_load(
      "defaults: {start: earliest}\n"
      "streams: [{name: s, topics: [t]}]\n"
      "monitors: [{name: a, stream: s, reference: r}]\n");
  CHECK(config.streams[0].start == StartAt::kLatest);
}
