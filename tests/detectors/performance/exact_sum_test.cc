#include "detectors/performance/exact_sum.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

using driftd::ExactSum;

namespace {

constexpr double kMax = std::numeric_limits<double>::max();
constexpr double kTiny = std::numeric_limits<double>::denorm_min();

ExactSum sum_of(const std::vector<double>& terms) {
  ExactSum sum;
  for (const double term : terms) sum.add(term);
  return sum;
}

}  // namespace

// Values of Python's math.fsum, which rounds the exact sum once.
TEST_CASE("a sum is the exact one, rounded once") {
  struct Row {
    const char* name;
    std::vector<double> terms;
    double want;
  };
  const std::vector<Row> rows{
      {"nothing", {}, 0},
      {"one", {0.1}, 0.1},
      {"ten tenths", {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 1.0},
      {"what cancels", {1e308, 1, -1e308}, 1},
      {"huge and tiny", {1e300, 1e-300, -1e300}, 1e-300},
      {"below zero", {-0.1, -0.2}, -0.30000000000000004},
      {"denormals", {kTiny, kTiny, kTiny}, 3 * kTiny},
      {"half goes to even", {9007199254740992.0, 1}, 9007199254740992.0},
      {"half and a bit goes up", {9007199254740992.0, 1, kTiny}, 9007199254740994.0},
      {"odd half goes up", {9007199254740994.0, 1}, 9007199254740996.0},
      {"over the range and back", {kMax, kMax, -kMax}, kMax},
      {"over the range", {kMax, kMax}, std::numeric_limits<double>::infinity()},
      {"below the range", {-kMax, -kMax}, -std::numeric_limits<double>::infinity()},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(sum_of(row.terms).value() == row.want);
  }
}

TEST_CASE("any order and any merging give the same limbs") {
  const std::uint64_t seed = 20261124;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::vector<double> terms;
  for (int i = 0; i < 3000; ++i) {
    terms.push_back(std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())), static_cast<int>(random() % 1800) - 900));
  }
  const ExactSum whole = sum_of(terms);
  std::shuffle(terms.begin(), terms.end(), random);
  ExactSum parts;
  for (std::size_t at = 0; at < terms.size();) {
    const std::size_t size = std::min<std::size_t>(1 + random() % 100, terms.size() - at);
    parts.merge(sum_of({terms.begin() + static_cast<std::ptrdiff_t>(at), terms.begin() + static_cast<std::ptrdiff_t>(at + size)}));
    at += size;
  }
  CHECK(parts == whole);
  CHECK(parts.value() == whole.value());
  for (double& term : terms) term = -term;
  parts.merge(sum_of(terms));
  CHECK(parts == ExactSum());
  CHECK(parts.value() == 0);
}

TEST_CASE("a sum of many terms stays exact") {
  ExactSum sum;
  for (int i = 0; i < 1'000'000; ++i) sum.add(0x1p-30);
  CHECK(sum.value() == 1e6 * 0x1p-30);
}

TEST_CASE("the canonical form is the whole state") {
  const ExactSum sum = sum_of({-1.5, 1e200, kTiny});
  CHECK(ExactSum::is_canonical(sum.canonical()));
  CHECK(ExactSum::of_canonical(sum.canonical()) == sum);
  auto limbs = sum.canonical();
  limbs[3] = -1;
  CHECK_FALSE(ExactSum::is_canonical(limbs));
  limbs[3] = std::int64_t{1} << 32;
  CHECK_FALSE(ExactSum::is_canonical(limbs));
}
