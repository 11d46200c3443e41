#include "detectors/special_functions.h"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>

namespace driftd {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kHalfLogTwoPi = 0.5 * std::log(2 * std::numbers::pi);

// Q(a, x) / (x^a e^-x / Gamma(a)) by Lentz's continued fraction; for x > a + 1.
double upper_gamma_fraction(double a, double x) {
  double b = x + 1 - a;
  double d = 1 / b, c = kInfinity, value = d;
  for (int i = 1; i < 100'000; ++i) {
    const double numerator = -i * (i - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const double factor = c * d;
    value *= factor;
    if (std::abs(factor - 1) < 1e-16) break;
  }
  return value;
}

// ln C(k) of the hypergeometric law: k of `hits` marked ones among `draws` drawn from `all`.
double log_hypergeometric(double k, double hits, double draws, double all) {
  const double p = draws / all, q = (all - draws) / all;
  return log_binomial(k, hits, p, q) + log_binomial(draws - k, all - hits, p, q) - log_binomial(draws, all, p, q);
}

// The law of c given the margins of a table, as ratios of neighbours.
struct Hypergeometric {
  double hits, draws, all, least, most;

  explicit Hypergeometric(const TwoByTwo& t)
      : hits(static_cast<double>(t.a + t.c)),
        draws(static_cast<double>(t.c + t.d)),
        all(static_cast<double>(t.a + t.b + t.c + t.d)),
        least(std::max(0.0, hits + draws - all)),
        most(std::min(hits, draws)) {}

  double up(double k) const { return (hits - k) * (draws - k) / ((k + 1) * (all - hits - draws + k + 1)); }  // P(k + 1) / P(k)
  double down(double k) const { return 1 / up(k - 1); }
};

constexpr double kTieTolerance = 1e-7;  // SciPy's, for tables equally probable but for rounding

// Sum of P(k) / P(c) over k beyond c in one direction, of those k that are not more probable than c. On the way over the mode the ratio
// may pass the range of a double: it is `relative` * kStep^steps.
template <class Ratio>
double tail(double c, double end, double direction, Ratio ratio) {
  constexpr double kStep = 0x1p400;
  double sum = 0, relative = 1;
  int steps = 0;
  for (double k = c; k != end && (steps > 0 || relative > 1e-18); k += direction) {
    relative *= ratio(k);
    if (relative > kStep) {
      relative /= kStep;
      ++steps;
    } else if (relative < 1 && steps > 0) {
      relative *= kStep;
      --steps;
    }
    if (steps == 0 && relative <= 1 + kTieTolerance) sum += relative;
  }
  return sum;
}

// Doubles are precise enough: the slower long double that Boost would promote to is not needed.
using Plain = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

}  // namespace

double log_add(double a, double b) {
  const double high = std::max(a, b);
  if (high == -kInfinity) return high;
  return high + std::log1p(std::exp(std::min(a, b) - high));
}

// By series where x and y are near and the three terms cancel.
double deviance(double x, double y) {
  if (x == 0) return y;
  const double difference = x - y;
  if (std::abs(difference) > 0.1 * (x + y)) return x * std::log(x / y) - difference;
  const double v = difference / (x + y);
  double sum = difference * v;
  double power = 2 * x * v;
  for (int j = 3; j < 200; j += 2) {
    power *= v * v;
    const double next = sum + power / j;
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

double stirling_error(double x) {
  if (x < 16) return std::lgamma(x + 1) - (x + 0.5) * std::log(x) + x - kHalfLogTwoPi;
  const double z = 1 / (x * x);
  return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - z / 1188) * z) * z) * z) / x;
}

double log_poisson(double a, double y) {
  if (a == 0) return -y;
  return -stirling_error(a) - deviance(a, y) - 0.5 * std::log(a) - kHalfLogTwoPi;
}

