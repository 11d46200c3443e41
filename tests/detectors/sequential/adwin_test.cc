#include "detectors/sequential/adwin.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <random>

#include "tests/detectors/sequential/ladder.h"
#include "tests/detectors/sequential/plain_adwin.h"

namespace driftd {
namespace {

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

struct Shape {
  const char* name;
  double offset, scale;
};

// Values whose level, spread and sign change now and then, on a scale of its own.
double draw(std::mt19937_64& generator, std::size_t i, const Shape& shape) {
  const double uniform = static_cast<double>(generator() >> 11) * 0x1p-53;
  const std::size_t regime = i / 1500 % 4;
  const double value = regime == 0   ? uniform
                       : regime == 1 ? 0.2 + uniform
                       : regime == 2 ? (uniform < 0.1 ? 1.0 : 0.0)
                                     : 0.25 + 0.01 * uniform;
  return shape.offset + shape.scale * value;
}

}  // namespace

TEST_CASE("ADWIN equals the plain port bit for bit: the screen discards nothing that is a cut") {
  const Shape shapes[] = {{"unit", 0, 1},         {"signed", -0.5, 1},           {"small", 0, 1e-12}, {"large", 0, 1e15},
                          {"far from 0", 1e9, 1}, {"nearly constant", 1, 1e-14}, {"huge", 0, 1e300},  {"centred", -1e6, 2e6}};
  const AdwinParams params[] = {{},
                                {.clock = 1},
                                {.delta = 1},
                                {.delta = 1e-9, .clock = 3, .max_buckets = 2},
                                {.clock = 7, .max_buckets = 9, .min_window_length = 40},
                                {.delta = 0.3, .clock = 1, .min_window_length = 1, .grace_period = 0}};
  constexpr std::uint64_t kSeed = 20240607;
  MESSAGE("seed " << kSeed);
  std::size_t drifts = 0;
  for (const Shape& shape : shapes) {
    CAPTURE(shape.name);
    for (const AdwinParams& param : params) {
      std::mt19937_64 generator(kSeed);
      Adwin ours(param);
      PlainAdwin plain(param);
      for (std::size_t i = 0; i < 9000; ++i) {
        const double x = draw(generator, i, shape);
        const bool fired = plain.update(x);
        drifts += fired;
        REQUIRE((ours.update(x) == DriftState::kDrift) == fired);
        REQUIRE(static_cast<double>(ours.width()) == plain.width());
        REQUIRE(same_bits(ours.total(), plain.total()));
        REQUIRE(same_bits(ours.variance(), plain.variance()));
      }
    }
  }
  CHECK(drifts > 100);
}

TEST_CASE("ADWIN: the last cut tells what moved, and stays after the reset") {
  Adwin adwin;
  CHECK_FALSE(adwin.last_cut().has_value());
  std::size_t fired_at = 0;
  for (std::size_t i = 0; i < 2000 && fired_at == 0; ++i) {
    if (adwin.update(i < 1024 ? 0.25 : 0.75) == DriftState::kDrift) fired_at = i;
  }
  REQUIRE(fired_at > 1024);
  const AdwinCut cut = adwin.last_cut().value();
  CHECK(cut.mean_before == doctest::Approx(0.25).epsilon(1e-9));
  CHECK(cut.mean_after == doctest::Approx(0.75).epsilon(0.1));
  CHECK(cut.values_before + cut.values_after == fired_at + 1);
  adwin.update(0.75);
  CHECK(adwin.width() == 1);
  CHECK(adwin.last_cut() == cut);
}

TEST_CASE("ADWIN: a smaller delta fires no more often") {
  std::size_t fired[2] = {0, 0};
  const double deltas[] = {0.05, 1e-6};
  for (int k = 0; k < 2; ++k) {
    Adwin adwin({.delta = deltas[k]});
    for (const double x : switching_stream(3, 20'000)) fired[k] += adwin.update(x) == DriftState::kDrift;
  }
  CHECK(fired[0] >= fired[1]);
  CHECK(fired[1] > 10);
}

TEST_CASE("ADWIN: first values and the empty window") {
  Adwin adwin;
  CHECK(adwin.estimation() == 0.0);
  for (const double x : {1.0, 2.0, 3.0, 4.0, 5.0}) CHECK(adwin.update(x) == DriftState::kStable);
  CHECK(adwin.width() == 5);
  CHECK(adwin.total() == 15.0);
  CHECK(adwin.estimation() == 3.0);
  CHECK(adwin.variance() == doctest::Approx(10.0).epsilon(1e-12));
}

TEST_CASE("ADWIN: constants, state, damage") {
  const Adwin adwin({.clock = 8});
  for (const double value : {0.0, 1.0, 0.1, -1e9, 1e300}) check_constant_is_quiet(adwin, value);
  check_round_trip(adwin);
  check_damage_is_refused(adwin);
  check_other_parameters_are_refused(adwin, Adwin());
}

}  // namespace driftd
