#include "detectors/special_functions.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "tests/conformance/golden_file.h"

namespace driftd {
namespace {

using Arguments = std::vector<double>;

TwoByTwo table(const Arguments& v) {
  return {static_cast<std::uint64_t>(v[0]), static_cast<std::uint64_t>(v[1]), static_cast<std::uint64_t>(v[2]),
          static_cast<std::uint64_t>(v[3])};
}

double evaluate(const std::string& name, const Arguments& v) {
  if (name == "log_chi_square_sf") return log_chi_square_sf(v[0], v[1]);
  if (name == "log_noncentral_chi_square_sf") return log_noncentral_chi_square_sf(v[0], v[1], v[2]);
  if (name == "log_normal_sf") return log_normal_sf(v[0]);
  if (name == "log_fisher_greater") return log_fisher_greater(table(v));
  if (name == "log_fisher_two_sided") return log_fisher_two_sided(table(v));
  REQUIRE(name == "stirling_error");
  return stirling_error(v[0]);
}

}  // namespace

TEST_CASE("tails equal 60-digit arithmetic: absolute 1e-10 of a logarithm, that is relative 1e-10 of a probability") {
  for (const auto& row : golden::rows("special_functions.tsv")) {
    CAPTURE(row[0]);
    CAPTURE(row[1]);
    const double want = golden::number<double>(row[2]);
    const double got = evaluate(row[0], golden::numbers<double>(row[1], ' '));
    CHECK(std::abs(got - want) <= 1e-10 + 1e-14 * std::abs(want));
  }
}

TEST_CASE("edges of the tails") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  CHECK(log_chi_square_sf(0, 3) == 0);
  CHECK(log_chi_square_sf(-1, 3) == 0);
  CHECK(log_chi_square_sf(kInfinity, 3) == -kInfinity);
  CHECK(std::isnan(log_chi_square_sf(std::nan(""), 3)));
  CHECK(log_noncentral_chi_square_sf(5, 9, 0) == log_chi_square_sf(5, 9));
  CHECK(log_noncentral_chi_square_sf(0, 9, 4) == 0);
  CHECK(log_add(-kInfinity, -kInfinity) == -kInfinity);
  CHECK(log_add(std::log(0.25), std::log(0.5)) == doctest::Approx(std::log(0.75)).epsilon(1e-14));
  CHECK(log_poisson(0, 3) == -3);
  CHECK(log_binomial(0, 0, 0.5, 0.5) == 0);
}

TEST_CASE("a tail falls as its argument grows and rises with the non-centrality") {
  double last = 0;
  for (double x = 0.5; x < 1e5; x *= 1.07) {
    const double now = log_chi_square_sf(x, 9);
    CHECK(now < last);
    CHECK(now < log_noncentral_chi_square_sf(x, 9, 3));
    last = now;
  }
}

TEST_CASE("all Poisson and all binomial probabilities sum to one") {
  double poisson = -std::numeric_limits<double>::infinity(), binomial = poisson;
  for (int k = 0; k < 300; ++k) poisson = log_add(poisson, log_poisson(k, 90.5));
  for (int k = 0; k <= 200; ++k) binomial = log_add(binomial, log_binomial(k, 200, 0.3, 0.7));
  CHECK(poisson == doctest::Approx(0).epsilon(1e-12));
  CHECK(std::abs(binomial) < 1e-12);
}

}  // namespace driftd
