#include "detectors/sequential/page_hinkley.h"

#include <doctest/doctest.h>

#include "tests/detectors/sequential/ladder.h"

namespace driftd {
namespace {

// Index of the first drift on 100 values of 0 and then `value`; -1: none in 1000.
int first_drift(PageHinkleyMode mode, double value, double threshold = 5) {
  PageHinkley detector({.threshold = threshold, .mode = mode});
  for (int i = 0; i < 1000; ++i) {
    if (detector.update(i < 100 ? 0.0 : value) == DriftState::kDrift) return i;
  }
  return -1;
}

}  // namespace

TEST_CASE("Page-Hinkley: the direction of a change decides which mode sees it") {
  struct Row {
    const char* name;
    PageHinkleyMode mode;
    double value;
    bool fires;
  };
  const Row rows[] = {
      {"up sees a rise", PageHinkleyMode::kUp, 1, true},
      {"up misses a fall", PageHinkleyMode::kUp, -1, false},
      {"down sees a fall", PageHinkleyMode::kDown, -1, true},
      {"down misses a rise", PageHinkleyMode::kDown, 1, false},
      {"both sees a rise", PageHinkleyMode::kBoth, 1, true},
      {"both sees a fall", PageHinkleyMode::kBoth, -1, true},
      {"a constant is no change", PageHinkleyMode::kBoth, 0, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK((first_drift(row.mode, row.value) >= 100) == row.fires);
  }
}

TEST_CASE("Page-Hinkley: a smaller threshold fires no later, and a large shift is found at once") {
  CHECK(first_drift(PageHinkleyMode::kBoth, 1, 2) <= first_drift(PageHinkleyMode::kBoth, 1, 20));
  CHECK(first_drift(PageHinkleyMode::kBoth, 1000) == 100);
}

TEST_CASE("Page-Hinkley: starts afresh after a drift") {
  PageHinkley detector({.min_instances = 2, .threshold = 1});
  CHECK(detector.update(0) == DriftState::kStable);
  CHECK(detector.update(10) == DriftState::kDrift);
  CHECK(detector.update(10) == DriftState::kStable);
  CHECK(detector.width() == 1);
  CHECK(detector.estimation() == 10.0);
}

TEST_CASE("Page-Hinkley: no test before min_instances") {
  PageHinkley detector({.min_instances = 50, .threshold = 1});
  for (int i = 0; i < 49; ++i) CHECK(detector.update(i) == DriftState::kStable);
  CHECK(detector.update(49) == DriftState::kDrift);
}

TEST_CASE("Page-Hinkley: constants, state, damage") {
  const PageHinkley detector({.threshold = 10});
  for (const double value : {0.0, 1.0, -1e9, 1e300}) check_constant_is_quiet(detector, value);
  check_round_trip(detector);
  check_damage_is_refused(detector);
  check_other_parameters_are_refused(detector, PageHinkley({.threshold = 11}));
  check_other_parameters_are_refused(detector, PageHinkley({.threshold = 10, .mode = PageHinkleyMode::kUp}));
}

}  // namespace driftd
