#include "detectors/two_sample/kolmogorov_smirnov.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace driftd {
namespace {

using Values = std::vector<double>;
using CountList = std::vector<std::uint64_t>;

Values drawn(std::mt19937_64& generator, std::size_t n, double shift, double grain) {
  std::normal_distribution<double> law(shift, 1);
  Values values(n);
  for (double& value : values) value = grain > 0 ? std::round(law(generator) / grain) * grain : law(generator);
  std::ranges::sort(values);
  return values;
}

CountList counts(const Values& values, const Values& edges) {
  CountList cells(edges.size() + 1, 0);
  for (const double x : values) ++cells[static_cast<std::size_t>(std::ranges::lower_bound(edges, x) - edges.begin())];
  return cells;
}

}  // namespace

TEST_CASE("Kolmogorov-Smirnov: the ladder") {
  struct Row {
    const char* name;
    Values reference, current;
    Status status;
    double distance;
  };
  const Values many(60, 1.0);
  const Row rows[] = {
      {"empty", {}, {}, Status::kInsufficient, kNoNumber},
      {"an empty side", {1, 2}, {}, Status::kInsufficient, kNoNumber},
      {"one and one, equal", {1}, {1}, Status::kInsufficient, 0},
      {"one and one, apart", {1}, {2}, Status::kInsufficient, 1},
      {"ties are consumed on both sides", {0, 1, 1, 2}, {1, 1, 1}, Status::kInsufficient, 0.25},
      {"constant", many, many, Status::kOk, 0},
      {"constant moved", many, Values(70, 2.0), Status::kOk, 1},
      {"extreme values", {-1e308, 5e-324, 1e308}, {-1e308, 5e-324, 1e308}, Status::kInsufficient, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Score score = kolmogorov_smirnov(row.reference, row.current);
    CHECK(score.status == row.status);
    if (std::isnan(row.distance)) {
      CHECK(std::isnan(score.statistic));
    } else {
      CHECK(score.statistic == row.distance);
      CHECK(kolmogorov_smirnov(row.current, row.reference).statistic == row.distance);
    }
  }
  CHECK(kolmogorov_smirnov(many, many).log_p == 0);
}

TEST_CASE("Kolmogorov-Smirnov: the distance on cells brackets the distance of values") {
  constexpr std::uint64_t kSeed = 47;
  MESSAGE("seed " << kSeed);
  std::mt19937_64 generator(kSeed);
  for (int i = 0; i < 500; ++i) {
    const double grain = i % 3 == 0 ? 0.5 : 0;
    const Values reference = drawn(generator, 50 + generator() % 200, 0, grain);
    const Values current = drawn(generator, 50 + generator() % 200, static_cast<double>(i % 5) * 0.3, grain);
    Values edges;
    for (std::size_t k = 1; k < 10; ++k) edges.push_back(reference[k * reference.size() / 10]);
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    const double exact = kolmogorov_smirnov(reference, current).statistic;
    const KsOnCells on_cells = kolmogorov_smirnov_on_cells(counts(reference, edges), counts(current, edges));
    CHECK(on_cells.score.statistic <= exact + 1e-12);
    CHECK(on_cells.upper >= exact - 1e-12);
    CHECK(on_cells.score.log_p >= kolmogorov_smirnov(reference, current, KsLaw::kAsymptotic).log_p - 1e-9);
  }
}

TEST_CASE("Kolmogorov-Smirnov on cells: status and edges") {
  CHECK(kolmogorov_smirnov_on_cells(CountList{0, 0}, CountList{1, 2}).score.status == Status::kInsufficient);
  CHECK(kolmogorov_smirnov_on_cells(CountList{30, 19}, CountList{100, 100}).score.status == Status::kInsufficient);
  const KsOnCells same = kolmogorov_smirnov_on_cells(CountList{50, 50}, CountList{100, 100});
  CHECK(same.score.status == Status::kOk);
  CHECK(same.score.statistic == 0);
  CHECK(same.score.log_p == 0);
  CHECK(same.upper == 0.5);
  const KsOnCells apart = kolmogorov_smirnov_on_cells(CountList{500, 0}, CountList{0, 500});
  CHECK(apart.score.statistic == 1);
  CHECK(apart.upper == 1);
}

TEST_CASE("Kolmogorov-Smirnov on cells: its p is conservative on null windows") {
  constexpr std::uint64_t kSeed = 53;
  MESSAGE("seed " << kSeed);
  std::mt19937_64 generator(kSeed);
  int alarms = 0;
  for (int i = 0; i < 2000; ++i) {
    CountList r(64, 0), w(64, 0);
    for (int k = 0; k < 2000; ++k) ++r[generator() % 64];
    for (int k = 0; k < 200; ++k) ++w[generator() % 64];
    alarms += kolmogorov_smirnov_on_cells(r, w).score.log_p < std::log(0.05);
  }
  CHECK(alarms > 30);
  CHECK(alarms < 130);  // 100 expected of an exact test, sd 10
}

}  // namespace driftd
