#include "daemon/reference/sorted_values.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/conformance/generator.h"

namespace driftd {
namespace {

std::vector<std::pair<double, std::uint64_t>> sorted(const std::vector<double>& values, std::size_t memory_bytes, bool* spilled = nullptr) {
  SpillFile spill;
  SortedValues sorter(memory_bytes, spill);
  for (const double value : values) REQUIRE(sorter.add(value));
  CHECK(sorter.count() == values.size());
  std::vector<std::pair<double, std::uint64_t>> found;
  REQUIRE(sorter.visit_all([&](std::span<const ValueCount> part) {
    for (const auto& [value, times] : part) found.emplace_back(value, times);
  }));
  if (spilled != nullptr) *spilled = spill.used();
  return found;
}

}  // namespace

TEST_CASE("values come sorted with their counts, from memory as from the spill file") {
  SplitMix64 random(7);
  std::vector<double> values;
  std::map<double, std::uint64_t> want;
  for (int i = 0; i < 200'000; ++i) {
    const auto draw = random.next();
    values.push_back(static_cast<double>(draw % 2 == 0 ? draw >> 40 : draw >> 60) - 1000.0);
    ++want[values.back()];
  }
  const std::vector<std::pair<double, std::uint64_t>> expected(want.begin(), want.end());
  bool spilled = false;
  CHECK(sorted(values, 64 << 20, &spilled) == expected);
  CHECK(!spilled);
  CHECK(sorted(values, 100'000, &spilled) == expected);  // 16 runs
  CHECK(spilled);
  CHECK(sorted(values, 0) == expected);  // 196 runs, the shortest there are
}

TEST_CASE("the memory may change while values come") {
  SpillFile spill;
  SortedValues sorter(1 << 20, spill);
  for (int i = 0; i < 5000; ++i) REQUIRE(sorter.add(i));
  CHECK(sorter.has_room(1000));
  REQUIRE(sorter.set_memory(5001 * sizeof(double)));
  CHECK(!spill.used());
  CHECK(!sorter.has_room(1));
  REQUIRE(sorter.set_memory(5000 * sizeof(double)));
  CHECK(spill.used());
  for (int i = 0; i < 5000; ++i) REQUIRE(sorter.add(i));
  std::uint64_t values = 0;
  REQUIRE(sorter.visit_all([&](std::span<const ValueCount> part) {
    for (const auto& [value, count] : part) values += count == 2 && value == static_cast<double>(values);
  }));
  CHECK(values == 5000);
}

TEST_CASE("no value, one value") {
  CHECK(sorted({}, 1000).empty());
  CHECK(sorted({3}, 1000) == std::vector<std::pair<double, std::uint64_t>>{{3, 1}});
}

TEST_CASE("columns share a spill file") {
  SpillFile spill;
  SortedValues odd(0, spill), even(0, spill);
  for (int i = 0; i < 10'000; ++i) REQUIRE((i % 2 == 0 ? even : odd).add(10'000 - i));
  double last = 0;
  REQUIRE(even.visit_all([&](std::span<const ValueCount> part) {
    for (const auto& [value, count] : part) {
      CHECK(value == last + 2);
      last = value;
    }
  }));
  CHECK(last == 10'000);
}

}  // namespace driftd
