#include "daemon/monitor/verdict.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("names of kinds are those of event types") {
  CHECK(kind_name(Kind::kDrift) == "drift");
  CHECK(kind_name(Kind::kPrediction) == "prediction");
  CHECK(kind_name(Kind::kPerformance) == "performance");
  CHECK(kind_name(Kind::kQuality) == "quality");
}

}  // namespace driftd
