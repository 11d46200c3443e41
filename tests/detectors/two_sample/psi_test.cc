#include "detectors/two_sample/psi.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace driftd {
namespace {

using CountList = std::vector<std::uint64_t>;

CountList drawn(std::mt19937_64& generator, std::size_t rows, std::size_t cells) {
  CountList counts(cells, 0);
  for (std::size_t i = 0; i < rows; ++i) ++counts[generator() % cells];
  return counts;
}

}  // namespace

TEST_CASE("PSI: the ladder") {
  struct Row {
    const char* name;
    CountList reference, current;
    Status status;
    double statistic;
  };
  const Row rows[] = {
      {"no cells", {}, {}, Status::kInsufficient, kNoNumber},
      {"no reference rows", {0, 0}, {3, 4}, Status::kInsufficient, kNoNumber},
      {"no rows in the window", {30, 40}, {0, 0}, Status::kInsufficient, kNoNumber},
      {"one row", {1, 0}, {1, 0}, Status::kDegenerate, 0},
      {"constant on both sides", {500, 0}, {700, 0}, Status::kDegenerate, 0},
      {"equal", {50, 50}, {50, 50}, Status::kOk, 0},
      {"few rows", {50, 50}, {4, 4}, Status::kInsufficient, 0},
      {"few reference rows", {4, 4}, {50, 50}, Status::kInsufficient, 0},
      {"huge", {1ULL << 60, 1ULL << 60}, {1ULL << 61, 1ULL << 61}, Status::kOk, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Score score = psi(row.reference, row.current);
    CHECK(score.status == row.status);
    CHECK(std::isnan(score.statistic) == std::isnan(row.statistic));
    if (!std::isnan(row.statistic)) CHECK(score.statistic == doctest::Approx(row.statistic));
  }
}

TEST_CASE("PSI: a constant that moved is found") {
  const Score score = psi(CountList{100, 0}, CountList{0, 100});
  CHECK(score.status == Status::kOk);
  CHECK(score.effect > 5);
  CHECK(psi_tolerance_log_p(score, 0.1) < -50);
}

TEST_CASE("PSI: symmetric, independent of the order of cells and of empty ones; the parts add up") {
  const CountList r{120, 300, 80, 7, 500}, w{30, 40, 25, 5, 100};
  const Score score = psi(r, w);
  CHECK(psi(w, r).statistic == doctest::Approx(score.statistic).epsilon(1e-14));
  CHECK(psi(CountList{500, 0, 7, 80, 300, 120, 0}, CountList{100, 0, 5, 25, 40, 30, 0}).statistic ==
        doctest::Approx(score.statistic).epsilon(1e-14));
  const auto parts = psi_contributions(r, w);
  CHECK(std::accumulate(parts.begin(), parts.end(), 0.0) == doctest::Approx(score.statistic).epsilon(1e-14));
  CHECK(kullback_leibler(r, w) + kullback_leibler(w, r) == doctest::Approx(score.statistic).epsilon(1e-14));
  CHECK(score.cells_used == 5);
}

TEST_CASE("PSI: the tolerance p asks for more than the plain p, and gives up where the effect is not larger than tolerated") {
  const Score drifted = psi(CountList{1000, 1000, 1000}, CountList{500, 1000, 1500});
  CHECK(drifted.log_p < psi_tolerance_log_p(drifted, 0.02));
  CHECK(psi_tolerance_log_p(drifted, 0.02) < psi_tolerance_log_p(drifted, 0.1));
  CHECK(psi_tolerance_log_p(drifted, 0.02) < -20);
  CHECK(psi_tolerance_log_p(drifted, 1) > std::log(0.5));
  CHECK(psi_tolerance_log_p(drifted, 0) == drifted.log_p);
  CHECK(std::isnan(psi_tolerance_log_p(psi(CountList{5, 0}, CountList{9, 0}), 0.1)));
}

TEST_CASE("PSI: the detectable effect is the table of algorithms A.1, and is found that often") {
  const auto even = [](std::size_t cells, std::uint64_t rows) { return psi(CountList(cells, 100'000), CountList(cells, rows)); };
  struct Row {
    std::size_t cells;
    double alpha, power, lambda;
  };
  for (const Row& row : {Row{5, 0.05, 0.8, 11.9}, Row{5, 1e-6, 0.9, 46.5}, Row{10, 0.05, 0.9, 19.8}, Row{10, 1e-3, 0.8, 28.8},
                         Row{10, 1e-4, 0.9, 41.4}, Row{20, 0.01, 0.8, 27.6}, Row{50, 1e-6, 0.8, 79.5}}) {
    CAPTURE(row.cells);
    CAPTURE(row.alpha);
    const Score score = even(row.cells, 200);
    const double n = static_cast<double>(score.n), m = static_cast<double>(score.m), per_row = 1 / n + 1 / m;
    CHECK(psi_detectable_effect(score, std::log(row.alpha), 0, row.power) / per_row == doctest::Approx(row.lambda).epsilon(0.003));
  }
  const double log_alpha = std::log(1e-7);
  const double small = psi_detectable_effect(even(10, 30), log_alpha, 0.1), large = psi_detectable_effect(even(10, 3000), log_alpha, 0.1);
  CHECK(small > 2 * large);
  CHECK(large > 0.1);  // what is tolerated never shows
  CHECK(std::isnan(psi_detectable_effect(psi(CountList{5, 0}, CountList{9, 0}), log_alpha, 0.1)));
  CHECK(std::isnan(psi_detectable_effect(even(10, 30), kNoNumber, 0.1)));
  CHECK(std::isnan(psi_detectable_effect(even(10, 30), log_alpha, 0.1, 1)));
  CHECK(std::isnan(psi_detectable_effect(even(10, 30), std::log(0.9), 0.1)));  // the level alone is more
}

TEST_CASE("PSI: on null windows the p is uniform and the bias-corrected effect is small") {
  constexpr std::uint64_t kSeed = 41;
  MESSAGE("seed " << kSeed);
  std::mt19937_64 generator(kSeed);
  int small_p = 0, tolerated = 0;
  double effects = 0;
  constexpr int kWindows = 4000;
  for (int i = 0; i < kWindows; ++i) {
    const Score score = psi(drawn(generator, 3000, 10), drawn(generator, 300, 10));
    small_p += score.log_p < std::log(0.05);
    tolerated += psi_tolerance_log_p(score, 0.1) < std::log(0.05);
    effects += score.effect / kWindows;
  }
  CHECK(small_p > 150);  // 200 expected, sd 14
  CHECK(small_p < 250);
  CHECK(tolerated == 0);
  CHECK(effects < 0.01);
}

}  // namespace driftd
