#include "daemon/runtime/crew.h"

#include <doctest/doctest.h>

#include <latch>
#include <stdexcept>
#include <vector>

namespace driftd {

TEST_CASE("every piece of work is done once, run after run, whatever the threads") {
  for (const std::size_t threads : {1U, 2U, 100U}) {
    Crew crew(threads);
    for (const std::size_t pieces : {0U, 1U, 2U, 1000U, 3U}) {
      std::vector<int> done(pieces, 0);
      crew.run(pieces, [&](std::size_t piece) { ++done[piece]; });
      CHECK(done == std::vector<int>(pieces, 1));
    }
  }
}

TEST_CASE("pieces are done at the same time") {
  if (std::thread::hardware_concurrency() < 2) return;
  Crew crew(2);
  std::latch both(2);
  crew.run(2, [&](std::size_t) { both.arrive_and_wait(); });
  CHECK(both.try_wait());
}

TEST_CASE("what a piece throws reaches the owner, when the others are done") {
  Crew crew(2);
  std::vector<int> done(10, 0);
  const auto work = [&](std::size_t piece) {
    if (++done[piece], piece == 3) throw std::runtime_error("x");
  };
  CHECK_THROWS_AS(crew.run(done.size(), work), std::runtime_error);
  CHECK(done == std::vector<int>(10, 1));
  crew.run(3, [&](std::size_t piece) { ++done[piece]; });
  CHECK(done[2] == 2);
}

}  // namespace driftd
