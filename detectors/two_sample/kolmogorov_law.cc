#include "detectors/two_sample/kolmogorov_law.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "detectors/special_functions.h"

namespace driftd {
namespace {

constexpr double kPi2 = std::numbers::pi * std::numbers::pi;
constexpr std::uint64_t kMatrixLimit = 140;  // up to here the exact matrix form is used in the body, as in SciPy
constexpr std::uint64_t kAsymptoticFrom = 1'000'000;

// A square matrix times 2^(-exponent): powers would overflow.
struct Scaled {
  std::vector<double> values;
  int exponent = 0;
};

Scaled product(const Scaled& a, const Scaled& b, std::size_t size) {
  Scaled out{std::vector<double>(size * size, 0.0), a.exponent + b.exponent};
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < size; ++k) {
      const double left = a.values[i * size + k];
      for (std::size_t j = 0; j < size; ++j) out.values[i * size + j] += left * b.values[k * size + j];
    }
  }
  if (out.values[size / 2 * size + size / 2] > 1e140) {
    for (double& value : out.values) value *= 0x1p-466;
    out.exponent += 466;
  }
  return out;
}

Scaled power(Scaled base, std::uint64_t exponent, std::size_t size) {
  Scaled result{std::vector<double>(size * size, 0.0), 0};
  for (std::size_t i = 0; i < size; ++i) result.values[i * size + i] = 1;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) result = product(result, base, size);
    if (exponent > 1) base = product(base, base, size);
  }
  return result;
}

// The matrix H of Marsaglia, Tsang and Wang for k = ceil(N x), d = k - N x, size 2k - 1.
std::vector<double> step_matrix(std::size_t size, double d) {
  std::vector<double> h(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) h[i * size + j] = i + 1 < j ? 0 : 1;
  }
  for (std::size_t i = 0; i < size; ++i) {
    h[i * size] -= std::pow(d, static_cast<double>(i + 1));
    h[(size - 1) * size + i] -= std::pow(d, static_cast<double>(size - i));
  }
  if (2 * d > 1) h[(size - 1) * size] += std::pow(2 * d - 1, static_cast<double>(size));
  for (std::size_t i = 0; i < size; ++i) {
    double factorial = 1;
    for (std::size_t j = i + 1; j-- > 0;) {
      factorial *= static_cast<double>(i - j + 1);
      h[i * size + j] /= factorial;
    }
  }
  return h;
}

double matrix_cdf(double x, std::uint64_t n) {
  const double steps = static_cast<double>(n) * x;
  const auto k = static_cast<std::size_t>(std::ceil(steps));
  const std::size_t size = 2 * k - 1;
  const Scaled raised = power({step_matrix(size, static_cast<double>(k) - steps), 0}, n, size);
  double cdf = raised.values[(k - 1) * size + k - 1];
  int exponent = raised.exponent;
  for (std::uint64_t i = 1; i <= n; ++i) {
    cdf *= static_cast<double>(i) / static_cast<double>(n);
    if (cdf < 1e-140) {
      cdf *= 0x1p466;
      exponent -= 466;
    }
  }
  return std::ldexp(cdf, exponent);
}

// Pelz and Good's expansion in 1 / sqrt(N), terms up to N^-1.5 (as given by Simard and L'Ecuyer 2011).
double pelz_good_cdf(double x, std::uint64_t n) {
  const double root_n = std::sqrt(static_cast<double>(n));
  const double z = x * root_n, z2 = z * z, z4 = z2 * z2, z6 = z4 * z2;
  double k0 = 0, k1 = 0, k2 = 0, k3 = 0, k2_even = 0, k3_even = 0;
  for (int k = 1; k < 40; k += 2) {
    const double a = kPi2 * k * k / 4, a2 = a * a;
    const double weight = std::exp(-kPi2 * k * k / (8 * z2));
    if (weight == 0) break;
    k0 += weight;
    k1 += (a - z2) * weight;
    k2 += (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * a + (1 - 2 * z2) * a2) * weight;
    k3 += (-30 * z6 - 90 * z4 * z4 + (135 * z4 - 96 * z6) * a + (212 * z4 - 60 * z2) * a2 + (5 - 30 * z2) * a2 * a) * weight;
  }
  for (int k = 1; k < 40; ++k) {
    const double a = kPi2 * k * k;
    const double weight = k * k * std::exp(-a / (2 * z2));
    if (weight == 0) break;
    k2_even += weight;
    k3_even += (3 * z2 - a) * weight;
  }
  const double root = std::sqrt(2 * std::numbers::pi);
  const double first = root / z * k0;
  const double second = root / (6 * z4) * k1;
  const double third = root / (72 * z6 * z) * k2 - root * kPi2 / (36 * z2 * z) * k2_even;
  const double fourth = root / (6480 * z6 * z4) * k3 + root * kPi2 / (216 * z6) * k3_even;
  return first + second / root_n + third / (root_n * root_n) + fourth / (root_n * root_n * root_n);
}

