#include "detectors/sequential/ddm.h"

#include <doctest/doctest.h>

#include "tests/detectors/sequential/ladder.h"

namespace driftd {
namespace {

// Every `period`-th value is an error, from `error_from` on all are.
int first_state(DdmParams params, int period, int error_from, DriftState wanted) {
  Ddm detector(params);
  for (int i = 0; i < 3000; ++i) {
    const double x = i >= error_from || i % period == 0 ? 1 : 0;
    if (detector.update(x) == wanted) return i;
  }
  return -1;
}

}  // namespace

TEST_CASE("DDM: errors that stop are no drift, errors that begin are, after a warning") {
  const int drift = first_state({}, 10, 1000, DriftState::kDrift);
  const int warning = first_state({}, 10, 1000, DriftState::kWarning);
  CHECK(warning >= 1000);
  CHECK(drift > warning);
  CHECK(drift < 1060);
  CHECK(first_state({}, 10, 3000, DriftState::kDrift) == -1);
}

TEST_CASE("DDM: a smaller threshold fires no later") {
  CHECK(first_state({.drift_threshold = 2.5}, 10, 1000, DriftState::kDrift) <=
        first_state({.drift_threshold = 6}, 10, 1000, DriftState::kDrift));
}

TEST_CASE("DDM: one error after an error-free start fires by River's rule and not by ours") {
  for (const std::uint64_t min_errors : {0, 30}) {
    Ddm detector({.min_errors = min_errors});
    for (int i = 0; i < 200; ++i) CHECK(detector.update(0) == DriftState::kStable);
    CHECK((detector.update(1) == DriftState::kDrift) == (min_errors == 0));
  }
}

TEST_CASE("DDM: values outside [0, 1] count as the nearer end") {
  Ddm detector, clamped;
  for (int i = 0; i < 500; ++i) {
    const bool error = i % 7 == 0;
    CHECK(detector.update(error ? 9 : -3) == clamped.update(error ? 1 : 0));
  }
  CHECK(detector.estimation() == clamped.estimation());
}

TEST_CASE("DDM: constants, state, damage") {
  const Ddm detector;
  for (const double value : {0.0, 1.0}) check_constant_is_quiet(detector, value);
  check_round_trip(detector);
  check_damage_is_refused(detector);
  check_other_parameters_are_refused(detector, Ddm({.min_errors = 0}));
}

}  // namespace driftd
