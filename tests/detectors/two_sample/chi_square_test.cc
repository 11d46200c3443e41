#include "detectors/two_sample/chi_square.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

#include "detectors/special_functions.h"

namespace driftd {
namespace {

using CountList = std::vector<std::uint64_t>;

CountList drawn(std::mt19937_64& generator, std::size_t rows, const std::vector<double>& shares) {
  std::discrete_distribution<std::size_t> law(shares.begin(), shares.end());
  CountList counts(shares.size(), 0);
  for (std::size_t i = 0; i < rows; ++i) ++counts[law(generator)];
  return counts;
}

}  // namespace

TEST_CASE("chi-square: how many cells are left after merging") {
  struct Row {
    const char* name;
    CellKind kind;
    CountList reference, current;
    Status status;
    std::uint32_t cells;
  };
  constexpr auto kOrdered = CellKind::kOrdered;
  constexpr auto kDictionary = CellKind::kDictionary;
  const Row rows[] = {
      {"no rows", kOrdered, {0, 0}, {0, 0}, Status::kInsufficient, 0},
      {"no cells", kOrdered, {}, {}, Status::kInsufficient, 0},
      {"a side without rows", kOrdered, {5, 5}, {0, 0}, Status::kInsufficient, 0},
      {"one cell", kOrdered, {50, 0}, {60, 0}, Status::kInsufficient, 0},
      {"all large", kOrdered, {50, 50, 50}, {50, 50, 50}, Status::kOk, 3},
      {"empty cells do not count", kOrdered, {50, 0, 50}, {50, 0, 50}, Status::kOk, 2},
      {"a small cell takes its right neighbour", kOrdered, {3, 50, 50}, {3, 50, 50}, Status::kOk, 2},
      {"small cells at the end join the last", kOrdered, {50, 50, 2, 1}, {50, 50, 2, 1}, Status::kOk, 2},
      {"small cells join until large", kOrdered, {2, 2, 2, 2, 50}, {2, 2, 2, 2, 50}, Status::kOk, 2},
      {"never below two", kOrdered, {1, 90, 1}, {1, 90, 1}, Status::kOk, 2},
      {"few rows", kOrdered, {1, 1, 1, 1}, {1, 1, 1, 1}, Status::kOk, 2},
      {"the smallest joins the next smallest", kDictionary, {50, 3, 40, 2, 0, 0}, {50, 3, 40, 2, 0, 0}, Status::kOk, 3},
      {"unseen goes while it is rare", kDictionary, {500, 400, 300, 0, 0}, {500, 400, 300, 0, 2}, Status::kOk, 3},
      {"frequent unseen, large enough", kDictionary, {500, 400, 300, 0, 0}, {250, 200, 150, 0, 60}, Status::kOk, 4},
      {"small but frequent unseen: against all known", kDictionary, {5000, 4000, 300, 0, 0}, {3, 2, 1, 0, 3}, Status::kOk, 2},
      {"two small categories", kDictionary, {3, 2, 0, 0}, {2, 3, 0, 0}, Status::kOk, 2},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Score score = chi_square(row.reference, row.current, row.kind);
    CHECK(score.status == row.status);
    CHECK(score.cells_used == row.cells);
  }
}

TEST_CASE("chi-square: a window that is nearly all new category is certain drift") {
  const Score score = chi_square(CountList{7000, 763, 0, 0}, CountList{1, 1, 0, 98}, CellKind::kDictionary);
  CHECK(score.status == Status::kOk);
  CHECK(score.cells_used == 2);
  CHECK(score.log_p < -400);
}

TEST_CASE("chi-square: two small cells get Fisher's p") {
  const Score score = chi_square(CountList{4, 3}, CountList{0, 6}, CellKind::kOrdered);
  CHECK(score.log_p == log_fisher_two_sided({4, 3, 0, 6}));
  CHECK(score.log_p > chi_square_unmerged(CountList{4, 3}, CountList{0, 6}).log_p);
}

TEST_CASE("chi-square: the split of what cannot be merged further is the most even one") {
  const Score merged = chi_square(CountList{1, 4, 1}, CountList{1, 1, 3}, CellKind::kOrdered);
  CHECK(merged.log_p == log_fisher_two_sided({5, 1, 2, 3}));
}

TEST_CASE("chi-square: dictionary order does not matter beyond ties, empty cells not at all") {
  const Score one = chi_square(CountList{500, 40, 300, 4, 0, 0}, CountList{50, 20, 30, 1, 0, 0}, CellKind::kDictionary);
  const Score two = chi_square(CountList{300, 4, 0, 500, 40, 0, 0}, CountList{30, 1, 0, 50, 20, 0, 0}, CellKind::kDictionary);
  CHECK(one.statistic == doctest::Approx(two.statistic).epsilon(1e-13));
  CHECK(one.cells_used == two.cells_used);
}

TEST_CASE("chi-square: huge counts do not overflow, equal shares give 0") {
  const CountList huge{1ULL << 61, 1ULL << 60}, more{1ULL << 60, 1ULL << 59};
  CHECK(chi_square(huge, more, CellKind::kOrdered).statistic == 0);
  CHECK(chi_square(huge, more, CellKind::kOrdered).log_p == 0);
}

TEST_CASE("forms for two cells are undefined for others") {
  const CountList three{5, 6, 7};
  CHECK(chi_square_yates(three, three).status == Status::kUndefined);
  CHECK(fisher_exact(three, three).status == Status::kUndefined);
  CHECK(fisher_exact(CountList{4, 3, 0}, CountList{2, 9, 0}).statistic == doctest::Approx(6.0));
  CHECK(g_test_unmerged(CountList{5, 0}, CountList{6, 0}).status == Status::kInsufficient);
  CHECK(std::isnan(min_expected_count(CountList{0}, CountList{0})));
}

TEST_CASE("chi-square: size on null windows, merged or not") {
  constexpr std::uint64_t kSeed = 43;
  MESSAGE("seed " << kSeed);
  std::mt19937_64 generator(kSeed);
  const std::vector<double> shares{.4, .2, .2, .1, .05, .03, .01, .005, .004, .001};
  int ordered = 0, dictionary = 0;
  constexpr int kWindows = 4000;
  for (int i = 0; i < kWindows; ++i) {
    const CountList r = drawn(generator, 2000, shares), w = drawn(generator, 200, shares);
    ordered += chi_square(r, w, CellKind::kOrdered).log_p < std::log(0.05);
    dictionary += chi_square(r, w, CellKind::kDictionary).log_p < std::log(0.05);
  }
  for (const int alarms : {ordered, dictionary}) {
    CHECK(alarms > 140);  // 200 expected, sd 14
    CHECK(alarms < 260);
  }
}

TEST_CASE("larger share: one-sided, with Fisher where counts are small") {
  struct Row {
    const char* name;
    Rate reference, current;
    double log_p_below, log_p_above;  // bounds
  };
  const Row rows[] = {
      {"grew", {100, 10000}, {60, 1000}, -20, -300},
      {"fell", {1000, 10000}, {10, 1000}, 0.001, -0.001},
      {"equal", {1000, 10000}, {100, 1000}, std::log(0.5) + 1e-9, std::log(0.5) - 1e-9},
      {"none on both sides", {0, 10000}, {0, 1000}, 0.001, -0.001},
      {"all on both sides", {10000, 10000}, {1000, 1000}, 0.001, -0.001},
      {"new and rare: Fisher", {0, 10000}, {3, 1000}, std::log(1e-3), std::log(1e-4)},
      {"one new row in a small window", {0, 100}, {1, 10}, std::log(0.1), std::log(0.08)},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Score score = larger_share(row.reference, row.current);
    CHECK(score.status == Status::kOk);
    CHECK(score.log_p <= row.log_p_below);
    CHECK(score.log_p >= row.log_p_above);
    CHECK(score.effect == doctest::Approx(static_cast<double>(row.current.hits) / static_cast<double>(row.current.rows) -
                                          static_cast<double>(row.reference.hits) / static_cast<double>(row.reference.rows)));
  }
  CHECK(larger_share({0, 0}, {1, 2}).status == Status::kInsufficient);
  CHECK(larger_share({1, 2}, {0, 0}).status == Status::kInsufficient);
}

TEST_CASE("larger share: the two branches meet") {
  const double fisher = larger_share({40, 10000}, {9, 1000}).log_p;       // expected 4.45 of the smaller side
  const double chi_square = larger_share({60, 10000}, {10, 1000}).log_p;  // expected 6.4
  CHECK(fisher == log_fisher_greater({40, 9960, 9, 991}));
  CHECK(chi_square == doctest::Approx(log_fisher_greater({60, 9940, 10, 990})).epsilon(0.35));
}

}  // namespace driftd
