#include "daemon/alert/alert_codec.h"

#include <doctest/doctest.h>

namespace driftd {
namespace {

AlertLife firing_life() {
  AlertLife life;
  life.tracks[0] = {.state = TrackState::kFiring, .alarm_run = 0, .calm_run = 2, .cooldown_windows_left = 0};
  life.tracks[1] = {.state = TrackState::kPending, .alarm_run = 1, .calm_run = 0, .cooldown_windows_left = 0};
  life.tracks[2].cooldown_windows_left = 1;
  life.open = OpenAlert{true, true, Policy::kLevel, "psi", "6e77b70df680e4e0", 1, 2, "amount: ...", "{}"};
  return life;
}

bool is_read(const AlertLife& life) {
  ByteWriter writer;
  write_alert_life(writer, life);
  ByteReader reader(writer.bytes());
  read_alert_life(reader);
  return reader.done();
}

}  // namespace

TEST_CASE("a life comes back") {
  ByteWriter writer;
  write_alert_life(writer, firing_life());
  ByteReader reader(writer.bytes());
  CHECK(read_alert_life(reader) == firing_life());
  CHECK(reader.done());
}

TEST_CASE("a life that no windows lead to is refused") {
  using Change = void (*)(AlertLife&);
  const struct {
    const char* name;
    Change change;
  } rows[] = {
      {"unknown state", [](AlertLife& life) { life.tracks[0].state = static_cast<TrackState>(3); }},
      {"pending without alarms", [](AlertLife& life) { life.tracks[1].alarm_run = 0; }},
      {"firing with a run of alarms", [](AlertLife& life) { life.tracks[0].alarm_run = 1; }},
      {"pending with a calm run", [](AlertLife& life) { life.tracks[1].calm_run = 1; }},
      {"firing in a cooldown", [](AlertLife& life) { life.tracks[0].cooldown_windows_left = 1; }},
      {"pending in a cooldown", [](AlertLife& life) { life.tracks[1].cooldown_until_us = 5; }},
      {"active tracks without an alert", [](AlertLife& life) { life.open.reset(); }},
      {"an alert that waits while a track fires", [](AlertLife& life) { life.open->firing = false; }},
      {"an alert without an active track", [](AlertLife& life) { life.tracks = {}; }},
      {"unknown policy", [](AlertLife& life) { life.open->policy = static_cast<Policy>(4); }},
  };
  CHECK(is_read(firing_life()));
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto life = firing_life();
    row.change(life);
    CHECK_FALSE(is_read(life));
  }
}

TEST_CASE("a status comes back") {
  const AlertStatus status{"id", "drift", "amount", "all", "warning", AlertState::kResolved, 1, 2, 3, "sentence", "{}"};
  ByteWriter writer;
  write_alert_status(writer, status);
  ByteReader reader(writer.bytes());
  const auto read = read_alert_status(reader);
  CHECK(reader.done());
  ByteWriter again;
  write_alert_status(again, read);
  CHECK(again.bytes() == writer.bytes());
  CHECK(read.alert_id == "id");
  CHECK(read.severity == "warning");
  CHECK(read.state == AlertState::kResolved);
  CHECK(read.resolved_us == 3);
  CHECK(read.event_json == "{}");
}

}  // namespace driftd
