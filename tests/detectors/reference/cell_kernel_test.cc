#include "detectors/reference/cell_kernel.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace driftd {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMax = std::numeric_limits<double>::max();
constexpr double kDenormal = std::numeric_limits<double>::denorm_min();

// Everything that could fall on the wrong side: each edge, its neighbours one ulp away, zeros of both signs, the ends of the line.
std::vector<double> probes(const std::vector<double>& edges) {
  std::vector<double> values{0.0, -0.0, kDenormal, -kDenormal, kMax, -kMax, std::numeric_limits<double>::min(), 1e-300, -1e300};
  for (const double edge : edges) {
    for (const double value : {edge, std::nextafter(edge, kInfinity), std::nextafter(edge, -kInfinity)}) {
      if (std::isfinite(value)) values.push_back(value);
    }
  }
  return values;
}

std::vector<double> random_edges(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> wide(0.0, 20.0);
  std::set<double> edges;
  while (edges.size() < count) edges.insert(random() % 2 == 0 ? wide(random) : -wide(random));
  return {edges.begin(), edges.end()};
}

std::vector<double> integers(std::size_t count) {
  std::vector<double> edges(count);
  for (std::size_t i = 0; i < count; ++i) edges[i] = static_cast<double>(i);
  return edges;
}

void check_all_clones(const NumericCells& cells, const std::vector<double>& values) {
  const CellKernel kernel(cells);
  for (const Simd simd : {Simd::kScalar, Simd::kAvx2, Simd::kAvx512}) {
    if (!has_simd(simd)) continue;
    CAPTURE(static_cast<int>(simd));
    std::vector<std::uint16_t> ids(values.size());
    kernel.cells(simd, values, ids.data());
    for (std::size_t i = 0; i < values.size(); ++i) {
      CAPTURE(values[i]);
      REQUIRE(ids[i] == cells.cell(values[i]));
    }
  }
}

}  // namespace

TEST_CASE("every clone finds the cell that lower_bound finds") {
  struct Row {
    std::string name;
    std::vector<double> edges;
  };
  const std::vector<Row> rows{
      {"no edge", {}},
      {"one edge", {1.5}},
      {"zero", {0.0}},
      {"denormals", {-2 * kDenormal, -kDenormal, 0.0, kDenormal, 2 * kDenormal}},
      {"the ends of the line", {-kMax, kMax}},
      {"one group full", integers(16)},
      {"one more than a group", integers(17)},
      {"255 of a continuous feature", random_edges(255, 1)},
      {"256", random_edges(256, 2)},
      {"257: 32 groups", random_edges(257, 3)},
      {"400 integers", integers(400)},
      {"512", random_edges(512, 4)},
      {"513: no kernel", random_edges(513, 5)},
      {"3000", random_edges(3000, 6)},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    check_all_clones({.discrete = false, .edges = row.edges, .coarse = {}}, probes(row.edges));
    check_all_clones({.discrete = true, .edges = row.edges, .coarse = {}}, probes(row.edges));
  }
}

TEST_CASE("every clone agrees on random values, at any length of the column") {
  constexpr std::uint64_t kSeed = 20260301;
  CAPTURE(kSeed);
  std::mt19937_64 random(kSeed);
  for (const std::size_t count : {3, 20, 64, 200, 255, 300, 512}) {
    const NumericCells cells{.discrete = false, .edges = random_edges(count, random()), .coarse = {}};
    std::normal_distribution<double> normal(0.0, 1e3);
    std::vector<double> values(1 + random() % 300);
    std::generate(values.begin(), values.end(), [&] { return normal(random); });
    check_all_clones(cells, values);
  }
}

TEST_CASE("a NaN gets some cell of the feature, never one outside") {
  const std::vector<double> values(5, std::numeric_limits<double>::quiet_NaN());
  for (const bool discrete : {false, true}) {
    for (const Simd simd : {Simd::kScalar, Simd::kAvx2, Simd::kAvx512}) {
      if (!has_simd(simd)) continue;
      const NumericCells cells{.discrete = discrete, .edges = {1, 2, 3}, .coarse = {}};
      std::vector<std::uint16_t> ids(values.size(), 99);
      CellKernel(cells).cells(simd, values, ids.data());
      for (const std::uint16_t id : ids) CHECK(id < cells.size());
    }
  }
}

TEST_CASE("the default kernel has one cell, and its name is a clone that the machine has") {
  std::uint16_t id = 7;
  const double value = 3.0;
  CellKernel().cells({&value, 1}, &id);
  CHECK(id == 0);
  CHECK(has_simd(chosen_simd()));
  CHECK(cell_kernel_name() == std::vector<std::string>{"scalar", "avx2", "avx512"}[static_cast<std::size_t>(chosen_simd())]);
}

}  // namespace driftd
