// When a thread last moved. The thread stamps it, any other may ask. Cost of a stamp: one read of the clock.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace driftd {

class Heartbeat {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void beat(Time now = std::chrono::steady_clock::now()) { last_.store(now.time_since_epoch().count(), std::memory_order_relaxed); }
  void end() { last_.store(kAtRest, std::memory_order_relaxed); }  // the thread is done

  // Since the last beat; zero before the first and after the end.
  std::chrono::seconds silent_for(Time now) const {
    const std::int64_t last = last_.load(std::memory_order_relaxed);
    if (last == kAtRest) return std::chrono::seconds(0);
    return std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch() - Time::duration(last));
  }

 private:
  static constexpr std::int64_t kAtRest = INT64_MIN;
  std::atomic<std::int64_t> last_ = kAtRest;
};

}  // namespace driftd
