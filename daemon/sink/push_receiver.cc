#include "daemon/sink/push_receiver.h"

#include <chrono>
#include <thread>
#include <utility>

#include "daemon/runtime/logger.h"
#include "daemon/runtime/version.h"
#include "daemon/runtime/wall_clock.h"

namespace driftd {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{50};  // for what is due

Moment moment() { return {std::chrono::duration_cast<std::chrono::microseconds>(Steady::now().time_since_epoch()).count(), wall_us()}; }

}  // namespace

PushReceiver::PushReceiver(std::string name, HttpReceiver receiver, std::unique_ptr<PushQueue> queue)
    : name_(std::move(name)), receiver_(std::move(receiver)), queue_(std::move(queue)) {
  published_.store(std::make_shared<PushCounts>());
}

void PushReceiver::restore(const std::vector<std::string>& firing, std::int64_t after_us) {
  for (const std::string& event : firing) queue_->restore(event, moment(), after_us);
}

bool PushReceiver::send(const OutRecord& record) { return in_.try_push(OutRecord(record)); }

std::vector<std::uint64_t> PushReceiver::take_acked() {
  std::vector<std::uint64_t> acked;
  while (const auto sequence = out_.try_pop()) acked.push_back(*sequence);
  return acked;
}

void PushReceiver::take_in() {
  auto wait = kLook;
  while (queue_->has_room()) {
    auto record = in_.pop_for(wait);
    if (!record) return;
    queue_->add(std::move(*record), moment());
    wait = std::chrono::milliseconds(0);
  }
  std::this_thread::sleep_for(kLook);
}

void PushReceiver::deliver(const std::function<bool()>& stop) {
  auto request = queue_->next(moment());
  if (!request) return;
  request->headers.emplace_back("User-Agent", "driftd/" + std::string(version()));
  const auto start = Steady::now();
  auto answered = http_post(receiver_, {std::move(request->body), std::move(request->headers)}, stop);
  if (!answered && stop()) return;  // nobody knows what became of it: it is sent again at the next start
  PushAnswer answer;
  if (answered) {
    answer = {answered->status, {}, std::move(answered->body), std::move(answered->retry_after), 0};
  } else {
    answer.error = std::move(answered.error());
  }
  answer.seconds = std::chrono::duration<double>(Steady::now() - start).count();
  const bool taken = result_of(answer) == PushResult::kTaken;
  const std::string words = queue_->answered(answer, moment());
  if (!words.empty()) log_warn("delivery_failed", words, {{"sink", name_}});
  if (taken && failing_) log_info("delivery_works", "deliveries are taken again", {{"sink", name_}});
  failing_ = !taken;
}

void PushReceiver::hand_back() {
  auto more = queue_->take_done();
  done_.insert(done_.end(), more.begin(), more.end());
  while (!done_.empty() && out_.try_push(done_.back())) done_.pop_back();
  published_.store(std::make_shared<PushCounts>(queue_->counts()));
}

void PushReceiver::run(const std::function<bool()>& stop) {
  while (!stop()) {
    take_in();
    deliver(stop);
    hand_back();
  }
}

}  // namespace driftd
