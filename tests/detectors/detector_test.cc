#include "detectors/detector.h"

#include <doctest/doctest.h>

#include <cmath>

namespace driftd {

TEST_CASE("every status has a name of its own") {
  CHECK(status_name(Status::kOk) == "ok");
  CHECK(status_name(Status::kInsufficient) == "insufficient");
  CHECK(status_name(Status::kDegenerate) == "degenerate");
  CHECK(status_name(Status::kUndefined) == "undefined");
}

TEST_CASE("a score that was not computed is no number, so it cannot pass for drift 0") {
  const Score score;
  CHECK(score.status == Status::kUndefined);
  CHECK(std::isnan(score.statistic));
  CHECK(std::isnan(score.log_p));
  CHECK(std::isnan(score.effect));
}

}  // namespace driftd
