#include "daemon/runtime/guarded.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace driftd;

TEST_CASE("who looks sees the value or that there is none, and it is given back whole") {
  Guarded<int> guarded;
  const auto seen = [&] { return guarded.look([](const int* value) { return value == nullptr ? -1 : *value; }); };
  CHECK(seen() == -1);
  CHECK(guarded.exchange(std::make_unique<int>(7)) == nullptr);
  CHECK(seen() == 7);
  CHECK(*guarded.exchange(nullptr) == 7);
  CHECK(seen() == -1);
}

TEST_CASE("what was taken is looked at by nobody") {
  Guarded<std::atomic<bool>> guarded;
  guarded.exchange(std::make_unique<std::atomic<bool>>(true));
  std::atomic<bool> stop = false, saw_dead = false;
  std::jthread looker([&] {
    while (!stop) {
      guarded.look([&](const std::atomic<bool>* alive) {
        if (alive != nullptr && !*alive) saw_dead = true;
      });
    }
  });
  for (int i = 0; i < 2000; ++i) {
    const auto taken = guarded.exchange(std::make_unique<std::atomic<bool>>(true));
    *taken = false;
  }
  stop = true;
  looker.join();
  CHECK_FALSE(saw_dead);
}
