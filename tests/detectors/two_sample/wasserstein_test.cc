#include "detectors/two_sample/wasserstein.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace driftd {
namespace {

using Values = std::vector<double>;
using CountList = std::vector<std::uint64_t>;

CountList counts(const Values& values, const Values& edges) {
  CountList cells(edges.size() + 1, 0);
  for (const double x : values) ++cells[static_cast<std::size_t>(std::ranges::lower_bound(edges, x) - edges.begin())];
  return cells;
}

}  // namespace

TEST_CASE("Wasserstein: a shift is its own distance, order does not matter") {
  const Values r{0, 1, 2, 3, 4}, w{2.5, 3.5, 4.5, 5.5, 6.5};
  CHECK(wasserstein_distance(r, w) == 2.5);
  CHECK(wasserstein_distance(w, r) == 2.5);
  CHECK(wasserstein_distance(r, r) == 0);
  CHECK(wasserstein_distance(Values{1}, Values{1}) == 0);
  CHECK(wasserstein_distance(Values{0, 0, 0}, Values{0, 3}) == 1.5);
  CHECK(wasserstein_distance(Values{-1e300}, Values{1e300}) == 2e300);
}

TEST_CASE("Wasserstein: the spread, and what has none") {
  CHECK(reference_spread(0, 1.349, 7) == 1);
  CHECK(reference_spread(2, 2, 7) == 7);
  CHECK(reference_spread(2, 2, 0) == 0);
  CHECK(reference_spread(kNoNumber, kNoNumber, kNoNumber) == 0);
  const Values many(60, 1.0), moved(60, 3.0);
  CHECK(wasserstein(many, moved, 0).status == Status::kDegenerate);
  CHECK(std::isnan(wasserstein(many, moved, 0).statistic));
  CHECK(wasserstein(many, moved, 4).statistic == 0.5);
  CHECK(wasserstein(many, moved, 4).status == Status::kOk);
  CHECK(wasserstein(many, Values{1}, 4).status == Status::kInsufficient);
  CHECK(wasserstein(many, Values{}, 4).status == Status::kInsufficient);
}

TEST_CASE("Wasserstein on cells is within its bound of the exact distance") {
  constexpr std::uint64_t kSeed = 59;
  MESSAGE("seed " << kSeed);
  std::mt19937_64 generator(kSeed);
  for (int i = 0; i < 300; ++i) {
    std::normal_distribution<double> of_reference(0, 1), of_current(0.2 * (i % 4), 1 + 0.3 * (i % 3));
    Values r(400), w(150);
    for (double& x : r) x = of_reference(generator);
    for (double& x : w) x = of_current(generator);
    std::ranges::sort(r);
    std::ranges::sort(w);
    Values edges;
    for (std::size_t k = 1; k < 20; ++k) edges.push_back(r[k * r.size() / 20]);
    const double least = std::min(r.front(), w.front()), greatest = std::max(r.back(), w.back());
    const CountList reference = counts(r, edges), current = counts(w, edges);
    double bound = 0;
    for (std::size_t k = 0; k < reference.size(); ++k) {
      const double left = k == 0 ? least : edges[k - 1], right = k == edges.size() ? greatest : edges[k];
      bound += (right - left) * std::max(static_cast<double>(reference[k]) / 400, static_cast<double>(current[k]) / 150);
    }
    const Score on_cells = wasserstein_on_cells(reference, current, {edges, least, greatest}, 1);
    CHECK(on_cells.status == Status::kOk);
    CHECK(std::abs(on_cells.statistic - wasserstein_distance(r, w)) <= bound);
  }
}

TEST_CASE("Wasserstein on cells: where the difference changes sign both triangles count") {
  // Shares .5 .5 | 0 1 on [0, 1], [1, 2], then back: d is 0, .5, 0. With the middle crossed: 0, .5, -.5, 0.
  const Values two{1}, three{1, 2};
  CHECK(wasserstein_on_cells(CountList{50, 50}, CountList{0, 100}, {two, 0, 2}, 1).statistic == 0.5);
  CHECK(wasserstein_on_cells(CountList{50, 0, 50}, CountList{0, 100, 0}, {three, 0, 3}, 1).statistic == doctest::Approx(0.75));
  CHECK(wasserstein_on_cells(CountList{50, 50}, CountList{0, 0}, {two, 0, 2}, 1).status == Status::kInsufficient);
}

TEST_CASE("Wasserstein on values is exact") {
  const Values values{0, 1, 5};
  const Score score = wasserstein_on_values(CountList{40, 40, 20}, CountList{20, 20, 60}, values, 2);
  Values r(40, 0.0), w(20, 0.0);
  r.insert(r.end(), 40, 1.0);
  r.insert(r.end(), 20, 5.0);
  w.insert(w.end(), 20, 1.0);
  w.insert(w.end(), 60, 5.0);
  CHECK(score.statistic == doctest::Approx(wasserstein_distance(r, w) / 2).epsilon(1e-14));
  CHECK(wasserstein_on_values(CountList{0}, CountList{0}, Values{1}, 2).status == Status::kInsufficient);
}

}  // namespace driftd
