#include "detectors/two_sample/kolmogorov_smirnov.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "detectors/two_sample/kolmogorov_law.h"

namespace driftd {
namespace {

constexpr std::uint64_t kExactLimit = 10'000;

Score empty_or_short(std::uint64_t n, std::uint64_t m) {
  return {.status = std::min(n, m) < kMinRows ? Status::kInsufficient : Status::kOk, .n = n, .m = m};
}

double log_asymptotic_p(double distance, std::uint64_t n, std::uint64_t m) {
  const double effective = static_cast<double>(n) * static_cast<double>(m) / static_cast<double>(n + m);
  const auto rounded = static_cast<std::uint64_t>(std::nearbyint(effective));  // half to even, as SciPy
  return rounded == 0 ? kNoNumber : log_kstwo_sf(distance, rounded);
}

}  // namespace

std::uint64_t kolmogorov_smirnov_steps(std::span<const double> reference, std::span<const double> current) {
  const std::size_t n = reference.size(), m = current.size();
  std::size_t i = 0, j = 0;
  std::uint64_t most = 0;
  while (i < n && j < m) {
    const double value = std::min(reference[i], current[j]);
    while (i < n && reference[i] == value) ++i;
    while (j < m && current[j] == value) ++j;
    const std::uint64_t above = std::uint64_t{i} * m, below = std::uint64_t{j} * n;
    most = std::max(most, above > below ? above - below : below - above);
  }
  return most;
}

Score kolmogorov_smirnov(std::span<const double> reference, std::span<const double> current, KsLaw law) {
  const std::uint64_t n = reference.size(), m = current.size();
  Score score = empty_or_short(n, m);
  if (n == 0 || m == 0) return score;
  const std::uint64_t steps = kolmogorov_smirnov_steps(reference, current);
  score.statistic = static_cast<double>(steps) / (static_cast<double>(n) * static_cast<double>(m));
  score.effect = score.statistic;
  const bool exact = law == KsLaw::kExact || (law == KsLaw::kAuto && std::max(n, m) <= kExactLimit);
  score.log_p = exact ? std::log(exact_two_sample_p(n, m, steps / std::gcd(n, m))) : log_asymptotic_p(score.statistic, n, m);
  return score;
}

KsOnCells kolmogorov_smirnov_on_cells(Counts reference, Counts current) {
  const CellTotals totals(reference, current);
  KsOnCells result{empty_or_short(totals.n, totals.m)};
  if (totals.empty()) return result;
  std::uint64_t of_reference = 0, of_current = 0;
  double lower = 0, upper = 0, before = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    upper = std::max({upper, before + totals.reference_share(reference[i]), totals.current_share(current[i]) - before});
    of_reference += reference[i];
    of_current += current[i];
    before = totals.reference_share(of_reference) - totals.current_share(of_current);
    lower = std::max(lower, std::abs(before));
  }
  result.score.statistic = result.score.effect = lower;
  result.score.log_p = log_asymptotic_p(lower, totals.n, totals.m);
  result.score.cells_used = totals.cells;
  result.upper = std::min(1.0, std::max(lower, upper));
  return result;
}

}  // namespace driftd
