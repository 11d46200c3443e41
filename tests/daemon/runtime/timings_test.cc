#include "daemon/runtime/timings.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("a duration is counted under the first bound that is not less") {
  Timings timings;
  timings.add(0.0);
  timings.add(0.001);
  timings.add(0.0011);
  timings.add(std::chrono::seconds(10));
  timings.add(std::chrono::milliseconds(10'001));
  CHECK(timings.counts.front() == 2);
  CHECK(timings.counts[1] == 1);
  CHECK(timings.counts[kTimingSeconds.size() - 1] == 1);
  CHECK(timings.counts.back() == 1);
  CHECK(timings.sum_seconds == doctest::Approx(20.0031));
}
