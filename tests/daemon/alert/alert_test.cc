#include "daemon/alert/alert.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("names of transitions are those of event types") {
  CHECK(transition_name(Transition::kPending) == "pending");
  CHECK(transition_name(Transition::kFiring) == "firing");
  CHECK(transition_name(Transition::kUpdated) == "updated");
  CHECK(transition_name(Transition::kResolved) == "resolved");
}

}  // namespace driftd
