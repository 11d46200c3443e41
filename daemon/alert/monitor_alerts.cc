#include "daemon/alert/monitor_alerts.h"

#include <algorithm>
#include <cassert>
#include <deque>
#include <optional>
#include <tuple>

#include "daemon/alert/alert_codec.h"
#include "daemon/alert/alert_event.h"
#include "daemon/alert/alert_life.h"
#include "daemon/alert/finding.h"

namespace driftd {
namespace {

constexpr std::size_t kResolvedKept = 50;
constexpr std::uint8_t kFormat = 1;                               // of the saved bytes
constexpr std::size_t kSmallestAlert = 46, kSmallestStatus = 32;  // bytes: what a count may promise

using AlertKey = std::tuple<std::uint32_t, std::uint32_t, Kind>;  // segment, feature, kind: the order of transitions
using TransitionCounts = std::map<std::pair<std::string, std::string>, std::uint64_t>;

// Every counter exists from the start, so that a rate sees its first step. An update is a rise to critical.
TransitionCounts no_transitions_yet() {
  TransitionCounts counts{{{"critical", "updated"}, 0}};
  for (const auto* severity : {"warning", "critical"}) {
    for (const auto* to : {"pending", "firing", "resolved"}) counts.emplace(std::pair(severity, to), 0);
  }
  return counts;
}

AlertStatus status_of(const OpenAlert& alert, const AlertKey& key, const AlertPlan& plan) {
  const auto [segment, feature, kind] = key;
  AlertStatus status;
  status.alert_id = alert.alert_id;
  status.kind = kind_name(kind);
  status.feature = plan.features[feature].name;
  status.segment = plan.segments[segment];
  status.severity = alert.critical ? "critical" : "warning";
  status.state = alert.firing ? AlertState::kFiring : AlertState::kPending;
  status.since_us = alert.start_us;
  status.opened_us = alert.end_us;
  status.summary = alert.summary;
  status.event_json = alert.event;
  return status;
}

// Counters are saved without their names, in the order of the map: the names are fixed.
template <class Counts>
void write_counts(ByteWriter& writer, const Counts& counts) {
  for (const auto& [name, count] : counts) writer.u64(count);
}

template <class Counts>
Counts read_counts(ByteReader& reader, Counts names) {
  for (auto& [name, count] : names) count = reader.u64();
  return names;
}

}  // namespace

struct MonitorAlerts::State {
  AlertPlan plan;
  std::map<AlertKey, AlertLife> lives;  // only those with something to remember
  std::deque<AlertStatus> resolved;     // newest first
  TransitionCounts transitions = no_transitions_yet();
  SuppressedCounts suppressed = no_suppressed_yet();

