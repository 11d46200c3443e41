#include "detectors/two_sample/kolmogorov_law.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "detectors/special_functions.h"

namespace driftd {
namespace {

// Smirnov's sum, every term.
double whole_smirnov(double x, std::uint64_t n) {
  const double count = static_cast<double>(n);
  double sum = -INFINITY;
  for (double j = 0; j <= std::floor(count * (1 - x)); ++j) {
    const double level = x + j / count;
    sum = log_add(sum, log_binomial(j, count, level, 1 - level) - std::log(level));
  }
  return std::log(x) + sum;
}

// All lattice paths of n + m steps: share of those that reach |j m - i n| >= h * gcd.
double counted_paths(int n, int m, int steps) {
  int hits = 0, paths = 0;
  for (int bits = 0; bits < 1 << (n + m); ++bits) {
    if (__builtin_popcount(static_cast<unsigned>(bits)) != n) continue;
    ++paths;
    int i = 0, j = 0;
    bool hit = false;
    for (int k = 0; k < n + m; ++k) {
      (bits >> k & 1 ? i : j) += 1;
      hit = hit || std::abs(i * m - j * n) >= steps;
    }
    hits += hit;
  }
  return static_cast<double>(hits) / paths;
}

}  // namespace

TEST_CASE("the exact two-sample law equals counting all paths") {
  struct Row {
    int n, m, divisor;
  };
  for (const Row& row : {Row{1, 1, 1}, Row{5, 5, 5}, Row{4, 7, 1}, Row{7, 4, 1}, Row{6, 8, 2}, Row{3, 9, 3}, Row{1, 10, 1}}) {
    for (int h = 0; h * row.divisor <= row.n * row.m; ++h) {
      CAPTURE(row.n);
      CAPTURE(row.m);
      CAPTURE(h);
      const double p =
          exact_two_sample_p(static_cast<std::uint64_t>(row.n), static_cast<std::uint64_t>(row.m), static_cast<std::uint64_t>(h));
      CHECK(p == doctest::Approx(counted_paths(row.n, row.m, h * row.divisor)).epsilon(1e-12));
    }
  }
}

TEST_CASE("the thinned sum equals the whole one") {
  for (const std::uint64_t n : {3000ULL, 20'000ULL, 100'000ULL}) {
    for (const double z : {1.5, 2.0, 3.0, 6.0, 15.0, 40.0}) {
      const double x = z / std::sqrt(static_cast<double>(n));
      CAPTURE(n);
      CAPTURE(x);
      CHECK(std::abs(log_smirnov_sf(x, n) - whole_smirnov(x, n)) < 1e-10);
    }
    for (const double x : {.3, .5, .7, .9, .99, .999}) {
      CAPTURE(x);
      CHECK(log_smirnov_sf(x, n) == doctest::Approx(whole_smirnov(x, n)).epsilon(1e-11));
    }
  }
}

TEST_CASE("the tail never saturates and falls") {
  for (const std::uint64_t n : {1ULL, 2ULL, 20ULL, 140ULL, 141ULL, 5000ULL, 1'000'000ULL, 3'000'000ULL}) {
    CAPTURE(n);
    double last = 0;
    for (double x = 1e-4; x < 1; x *= 1.1) {
      const double now = log_kstwo_sf(x, n);
      CAPTURE(x);
      CHECK(now <= last + 1e-9);
      CHECK(std::isfinite(now));
      last = now;
    }
    CHECK(log_kstwo_sf(0, n) == 0);
    CHECK(log_kstwo_sf(1, n) == -INFINITY);
  }
  CHECK(log_kstwo_sf(0.5, 100'000) < -50'000);
}

TEST_CASE("where the forms meet they agree") {
  // One million values: exact sum below, an asymptotic form above that is within 1 per cent.
  CHECK(log_kstwo_sf(0.003, 1'000'000) == doctest::Approx(log_kstwo_sf(0.003, 1'000'001)).epsilon(1e-3));
}

}  // namespace driftd