// Exact for n = m (Gnedenko and Korolyuk), all in products that stay within [0, 1].
double equal_sizes_p(std::uint64_t n, std::uint64_t h) {
  double p = 0;
  for (std::uint64_t k = n / h; k > 0; --k) {
    double a = 1;
    for (std::uint64_t j = 0; j < h; ++j) a = a * static_cast<double>(n - k * h + h - j) / static_cast<double>(n + k * h - h + j + 1);
    p = a * (1 - p);
  }
  return 2 * p;
}

// Share of lattice paths from (0, 0) to (larger, smaller) that touch |small i - large j| >= h, in units of the common divisor.
double unequal_sizes_p(std::uint64_t larger, std::uint64_t smaller, std::uint64_t h) {
  const std::uint64_t divisor = std::gcd(larger, smaller);
  const auto large = static_cast<std::int64_t>(larger / divisor), small = static_cast<std::int64_t>(smaller / divisor);
  const auto height = static_cast<std::int64_t>(smaller), band = static_cast<std::int64_t>(h);
  std::vector<double> column(smaller + 1, 1.0);  // P(i, .) of the row swept last; 1 outside the band
  for (std::int64_t i = 0; i <= static_cast<std::int64_t>(larger); ++i) {
    const std::int64_t first = std::max<std::int64_t>(0, (small * i - band) / large - 1);
    const std::int64_t last = std::min(height, (small * i + band) / large + 1);
    for (std::int64_t j = first; j <= last; ++j) {
      double& here = column[static_cast<std::size_t>(j)];
      if (std::abs(small * i - large * j) >= band) {
        here = 1;
      } else if (i + j == 0) {
        here = 0;
      } else {
        const double from_left = i > 0 ? static_cast<double>(i) * here : 0;
        const double from_below = j > 0 ? static_cast<double>(j) * column[static_cast<std::size_t>(j - 1)] : 0;
        here = (from_left + from_below) / static_cast<double>(i + j);
      }
    }
  }
  return column.back();
}

// ln of the probability that the path crosses last at j of N: one term of Smirnov's sum.
double log_crossing(double j, double n, double x) {
  const double level = x + j / n;
  return log_binomial(j, n, level, 1 - level) - std::log(level);
}

// The whole number up to `last` where a function with one maximum is largest.
template <class Function>
double largest_crossing(double last, Function f) {
  double low = 0, high = std::floor(last);
  while (low < high) {
    const double middle = std::floor((low + high) / 2);
    if (f(middle) < f(middle + 1)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

// x * sum over j of Binomial(j; N, x + j/N) / (x + j/N). The terms rise to one maximum and vanish with all derivatives at both ends, so
// that a sum over every s-th term times s is exact to rounding as long as s is small against their width (the trapezoidal rule): the
// tests compare with the whole sum. The width is near sqrt(N) / (4 x).
double log_smirnov_sf(double x, std::uint64_t n) {
  if (x <= 0) return 0;
  if (x >= 1) return -std::numeric_limits<double>::infinity();
  const double count = static_cast<double>(n);
  const double last = std::floor(count * (1 - x));
  const double step = std::max(1.0, std::floor(std::min(last / 2048, std::sqrt(count) / (64 * x))));
  const double middle = step * largest_crossing(last / step, [&](double k) { return log_crossing(k * step, count, x); });
  const double peak = log_crossing(middle, count, x);
  double sum = 0;
  for (double j = middle; j >= 0; j -= step) {
    const double term = std::exp(log_crossing(j, count, x) - peak);
    sum += term;
    if (term < 1e-20 * sum) break;
  }
  for (double j = middle + step; j <= last; j += step) {
    const double term = std::exp(log_crossing(j, count, x) - peak);
    sum += term;
    if (term < 1e-20 * sum) break;
  }
  return std::min(0.0, std::log(x) + peak + std::log(sum * step));
}

double log_kstwo_sf(double x, std::uint64_t n) {
  const double count = static_cast<double>(n);
  const double steps = count * x, z2 = steps * x;
  if (steps <= 0.5) return 0;
  if (x >= 1) return -std::numeric_limits<double>::infinity();
  if (steps <= 1) return std::log1p(-std::exp(std::lgamma(count + 1) - count * std::log(count) + count * std::log(2 * steps - 1)));
  if (steps >= count - 1) return std::numbers::ln2 + count * std::log1p(-x);
  const bool body = n <= kMatrixLimit ? z2 <= 4 : z2 < 2.2;
  if (x >= 0.5 || (!body && n <= kAsymptoticFrom)) return std::min(0.0, std::numbers::ln2 + log_smirnov_sf(x, n));
  if (!body) return std::min(0.0, std::numbers::ln2 - (6 * steps + 1) * (6 * steps + 1) / (18 * count));
  if (z2 < 0.03) return 0;  // the distribution function is under 1e-16
  const bool exact = n <= kMatrixLimit || (n <= 100'000 && steps * std::sqrt(x) <= 1.4);
  return std::log1p(-std::clamp(exact ? matrix_cdf(x, n) : pelz_good_cdf(x, n), 0.0, 1.0));
}

double exact_two_sample_p(std::uint64_t n, std::uint64_t m, std::uint64_t h) {
  if (h == 0) return 1;
  return std::min(1.0, n == m ? equal_sizes_p(n, h) : unequal_sizes_p(std::max(n, m), std::min(n, m), h));
}

}  // namespace driftd