  std::optional<AlertTransition> step(const AlertKey& key, const WindowFinding& seen);
  void remember(const AlertKey& key, const LifeChange& change, const AlertTransition& to, std::int64_t end_us);
  void keep_resolved(AlertStatus status);
  bool is_known(const AlertKey& key) const;
  bool load_lives(ByteReader& reader);
  bool load_past(ByteReader& reader);
};

std::optional<AlertTransition> MonitorAlerts::State::step(const AlertKey& key, const WindowFinding& seen) {
  const auto found = lives.try_emplace(key).first;
  AlertLife& life = found->second;
  const auto change = advance(life, seen, suppressed);
  std::optional<AlertTransition> to;
  if (change) {
    to = alert_transition(*change, seen);
    remember(key, *change, *to, seen.window.end_us);
  }
  if (life.is_fresh()) lives.erase(found);
  return to;
}

void MonitorAlerts::State::remember(const AlertKey& key, const LifeChange& change, const AlertTransition& to, std::int64_t end_us) {
  ++transitions[{to.severity, std::string(transition_name(to.transition))}];
  OpenAlert alert = change.alert;
  alert.summary = to.summary;
  alert.event = to.event;
  if (to.transition != Transition::kResolved) {
    lives[key].open = alert;
    return;
  }
  AlertStatus status = status_of(alert, key, plan);
  status.state = AlertState::kResolved;
  status.resolved_us = end_us;
  keep_resolved(std::move(status));
}

void MonitorAlerts::State::keep_resolved(AlertStatus status) {
  resolved.push_front(std::move(status));
  if (resolved.size() > kResolvedKept) resolved.pop_back();
}

bool MonitorAlerts::State::is_known(const AlertKey& key) const {
  const auto [segment, feature, kind] = key;
  return segment < plan.segments.size() && feature < plan.features.size() &&
         (kind == Kind::kQuality || kind == plan.features[feature].kind);
}

bool MonitorAlerts::State::load_lives(ByteReader& reader) {
  for (auto left = reader.count(kSmallestAlert); left > 0; --left) {
    const std::uint32_t segment = reader.u32(), feature = reader.u32();
    const AlertKey key{segment, feature, static_cast<Kind>(reader.u8())};
    const bool ascending = lives.empty() || lives.rbegin()->first < key;
    const AlertLife life = read_alert_life(reader);
    if (!reader.ok() || !is_known(key) || !ascending || life.is_fresh()) return false;
    lives.emplace(key, life);
  }
  return reader.ok();
}

MonitorAlerts::MonitorAlerts(AlertPlan plan) : state_(std::make_unique<State>()) { state_->plan = std::move(plan); }
MonitorAlerts::~MonitorAlerts() = default;
MonitorAlerts::MonitorAlerts(MonitorAlerts&&) noexcept = default;
MonitorAlerts& MonitorAlerts::operator=(MonitorAlerts&&) noexcept = default;

std::vector<AlertTransition> MonitorAlerts::step(const Judgement& judgement) {
  std::vector<AlertTransition> transitions;
  for (const auto& verdict : judgement.verdicts) {
    assert(verdict.feature < state_->plan.features.size() && verdict.segment < state_->plan.segments.size());
    assert(verdict.segment < judgement.segment_rows.size());
    for (const auto kind : {state_->plan.features[verdict.feature].kind, Kind::kQuality}) {
      const AlertKey key{verdict.segment, verdict.feature, kind};
      auto to = state_->step(key, {state_->plan, judgement, {&verdict, kind}});
      if (to) transitions.push_back(std::move(*to));
    }
  }
  return transitions;
}

std::vector<AlertStatus> MonitorAlerts::status() const {
  std::vector<AlertStatus> all;
  for (const auto& [key, life] : state_->lives) {
    if (life.open) all.push_back(status_of(*life.open, key, state_->plan));
  }
  std::ranges::stable_sort(all, std::greater{}, &AlertStatus::opened_us);
  all.insert(all.end(), state_->resolved.begin(), state_->resolved.end());
  return all;
}

AlertState MonitorAlerts::state(std::uint32_t segment, std::uint32_t feature) const {
  AlertState worst = AlertState::kInactive;
  const auto& lives = state_->lives;
  for (auto life = lives.lower_bound({segment, feature, Kind{}}); life != lives.end(); ++life) {
    const auto [its_segment, its_feature, kind] = life->first;
    if (its_segment != segment || its_feature != feature) break;
    worst = std::max(worst, life->second.state());
  }
  return worst;
}

const std::map<std::pair<std::string, std::string>, std::uint64_t>& MonitorAlerts::transitions() const { return state_->transitions; }

const std::map<std::string, std::uint64_t>& MonitorAlerts::suppressed() const { return state_->suppressed; }

void MonitorAlerts::save(std::string& out) const {
  ByteWriter writer;
  writer.u8(kFormat);
  writer.varint(state_->lives.size());
  for (const auto& [key, life] : state_->lives) {
    const auto [segment, feature, kind] = key;
    writer.u32(segment);
    writer.u32(feature);
    writer.u8(static_cast<std::uint8_t>(kind));
    write_alert_life(writer, life);
  }
  writer.varint(state_->resolved.size());
  for (const auto& status : state_->resolved) write_alert_status(writer, status);
  write_counts(writer, state_->transitions);
  write_counts(writer, state_->suppressed);
  out += writer.bytes();
}

// What is behind the lives, to the end.
bool MonitorAlerts::State::load_past(ByteReader& reader) {
  const auto count = reader.count(kSmallestStatus);
  if (count > kResolvedKept) return false;
  for (std::size_t i = 0; i < count; ++i) resolved.push_back(read_alert_status(reader));
  transitions = read_counts(reader, transitions);
  suppressed = read_counts(reader, suppressed);
  return reader.done();
}

bool MonitorAlerts::load(std::string_view bytes) {
  ByteReader reader(bytes);
  State loaded;
  loaded.plan = state_->plan;
  if (reader.u8() != kFormat || !loaded.load_lives(reader) || !loaded.load_past(reader)) return false;
  *state_ = std::move(loaded);
  return true;
}

namespace {

// Of lives that belong to a plan nobody has any more, those that are open; nullopt: corrupt. The reader is behind them then.
std::optional<std::vector<OpenAlert>> read_open_alerts(ByteReader& reader) {
  std::vector<OpenAlert> open;
  if (reader.u8() != kFormat) return std::nullopt;
  for (auto left = reader.count(kSmallestAlert); left > 0 && reader.ok(); --left) {
    reader.raw(9);  // segment, feature, kind
    if (auto life = read_alert_life(reader); life.open) open.push_back(std::move(*life.open));
  }
  return reader.ok() ? std::optional(std::move(open)) : std::nullopt;
}

}  // namespace

bool MonitorAlerts::load_past(std::string_view bytes, const std::vector<EndedAlert>& ended) {
  ByteReader reader(bytes);
  State loaded;
  loaded.plan = state_->plan;
  if (!read_open_alerts(reader) || !loaded.load_past(reader)) return false;
  for (const EndedAlert& alert : ended) {
    ++loaded.transitions[{alert.status.severity, "resolved"}];
    loaded.keep_resolved(alert.status);
  }
  *state_ = std::move(loaded);
  return true;
}

std::optional<SavedAlerts> read_saved_alerts(std::string_view bytes) {
  ByteReader reader(bytes);
  auto open = read_open_alerts(reader);
  if (!open) return std::nullopt;
  SavedAlerts saved{std::move(*open), reader.count(kSmallestStatus)};
  return reader.ok() ? std::optional(std::move(saved)) : std::nullopt;
}

std::optional<std::vector<EndedAlert>> end_saved_alerts(std::string_view bytes, EndReason reason, std::int64_t end_us) {
  ByteReader reader(bytes);
  const auto open = read_open_alerts(reader);
  if (!open) return std::nullopt;
  std::vector<EndedAlert> ended;
  for (const OpenAlert& alert : *open) {
    if (auto end = end_alert(alert, reason, end_us)) ended.push_back(std::move(*end));
  }
  return ended;
}

}  // namespace driftd
