#include "daemon/runtime/event_ring.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("a reader goes on from its place, and is told of what is gone") {
  EventRing ring("r", 3);
  CHECK(ring.after(0).frames.empty());
  CHECK_FALSE(ring.after(0).missed);
  for (const char* text : {"a", "b", "c", "d"}) ring.publish("t", text);
  CHECK(ring.last() == 4);
  const auto two = ring.after(2);
  CHECK(two.frames == "id: r-3\nevent: t\ndata: c\n\nid: r-4\nevent: t\ndata: d\n\n");
  CHECK(two.last == 4);
  CHECK_FALSE(two.missed);
  CHECK_FALSE(ring.after(1).missed);
  CHECK(ring.after(0).missed);
  CHECK(ring.after(4).frames.empty());
  CHECK(ring.after(9).frames.empty());  // a place that is yet to come
}

TEST_CASE("a publish wakes the listener") {
  EventRing ring("r");
  int woken = 0;
  ring.listen([&] { ++woken; });
  ring.publish("t", "a");
  ring.publish("t", "b");
  ring.listen(nullptr);
  ring.publish("t", "c");
  CHECK(woken == 2);
}

TEST_CASE("an id names a place of this run that is still here") {
  EventRing ring("run-7", 2);
  for (const char* text : {"a", "b", "c"}) ring.publish("t", text);
  CHECK(ring.place_of("run-7-3") == 3);
  CHECK(ring.place_of("run-7-1") == 1);
  for (const char* id : {"run-7-0", "run-7-4", "run-8-3", "run-7", "run-7-", "run-7-3x", "run-7--3", "3", "run-7-99999999999999999999"}) {
    CAPTURE(id);
    CHECK_FALSE(ring.place_of(id));
  }
}
