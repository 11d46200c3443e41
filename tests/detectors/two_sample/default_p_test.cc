#include "detectors/two_sample/default_p.h"

#include <doctest/doctest.h>

#include <cmath>

namespace driftd {

TEST_CASE("the shown p is twice the smaller of two, at most 1, or the one there is") {
  const auto score = [](double p, Status status = Status::kOk) { return Score{.status = status, .log_p = std::log(p)}; };
  CHECK(default_log_p(score(0.01), score(0.2)) == doctest::Approx(std::log(0.02)));
  CHECK(default_log_p(score(0.3), score(0.02)) == doctest::Approx(std::log(0.04)));
  CHECK(default_log_p(score(0.9), score(0.8)) == 0);
  CHECK(default_log_p(score(0.01), score(1e-9, Status::kInsufficient)) == std::log(0.01));
  CHECK(default_log_p(score(1e-9, Status::kInsufficient), score(0.2)) == std::log(0.2));
  CHECK(default_log_p(score(0.2)) == std::log(0.2));
  CHECK(std::isnan(default_log_p(Score{}, Score{})));
  CHECK(std::isnan(default_log_p(Score{})));
}

}  // namespace driftd
