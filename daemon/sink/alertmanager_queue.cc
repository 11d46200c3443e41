#include "daemon/sink/alertmanager_queue.h"

#include <algorithm>

#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

constexpr std::int64_t kResolvedForUs = 300'000'000;
constexpr std::int64_t kEndsAfterResends = 4;
constexpr std::int64_t kFirstWaitUs = 1'000'000, kLongestWaitUs = 30'000'000;
constexpr std::size_t kAlertsOfRequest = 256;

void write_map(JsonWriter& json, std::string_view key, const std::map<std::string, std::string>& map) {
  json.key(key).begin_object();
  for (const auto& [name, value] : map) json.field(name, value);
  json.end_object();
}

}  // namespace

AlertmanagerQueue::Entry& AlertmanagerQueue::put(PushedAlert alert) {
  Entry& entry = entries_[{alert.fingerprint, alert.severity}];
  done_.insert(done_.end(), entry.sequences.begin(), entry.sequences.end());
  const std::int64_t began_us = entry.start_us == 0 ? alert.time_us : entry.start_us;
  entry = Entry{};
  entry.start_us = alert.transition == "resolved" ? began_us : alert.time_us;
  entry.alert = std::move(alert);
  return entry;
}

// Every other alert that this one takes the place of: the same with another severity.
void AlertmanagerQueue::resolve_others(const PushedAlert& alert, Moment now) {
  for (auto at = entries_.lower_bound({alert.fingerprint, ""}); at != entries_.end() && at->first.first == alert.fingerprint; ++at) {
    Entry& entry = at->second;
    if (at->first.second == alert.severity || entry.resolved) continue;
    done_.insert(done_.end(), entry.sequences.begin(), entry.sequences.end());
    entry.sequences.clear();
    entry.resolved = entry.due = true;
    entry.taken = entry.refused = false;
    entry.resolved_at = now;
  }
}

void AlertmanagerQueue::restore(const std::string& event, Moment now, std::int64_t after_us) {
  auto alert = read_pushed_alert(event);
  if (!alert) return;
  put(std::move(*alert));
  quiet_until_us_ = now.steady_us + after_us;
}

void AlertmanagerQueue::add(OutRecord record, Moment now) {
  auto alert = read_pushed_alert(record.value);
  if (!alert) {
    ++counts_.error;
    done_.push_back(record.sequence);
    return;
  }
  resolve_others(*alert, now);
  const bool resolved = alert->transition == "resolved";
  Entry& entry = put(std::move(*alert));
  entry.sequences = {record.sequence};
  entry.resolved = resolved;
  entry.resolved_at = now;
}

// A resolved alert has been told for long enough; or, where nobody took it, has ended by its last endsAt.
void AlertmanagerQueue::forget_old(Moment now) {
  std::erase_if(entries_, [&](const auto& item) {
    const Entry& entry = item.second;
    const std::int64_t hold_us = entry.taken ? kResolvedForUs : std::max(kResolvedForUs, kEndsAfterResends * form_.resend_every_us);
    if (!entry.resolved || now.steady_us - entry.resolved_at.steady_us < hold_us) return false;
    if (!entry.taken && !entry.refused) counts_.error += entry.sequences.size();
    done_.insert(done_.end(), entry.sequences.begin(), entry.sequences.end());
    return true;
  });
}

void AlertmanagerQueue::resend_all(Moment now) {
  if (now.steady_us < resend_at_us_) return;
  resend_at_us_ = now.steady_us + form_.resend_every_us;
  for (auto& [key, entry] : entries_) entry.due = true;
}

// Alertmanager refuses an alert that ends before it starts; event time may be ahead of its clock.
void AlertmanagerQueue::write_alert(JsonWriter& json, const Entry& entry, Moment now) const {
  const PushedAlert& alert = entry.alert;
  const std::int64_t end_us = entry.resolved ? entry.resolved_at.wall_us : now.wall_us + kEndsAfterResends * form_.resend_every_us;
  json.begin_object();
  write_map(json, "annotations", alert_annotations(alert));
  json.field("endsAt", format_event_time(end_us));
  if (!alert.page.empty()) json.field("generatorURL", alert.page);
  write_map(json, "labels", alert_labels(alert, form_.labels));
  json.field("startsAt", format_event_time(std::min(entry.start_us, std::min(end_us, now.wall_us)))).end_object();
}

std::optional<PushRequest> AlertmanagerQueue::next(Moment now) {
  forget_old(now);
  if (now.steady_us < quiet_until_us_) return std::nullopt;
  resend_all(now);
  under_way_.clear();
  JsonWriter json;
  json.begin_array();
  for (const auto& [key, entry] : entries_) {
    if (!entry.due) continue;
    if (under_way_.size() >= kAlertsOfRequest && key.first != under_way_.back().first) break;  // both severities go together
    under_way_.push_back(key);
    write_alert(json, entry, now);
  }
  if (under_way_.empty()) return std::nullopt;
  PushRequest request{json.end_array().take(), form_.headers};
  request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

std::string AlertmanagerQueue::answered(const PushAnswer& answer, Moment now) {
  if (answer.status != 0) counts_.times.add(answer.seconds);
  const PushResult result = result_of(answer);
  std::uint64_t events = 0;
  for (const Key& key : under_way_) {
    Entry& entry = entries_.at(key);
    events += entry.sequences.size();
    entry.due = result == PushResult::kTryAgain;
    if (result == PushResult::kRefused && !entry.taken && !entry.refused) {
      counts_.error += entry.sequences.size();
      entry.refused = true;
    }
    if (result != PushResult::kTaken) continue;
    entry.taken = true;
    counts_.ok += entry.sequences.size();
    done_.insert(done_.end(), entry.sequences.begin(), entry.sequences.end());
    entry.sequences.clear();
  }
  if (result == PushResult::kTaken) {
    failures_ = 0;
    return {};
  }
  if (result == PushResult::kRefused) return words_of(answer) + "; sent again with the next round";
  counts_.retry += std::max<std::uint64_t>(1, events);
  const std::int64_t longest_us = std::min(kLongestWaitUs, form_.resend_every_us);
  const std::int64_t wait_us = std::min(longest_us, kFirstWaitUs << std::min(failures_++, 10U));
  quiet_until_us_ = now.steady_us + std::max(wait_us, retry_after_us(answer.retry_after, now.wall_us));
  return words_of(answer) + "; trying again";
}

}  // namespace driftd
