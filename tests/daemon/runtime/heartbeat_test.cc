#include "daemon/runtime/heartbeat.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("a thread is silent since its last beat, and never before its first or after its end") {
  using std::chrono::seconds;
  const Heartbeat::Time start{seconds(1000)};
  Heartbeat heart;
  CHECK(heart.silent_for(start) == seconds(0));
  heart.beat(start);
  CHECK(heart.silent_for(start) == seconds(0));
  CHECK(heart.silent_for(start + seconds(31)) == seconds(31));
  heart.beat(start + seconds(30));
  CHECK(heart.silent_for(start + seconds(31)) == seconds(1));
  heart.end();
  CHECK(heart.silent_for(start + seconds(99)) == seconds(0));
}

}  // namespace driftd
