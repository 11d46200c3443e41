#include "daemon/runtime/bounded_call.h"

#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace driftd {

bool call_within(std::chrono::milliseconds budget, std::function<void()> work) {
  auto done = std::make_shared<std::promise<void>>();
  auto ended = done->get_future();
  std::thread([done, work = std::move(work)]() mutable {
    work();
    work = nullptr;  // what it owns is gone before the caller hears of the end
    done->set_value();
  }).detach();
  return ended.wait_for(budget) == std::future_status::ready;
}

}  // namespace driftd
