// Tail probabilities in natural logarithms, so that they never saturate: -1e6 is as good an answer as -3. Pure; any thread.
// Accuracy: relative 1e-10 of the probability (absolute of its logarithm), against SciPy and mpmath in tests/conformance.
// Boost.Math is used here and nowhere else.
#pragma once

#include <cstdint>

namespace driftd {

// ln(e^a + e^b); -infinity is 0.
double log_add(double a, double b);

// x ln(x / y) + y - x >= 0 without cancellation, for x >= 0, y > 0.
double deviance(double x, double y);

// lgamma(x + 1) - (x + 1/2) ln x + x - ln(2 pi) / 2: what Stirling's formula lacks. x > 0.
double stirling_error(double x);

// ln(y^a e^-y / Gamma(a + 1)): the Poisson probability of a at mean y, for real a >= 0, y > 0, without cancellation (Loader 2000).
double log_poisson(double a, double y);

// ln of the binomial probability of k among n, for real 0 <= k <= n; p is the probability of success and q = 1 - p.
double log_binomial(double k, double n, double p, double q);

// ln Q(a, x), the regularised upper incomplete gamma function. a > 0, x >= 0. O(1) iterations but near x = a, where Boost decides.
double log_gamma_q(double a, double x);

// ln P(X > x), X chi-square with df > 0 degrees of freedom; x <= 0 gives 0.
double log_chi_square_sf(double x, double df);

// As above, non-central with non-centrality >= 0. Cost O(sqrt(max(noncentrality, x))).
double log_noncentral_chi_square_sf(double x, double df, double noncentrality);

// ln P(Z > z), Z standard normal.
double log_normal_sf(double z);

// Counts of a 2 x 2 table, rows {a, b} and {c, d}.
struct TwoByTwo {
  std::uint64_t a, b, c, d;
};
// ln P(C >= c) given all four margins: is the share c / (c + d) larger than a / (a + b)? Fisher's one-sided test.
double log_fisher_greater(const TwoByTwo& table);
// Fisher's two-sided test: sum over all tables as probable as this one, or less (up to a relative 1e-7). Cost O(smallest margin).
double log_fisher_two_sided(const TwoByTwo& table);

}  // namespace driftd