double log_binomial(double k, double n, double p, double q) {
  if (k == 0) return n == 0 ? 0 : (p < 0.1 ? n * std::log1p(-p) : n * std::log(q));
  if (k == n) return q < 0.1 ? n * std::log1p(-q) : n * std::log(p);
  return stirling_error(n) - stirling_error(k) - stirling_error(n - k) - deviance(k, n * p) - deviance(n - k, n * q) +
         0.5 * std::log(n / (k * (n - k))) - kHalfLogTwoPi;
}

double log_gamma_q(double a, double x) {
  if (std::isnan(x)) return x;
  if (x <= 0) return 0;
  if (x == kInfinity) return -kInfinity;
  if (x > a + 1) {
    const bool fraction_is_quick = x - a > 3 * std::sqrt(a) + 1;
    if (fraction_is_quick) return log_poisson(a, x) + std::log(a) + std::log(upper_gamma_fraction(a, x));
    return std::log(boost::math::gamma_q(a, x, Plain()));
  }
  return std::log1p(-boost::math::gamma_p(a, x, Plain()));
}

double log_chi_square_sf(double x, double df) { return log_gamma_q(0.5 * df, 0.5 * x); }

// Sum over j of Poisson(j; h) Q(a + j, y), h = noncentrality / 2, a = df / 2, y = x / 2. All terms are positive. The largest one is at or
// above max(h, j*), j* (a + j*) = h y, and the terms fall off at least like a Poisson law: 12 standard deviations below is far enough.
// Upwards only, because Q(a + 1, y) = Q(a, y) + y^a e^-y / Gamma(a + 1) loses nothing; `growth` is that second term over the first.
double log_noncentral_chi_square_sf(double x, double df, double noncentrality) {
  if (x <= 0) return 0;
  if (noncentrality <= 0) return log_chi_square_sf(x, df);
  const double h = 0.5 * noncentrality, a = 0.5 * df, y = 0.5 * x;
  const double peak = std::max(h, 0.5 * (std::sqrt(a * a + 4 * h * y) - a));
  double j = std::max(0.0, std::floor(peak - 12 * std::sqrt(peak + 1)));
  const double log_q = log_gamma_q(a + j, y);
  const double log_first = log_poisson(j, h) + log_q;
  double growth = std::exp(log_poisson(a + j, y) - log_q);
  double term = 1, sum = 1;
  double offset = 0;
  while (j < peak || term > 1e-17 * sum) {
    term *= h / (j + 1) * (1 + growth);
    j += 1;
    growth *= y / (a + j) / (1 + growth);
    sum += term;
    if (sum > 1e200) {
      offset += std::log(sum);
      term /= sum;
      sum = 1;
    }
  }
  return std::min(0.0, log_first + offset + std::log(sum));
}

double log_normal_sf(double z) {
  if (z < 0) return std::log1p(-0.5 * std::erfc(-z / std::numbers::sqrt2));
  if (z < 25) return std::log(0.5 * std::erfc(z / std::numbers::sqrt2));
  return log_gamma_q(0.5, 0.5 * z * z) - std::numbers::ln2;  // P(|Z| > z) is a chi-square tail with one degree of freedom
}

double log_fisher_greater(const TwoByTwo& table) {
  const Hypergeometric law(table);
  const double c = static_cast<double>(table.c);
  if (c == law.least) return 0;
  const double log_c = log_hypergeometric(c, law.hits, law.draws, law.all);
  double sum = 1, relative = 1;
  for (double k = c; k < law.most && relative > 1e-18 * sum; ++k) {
    relative *= law.up(k);
    sum += relative;
  }
  return std::min(0.0, log_c + std::log(sum));
}

double log_fisher_two_sided(const TwoByTwo& table) {
  const Hypergeometric law(table);
  const double c = static_cast<double>(table.c);
  const double log_c = log_hypergeometric(c, law.hits, law.draws, law.all);
  const double above = tail(c, law.most, 1, [&](double k) { return law.up(k); });
  const double below = tail(c, law.least, -1, [&](double k) { return law.down(k); });
  return std::min(0.0, log_c + std::log(1 + above + below));
}

}  // namespace driftd
