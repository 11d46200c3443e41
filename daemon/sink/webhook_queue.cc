#include "daemon/sink/webhook_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace driftd {
namespace {

constexpr double kFirstWaitUs = 1e6, kLongestWaitUs = 300e6;

}  // namespace

void WebhookQueue::add(OutRecord record, Moment now) { waiting_.push_back({std::move(record), now.steady_us, 0}); }

// Up to a second after the first try, up to two after the second, ... up to five minutes.
std::int64_t WebhookQueue::jitter(unsigned tries) const {
  const double most = std::min(kLongestWaitUs, std::ldexp(kFirstWaitUs, static_cast<int>(std::min(tries, 30U)) - 1));
  return static_cast<std::int64_t>(random_() * most);
}

bool WebhookQueue::is_old(std::int64_t first_try_us, Moment now) const {
  return first_try_us != 0 && now.wall_us - first_try_us >= max_age_us_;
}

// What was parked has counted as an error already.
void WebhookQueue::give_up_old(Moment now) {
  std::erase_if(waiting_, [&](const Waiting& waiting) {
    if (!is_old(waiting.record.first_try_us, now)) return false;
    done_.push_back(waiting.record.sequence);
    ++counts_.error;
    ++given_up_;
    return true;
  });
  while (!parked_.empty() && (parked_.size() > kRoom || is_old(parked_.front().first_try_us, now))) {
    done_.push_back(parked_.front().sequence);
    parked_.pop_front();
  }
}

void WebhookQueue::park() {
  const OutRecord& record = waiting_[under_way_].record;
  parked_.push_back({record.sequence, record.first_try_us});
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(under_way_));
}

std::optional<PushRequest> WebhookQueue::next(Moment now) {
  give_up_old(now);
  if (now.steady_us < quiet_until_us_) return std::nullopt;
  std::set<std::string_view> held;  // alerts with an earlier event that waits
  std::size_t best = waiting_.size();
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    const Waiting& candidate = waiting_[i];
    if (!held.insert(candidate.record.key).second || candidate.due_us > now.steady_us) continue;
    if (best == waiting_.size() || candidate.due_us < waiting_[best].due_us) best = i;
  }
  if (best == waiting_.size()) return std::nullopt;
  under_way_ = best;
  return requests_(waiting_[best].record, now.wall_us);
}

std::string WebhookQueue::answered(const PushAnswer& answer, Moment now) {
  Waiting& waiting = waiting_[under_way_];
  if (answer.status != 0) counts_.times.add(answer.seconds);
  const PushResult result = result_of(answer);
  const std::uint64_t given_up = std::exchange(given_up_, 0);
  std::string lost = given_up == 0 ? "" : fmt::format("; {} older than max_age given up", given_up);
  if (result == PushResult::kTaken) {
    failures_ = 0;
    ++counts_.ok;
    done_.push_back(waiting.record.sequence);
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(under_way_));
    return lost.empty() ? lost : lost.substr(2);
  }
  if (result == PushResult::kRefused) {
    failures_ = 0;
    ++counts_.error;
    park();
    return words_of(answer) + "; not tried again before the next start" + lost;
  }
  ++counts_.retry;
  ++failures_;
  const std::int64_t asked_us = retry_after_us(answer.retry_after, now.wall_us);
  waiting.due_us = now.steady_us + std::max(jitter(++waiting.tries), asked_us);
  // One bad event must not stop the others, a receiver that is away must not be asked for each of them.
  const std::int64_t pause_us = answer.status == 0 || failures_ > 1 ? jitter(failures_) : 0;
  quiet_until_us_ = now.steady_us + std::max(pause_us, asked_us);
  return words_of(answer) + "; trying again" + lost;
}

}  // namespace driftd
