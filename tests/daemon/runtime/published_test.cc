#include "daemon/runtime/published.h"

#include <doctest/doctest.h>

#include <thread>
#include <utility>

namespace driftd {

TEST_CASE("a reader sees nothing before the first store, then the newest value, and keeps what it loaded") {
  Published<int> published;
  CHECK(published.load() == nullptr);
  published.store(std::make_shared<const int>(1));
  const auto first = published.load();
  published.store(std::make_shared<const int>(2));
  CHECK(*first == 1);
  CHECK(*published.load() == 2);
}

TEST_CASE("a replaced value dies when its last reader lets go") {
  Published<int> published;
  published.store(std::make_shared<const int>(1));
  auto reader = published.load();
  const std::weak_ptr<const int> watch = reader;
  published.store(nullptr);
  CHECK_FALSE(watch.expired());
  reader.reset();
  CHECK(watch.expired());
}

TEST_CASE("readers never see a value half written, nor an older one after a newer one") {
  Published<std::pair<int, int>> published;
  published.store(std::make_shared<const std::pair<int, int>>(0, 0));
  bool whole = true, ascending = true;
  {
    const std::jthread reader([&] {
      for (int last = 0; last < 1000;) {
        const auto value = published.load();
        whole = whole && value->first == value->second;
        ascending = ascending && value->first >= last;
        last = value->first;
      }
    });
    for (int i = 1; i <= 1000; ++i) published.store(std::make_shared<const std::pair<int, int>>(i, i));
  }
  CHECK(whole);
  CHECK(ascending);
}

}  // namespace driftd
