#include "daemon/runtime/bounded_queue.h"

#include <doctest/doctest.h>

#include <memory>
#include <thread>
#include <vector>

namespace driftd {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST_CASE("items leave in the order they came") {
  BoundedQueue<int> queue(3);
  for (int i = 1; i <= 3; ++i) CHECK(queue.try_push(int(i)));
  CHECK(queue.size() == 3);
  CHECK(queue.try_pop() == 1);
  CHECK(queue.try_pop() == 2);
  CHECK(queue.try_pop() == 3);
  CHECK(queue.try_pop() == std::nullopt);
}

TEST_CASE("pop waits for an item, or for the end") {
  BoundedQueue<int> queue(1);
  std::thread producer([&] {
    CHECK(queue.push_for(1, hours(1)));
    CHECK(queue.push_for(2, hours(1)));
    queue.close();
  });
  CHECK(queue.pop() == 1);
  CHECK(queue.pop() == 2);
  CHECK(queue.pop() == std::nullopt);
  producer.join();
}

TEST_CASE("a full queue leaves the item with its producer") {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  CHECK(queue.try_push(std::make_unique<int>(1)));
  auto second = std::make_unique<int>(2);
  CHECK_FALSE(queue.try_push(second));
  CHECK_FALSE(queue.push_for(second, milliseconds(1)));
  REQUIRE(second != nullptr);
  CHECK(**queue.try_pop() == 1);
  CHECK(queue.try_push(std::move(second)));
  CHECK(second == nullptr);
}

TEST_CASE("a closed queue takes nothing more and drains what it has") {
  BoundedQueue<int> queue(2);
  CHECK(queue.try_push(1));
  CHECK_FALSE(queue.closed());
  queue.close();
  CHECK(queue.closed());
  CHECK_FALSE(queue.try_push(2));
  CHECK_FALSE(queue.drained());
  CHECK(queue.pop_for(hours(1)) == 1);
  CHECK(queue.pop_for(hours(1)) == std::nullopt);
  CHECK(queue.drained());
}

TEST_CASE("closing wakes a waiting producer and a waiting consumer") {
  BoundedQueue<int> full(1), empty(1);
  CHECK(full.try_push(1));
  bool pushed = true;
  std::optional<int> popped = 1;
  {
    const std::jthread producer([&] { pushed = full.push_for(2, hours(1)); });
    const std::jthread consumer([&] { popped = empty.pop_for(hours(1)); });
    full.close();
    empty.close();
  }
  CHECK_FALSE(pushed);
  CHECK(popped == std::nullopt);
}

TEST_CASE("several producers and consumers hand over every item once") {
  constexpr int kProducers = 3, kItems = 2000;
  BoundedQueue<int> queue(4);
  std::vector<std::vector<int>> got(2);
  {
    std::vector<std::jthread> consumers, producers;
    for (auto& mine : got) {
      consumers.emplace_back([&queue, &mine] {
        while (const auto item = queue.pop_for(hours(1))) mine.push_back(*item);
      });
    }
    for (int p = 0; p < kProducers; ++p) {
      producers.emplace_back([&queue, p] {
        for (int i = 0; i < kItems; ++i) CHECK(queue.push_for(p * kItems + i, hours(1)));
      });
    }
    producers.clear();  // joins
    queue.close();
  }
  std::vector<int> seen(kProducers * kItems, 0);
  for (const auto& mine : got) {
    for (const int item : mine) ++seen[static_cast<std::size_t>(item)];
  }
  CHECK(seen == std::vector<int>(seen.size(), 1));
}

}  // namespace driftd
