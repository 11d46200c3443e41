#include "daemon/source/poison_probe.h"

#include <doctest/doctest.h>

#include <cstdint>

using driftd::PoisonProbe;

namespace {

struct Found {
  std::int64_t at;
  int reads;
};

// Plays a broker whose batch [from, to) cannot be decoded, in a log that ends at `end`; reads start at `next`.
Found search(std::int64_t next, std::int64_t from, std::int64_t to, std::int64_t end) {
  PoisonProbe probe;
  std::int64_t read_at = next;
  for (int reads = 1; reads < 200; ++reads) {
    REQUIRE(read_at <= end);
    if (read_at >= from && read_at < to) {
      read_at = probe.failed(next, end);
    } else {
      REQUIRE(probe.active());
      const auto trial = probe.readable();
      if (!trial) return {probe.first_readable(), reads};
      read_at = *trial;
    }
  }
  return {-1, 200};
}

}  // namespace

TEST_CASE("poison probe: finds exactly the end of the batch") {
  struct Row {
    const char* name;
    std::int64_t next, from, to, end;
  };
  const Row rows[] = {
      {"one record", 10, 10, 11, 100},           {"two records", 10, 10, 12, 100},          {"three records", 10, 10, 13, 100},
      {"last batch of the log", 10, 10, 50, 50}, {"entered in the middle", 30, 10, 50, 99}, {"a thousand", 5, 0, 1000, 5000},
      {"one record at the end", 0, 0, 1, 1},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto found = search(row.next, row.from, row.to, row.end);
    CHECK(found.at == row.to);
    CHECK(found.reads <= 30);
  }
}

TEST_CASE("poison probe: every batch length up to 300") {
  for (std::int64_t length = 1; length <= 300; ++length) {
    CAPTURE(length);
    CHECK(search(7, 7, 7 + length, 100'000).at == 7 + length);
  }
}

TEST_CASE("poison probe: the same place is read again before anything is given up") {
  PoisonProbe probe;
  CHECK(probe.failed(10, 100) == 10);
  CHECK(probe.failed(10, 100) == 10);
  CHECK_FALSE(probe.active());
  CHECK(probe.failed(10, 100) == 11);
  CHECK(probe.active());
  probe.reset();
  CHECK_FALSE(probe.active());
  CHECK_FALSE(probe.suspects());
}
