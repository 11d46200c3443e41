#include "daemon/alert/alert_codec.h"

namespace driftd {
namespace {

template <class Enum>
Enum read_enum(ByteReader& reader, Enum last) {
  const std::uint8_t value = reader.u8();
  if (value > static_cast<std::uint8_t>(last)) reader.fail();
  return static_cast<Enum>(value);
}

template <class Enum>
void write_enum(ByteWriter& writer, Enum value) {
  writer.u8(static_cast<std::uint8_t>(value));
}

std::uint32_t read_small(ByteReader& reader) {
  const std::uint64_t value = reader.varint();
  if (value > 0xffffffffU) reader.fail();
  return static_cast<std::uint32_t>(value);
}

void write_track(ByteWriter& writer, const Track& track) {
  write_enum(writer, track.state);
  writer.varint(track.alarm_run);
  writer.varint(track.calm_run);
  writer.varint(track.cooldown_windows_left);
  writer.i64(track.cooldown_until_us);
}

// A run belongs to its state, and a cooldown to none but inactive.
bool is_reachable(const Track& track) {
  const bool pending = track.state == TrackState::kPending, firing = track.state == TrackState::kFiring;
  const bool cooling = track.cooldown_windows_left > 0 || track.cooldown_until_us != kNoTime;
  return pending == (track.alarm_run > 0) && (firing || track.calm_run == 0) && (!(pending || firing) || !cooling);
}

Track read_track(ByteReader& reader) {
  Track track;
  track.state = read_enum(reader, TrackState::kFiring);
  track.alarm_run = read_small(reader);
  track.calm_run = read_small(reader);
  track.cooldown_windows_left = read_small(reader);
  track.cooldown_until_us = reader.i64();
  if (!is_reachable(track)) reader.fail();
  return track;
}

void write_open(ByteWriter& writer, const OpenAlert& open) {
  writer.boolean(open.firing);
  writer.boolean(open.critical);
  write_enum(writer, open.policy);
  writer.string(open.method);
  writer.string(open.alert_id);
  writer.i64(open.start_us);
  writer.i64(open.end_us);
  writer.string(open.summary);
  writer.string(open.event);
}

OpenAlert read_open(ByteReader& reader) {
  OpenAlert open;
  open.firing = reader.boolean();
  open.critical = reader.boolean();
  open.policy = read_enum(reader, Policy::kSequential);
  open.method = reader.string();
  open.alert_id = reader.string();
  open.start_us = reader.i64();
  open.end_us = reader.i64();
  open.summary = reader.string();
  open.event = reader.string();
  return open;
}

// What is open follows from the tracks: something is where one of them is active, and it fires where one of them fires.
bool is_reachable(const AlertLife& life) {
  bool active = false, firing = false;
  for (const auto& track : life.tracks) {
    active = active || track.state != TrackState::kInactive;
    firing = firing || track.state == TrackState::kFiring;
  }
  return life.open.has_value() == active && (!firing || life.open->firing);
}

}  // namespace

void write_alert_life(ByteWriter& writer, const AlertLife& life) {
  for (const auto& track : life.tracks) write_track(writer, track);
  writer.boolean(life.open.has_value());
  if (life.open) write_open(writer, *life.open);
}

AlertLife read_alert_life(ByteReader& reader) {
  AlertLife life;
  for (auto& track : life.tracks) track = read_track(reader);
  if (reader.boolean()) life.open = read_open(reader);
  if (!is_reachable(life)) reader.fail();
  return life;
}

void write_alert_status(ByteWriter& writer, const AlertStatus& status) {
  for (const auto* text : {&status.alert_id, &status.kind, &status.feature, &status.segment, &status.severity}) writer.string(*text);
  write_enum(writer, status.state);
  writer.i64(status.since_us);
  writer.i64(status.opened_us);
  writer.i64(status.resolved_us);
  writer.string(status.summary);
  writer.string(status.event_json);
}

AlertStatus read_alert_status(ByteReader& reader) {
  AlertStatus status;
  for (auto* text : {&status.alert_id, &status.kind, &status.feature, &status.segment, &status.severity}) *text = reader.string();
  status.state = read_enum(reader, AlertState::kResolved);
  status.since_us = reader.i64();
  status.opened_us = reader.i64();
  status.resolved_us = reader.i64();
  status.summary = reader.string();
  status.event_json = reader.string();
  return status;
}

}  // namespace driftd
