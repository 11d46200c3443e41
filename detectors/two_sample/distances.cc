#include "detectors/two_sample/distances.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace driftd {
namespace {

// Sum of term(p, q) over all cells.
template <class Term>
double sum_over_shares(Counts reference, Counts current, const CellTotals& totals, Term term) {
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) sum += term(totals.reference_share(reference[i]), totals.current_share(current[i]));
  return sum;
}

Score score_of(const CellTotals& totals, double distance) {
  const double bounded = std::clamp(distance, 0.0, 1.0);
  return totals.score(bounded, bounded);
}

// (1 - d) ln(1 - d) + (1 + d) ln(1 + d), |d| <= 1: the sum of d^2k / (k (2k - 1)) where d is small.
double entropy_gain(double d) {
  const double square = d * d;
  if (square > 0.01) return (d < 1 ? (1 - d) * std::log1p(-d) : 0.0) + (d > -1 ? (1 + d) * std::log1p(d) : 0.0);
  double sum = 0;
  for (int k = 9; k > 0; --k) sum = square * (1.0 / (k * (2 * k - 1)) + sum);
  return sum;
}

}  // namespace

// With d = (q - p) / (q + p) a cell adds (p + q) / 4 * ((1 - d) ln(1 - d) + (1 + d) ln(1 + d)) to the divergence: never negative, so near
// shares do not cancel.
Score jensen_shannon(Counts reference, Counts current, EntropyUnit unit) {
  const CellTotals totals(reference, current);
  if (totals.empty()) return totals.score(kNoNumber, kNoNumber);
  const double n = static_cast<double>(totals.n), m = static_cast<double>(totals.m);
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] + current[i] == 0) continue;
    const double r = static_cast<double>(reference[i]), w = static_cast<double>(current[i]);
    sum += (r / n + w / m) * entropy_gain(difference_of_products(w, n, r, m) / (w * n + r * m));
  }
  const double divergence = 0.25 * sum / (unit == EntropyUnit::kBits ? std::numbers::ln2 : 1.0);
  return score_of(totals, std::sqrt(divergence));
}

// 1 - sum sqrt(p q) = sum (sqrt p - sqrt q)^2 / 2, which does not cancel for near shares.
Score hellinger(Counts reference, Counts current) {
  const CellTotals totals(reference, current);
  if (totals.empty()) return totals.score(kNoNumber, kNoNumber);
  const double squares = sum_over_shares(reference, current, totals, [](double p, double q) {
    const double apart = std::sqrt(p) - std::sqrt(q);
    return apart * apart;
  });
  return score_of(totals, std::sqrt(0.5 * squares));
}

Score total_variation(Counts reference, Counts current) {
  const CellTotals totals(reference, current);
  if (totals.empty()) return totals.score(kNoNumber, kNoNumber);
  return score_of(totals, 0.5 * sum_over_shares(reference, current, totals, [](double p, double q) { return std::abs(p - q); }));
}

LargestDifference l_infinity(Counts reference, Counts current) {
  const CellTotals totals(reference, current);
  if (totals.empty()) return {totals.score(kNoNumber, kNoNumber)};
  double largest = -1;
  std::size_t cell = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double apart = std::abs(totals.reference_share(reference[i]) - totals.current_share(current[i]));
    if (apart <= largest) continue;
    largest = apart;
    cell = i;
  }
  return {score_of(totals, largest), cell};
}

}  // namespace driftd
