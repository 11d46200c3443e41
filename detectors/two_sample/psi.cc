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

namespace {

// Where a rising function passes 0, from `low`, where it is below; false position, the weight of a side that stays halved (Illinois).
template <class Function>
double find_root(Function f, double low, double step) {
  double f_low = f(low), high = low + step, f_high = f(high);
  while (f_high < 0) {
    low = high;
    f_low = f_high;
    step *= 2;
    high = low + step;
    f_high = f(high);
  }
  int side = 0;
  for (int i = 0; i < 200 && high - low > 1e-12 * std::abs(high); ++i) {
    const double middle = std::clamp((low * f_high - high * f_low) / (f_high - f_low), low, high);
    const double f_middle = f(middle);
    if (f_middle == 0 || middle == low || middle == high) return middle;
    const bool rises = f_middle < 0;
    (rises ? low : high) = middle;
    (rises ? f_low : f_high) = f_middle;
    if (side == (rises ? 1 : -1)) (rises ? f_high : f_low) /= 2;
    side = rises ? 1 : -1;
  }
  return (low + high) / 2;
}

}  // namespace

double psi_detectable_effect(const Score& score, double log_alpha, double min_effect, double power) {
  if (std::isnan(score.log_p) || !(log_alpha < std::log(power)) || !(power < 1)) return kNoNumber;
  const double n = static_cast<double>(score.n), m = static_cast<double>(score.m);
  const double scale = n * m / (n + m), degrees = score.cells_used - 1.0, least = scale * min_effect;
  const double spread = std::sqrt(2 * (degrees + 2 * least));
  const double critical =
      find_root([&](double x) { return log_alpha - log_noncentral_chi_square_sf(x, degrees, least); }, 0, degrees + least + spread);
  const auto shows = [&](double lambda) { return log_noncentral_chi_square_sf(critical, degrees, lambda) - std::log(power); };
  return find_root(shows, least, spread) / scale;
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
