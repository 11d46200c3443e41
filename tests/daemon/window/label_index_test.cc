#include "daemon/window/label_index.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <vector>

namespace driftd {
namespace {

std::vector<std::int64_t> offsets_of(const LabelIndex& index, const EventId& id) {
  std::vector<std::int64_t> offsets;
  index.for_each(id, [&](const LabelRow& label) { offsets.push_back(label.row.offset); });
  std::ranges::sort(offsets);
  return offsets;
}

}  // namespace

TEST_CASE("a label index finds every label of an id, and no other") {
  const std::uint64_t seed = 11;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  LabelIndex index;
  std::deque<LabelRow> rows;  // stay where they are
  std::multimap<EventId, LabelRow*> want;
  const auto random_id = [&] {
    // Few homes, so that runs are long and wrap around; equal low halves with other high ones.
    return EventId{random() % 3, (random() % 40) * 64 + UINT64_MAX - 1300};
  };
  for (int step = 0; step < 20'000; ++step) {
    if (want.empty() || random() % 5 < (step < 10'000 ? 3U : 1U)) {
      LabelRow& row = rows.emplace_back();
      row.row.id = random_id();
      row.row.offset = step;
      index.insert(row);
      want.emplace(row.row.id, &row);
    } else {
      auto at = want.begin();
      std::advance(at, static_cast<std::ptrdiff_t>(random() % std::min<std::size_t>(want.size(), 50)));
      index.erase(*at->second);
      want.erase(at);
    }
    const EventId id = random_id();
    std::vector<std::int64_t> offsets;
    for (auto [at, end] = want.equal_range(id); at != end; ++at) offsets.push_back(at->second->row.offset);
    std::ranges::sort(offsets);
    REQUIRE(offsets_of(index, id) == offsets);
    REQUIRE(index.size() == want.size());
  }
}

}  // namespace driftd
