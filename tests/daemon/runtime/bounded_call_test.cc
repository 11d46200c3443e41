#include "daemon/runtime/bounded_call.h"

#include <doctest/doctest.h>

#include <future>
#include <memory>

using namespace driftd;

TEST_CASE("bounded call: what ends in time is seen, and what it owned is gone by then") {
  auto owned = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = owned;
  CHECK(call_within(std::chrono::seconds(30), [owned = std::move(owned)] { CHECK(*owned == 1); }));
  CHECK(watched.expired());
}

TEST_CASE("bounded call: what does not end is left behind") {
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  auto ended = std::make_shared<std::promise<void>>();
  auto end = ended->get_future();
  CHECK_FALSE(call_within(std::chrono::milliseconds(1), [opened, ended] {
    opened.wait();
    ended->set_value();
  }));
  gate.set_value();
  end.wait();
}
