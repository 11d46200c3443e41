#include "daemon/runtime/bounded_call.h"

#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace driftd {

bool call_within(std::chrono::milliseconds budget, std::function<void()> work, const std::function<bool()>& stop) {
  auto done = std::make_shared<std::promise<void>>();
  auto ended = done->get_future();
  std::thread([done, work = std::move(work)]() mutable {
    work();
    work = nullptr;  // what it owns is gone before the caller hears of the end
    done->set_value();
  }).detach();
  if (!stop) return ended.wait_for(budget) == std::future_status::ready;
  const auto until = std::chrono::steady_clock::now() + budget;
  while (!stop() && std::chrono::steady_clock::now() < until) {
    if (ended.wait_for(std::chrono::milliseconds(20)) == std::future_status::ready) return true;
  }
  return ended.wait_for(std::chrono::milliseconds(0)) == std::future_status::ready;
}

}  // namespace driftd
