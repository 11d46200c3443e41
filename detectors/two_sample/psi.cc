#include "detectors/two_sample/psi.h"

#include <algorithm>
#include <cmath>

#include "detectors/special_functions.h"

namespace driftd {
namespace {

// Calls visit(cell, p, q) with the smoothed shares of every cell that takes part.
template <class Visitor>
void for_each_share(Counts reference, Counts current, const CellTotals& totals, Visitor visit) {
  const double half_rows = 0.5 * totals.cells;
  const double n = static_cast<double>(totals.n) + half_rows, m = static_cast<double>(totals.m) + half_rows;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] + current[i] == 0) continue;
    visit(i, (static_cast<double>(reference[i]) + 0.5) / n, (static_cast<double>(current[i]) + 0.5) / m);
  }
}

}  // namespace

Score psi(Counts reference, Counts current) {
  const CellTotals totals(reference, current);
  if (totals.empty()) return totals.score(kNoNumber, kNoNumber);
  double sum = 0;
  for_each_share(reference, current, totals, [&](std::size_t, double p, double q) { sum += (q - p) * std::log(q / p); });
  const double degrees = totals.cells - 1.0;
  Score score = totals.score(sum, std::max(0.0, sum - degrees / totals.scale()));
  if (totals.cells < 2) return score;
  score.log_p = log_chi_square_sf(totals.scale() * sum, degrees);
  score.cells_used = totals.cells;
  return score;
}

double psi_tolerance_log_p(const Score& score, double min_effect) {
  if (std::isnan(score.log_p)) return kNoNumber;
  const double n = static_cast<double>(score.n), m = static_cast<double>(score.m);
  const double scale = n * m / (n + m);
  return log_noncentral_chi_square_sf(scale * score.statistic, score.cells_used - 1.0, scale * min_effect);
}

std::vector<double> psi_contributions(Counts reference, Counts current) {
  std::vector<double> parts(reference.size(), 0.0);
  const CellTotals totals(reference, current);
  if (totals.empty()) return parts;
  for_each_share(reference, current, totals, [&](std::size_t i, double p, double q) { parts[i] = (q - p) * std::log(q / p); });
  return parts;
}

double kullback_leibler(Counts reference, Counts current) {
  const CellTotals totals(reference, current);
  if (totals.empty()) return kNoNumber;
  double sum = 0;
  for_each_share(reference, current, totals, [&](std::size_t, double p, double q) { sum += q * std::log(q / p); });
  return sum;
}

}  // namespace driftd
