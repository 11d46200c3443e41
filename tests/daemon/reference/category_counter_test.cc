#include "daemon/reference/category_counter.h"

#include <doctest/doctest.h>

#include <map>

namespace driftd {

TEST_CASE("every category is counted under its name") {
  CategoryCounter counter;
  std::map<std::string, std::uint64_t> want;
  for (int i = 0; i < 20'000; ++i) {
    const std::string name = i % 3 == 0 ? "" : "category " + std::to_string(i * i % 997);
    counter.add(name);
    ++want[name];
  }
  std::map<std::string, std::uint64_t> found;
  for (const auto& [name, count] : counter.counts()) found[std::string(name)] = count;
  CHECK(found == want);
  CHECK(counter.distinct() == want.size());
  CHECK(counter.untracked() == 0);
}

TEST_CASE("beyond the limit categories are counted together") {
  CategoryCounter counter;
  for (std::size_t i = 0; i < kKnownHashes + 10; ++i) counter.add(std::to_string(i));
  counter.add("7");
  CHECK(counter.distinct() == kKnownHashes);
  CHECK(counter.untracked() == 10);
  CHECK(counter.counts()[7].count == 2);
}

}  // namespace driftd
