#include "detectors/two_sample/wasserstein.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace driftd {
namespace {

// Neumaier's sum: the error stays at one rounding however many terms.
class ExactSum {
 public:
  void add(double term) {
    const double next = sum_ + term;
    rest_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
    sum_ = next;
  }
  double value() const { return sum_ + rest_; }

 private:
  double sum_ = 0, rest_ = 0;
};

Score normalised(double distance, double spread, std::uint64_t n, std::uint64_t m) {
  Score score{.status = Status::kDegenerate, .n = n, .m = m};
  if (!(spread > 0)) return score;
  score.status = std::min(n, m) < kMinRows ? Status::kInsufficient : Status::kOk;
  score.statistic = score.effect = distance / spread;
  return score;
}

// Integral of |d| over a stretch where d is linear from `from` to `to`.
double linear_area(double from, double to, double width) {
  const double sum = std::abs(from) + std::abs(to);
  if (sum == 0) return 0;
  if ((from < 0) == (to < 0) || from == 0 || to == 0) return 0.5 * width * sum;
  return 0.5 * width * (from * from + to * to) / sum;
}

}  // namespace

double reference_spread(double q25, double q75, double standard_deviation) {
  const double robust = (q75 - q25) / 1.349;
  return robust > 0 ? robust : std::max(0.0, standard_deviation);
}

double wasserstein_distance(std::span<const double> reference, std::span<const double> current) {
  const std::size_t n = reference.size(), m = current.size();
  assert(n > 0 && m > 0);
  std::size_t i = 0, j = 0;
  double at = std::min(reference[0], current[0]);
  ExactSum area;
  while (i < n || j < m) {
    const double next = j == m || (i < n && reference[i] <= current[j]) ? reference[i] : current[j];
    const std::uint64_t above = std::uint64_t{i} * m, below = std::uint64_t{j} * n;
    area.add(static_cast<double>(above > below ? above - below : below - above) * (next - at));
    at = next;
    while (i < n && reference[i] == at) ++i;
    while (j < m && current[j] == at) ++j;
  }
  return area.value() / (static_cast<double>(n) * static_cast<double>(m));
}

Score wasserstein(std::span<const double> reference, std::span<const double> current, double spread) {
  if (reference.empty() || current.empty()) return {.status = Status::kInsufficient, .n = reference.size(), .m = current.size()};
  return normalised(wasserstein_distance(reference, current), spread, reference.size(), current.size());
}

Score wasserstein_on_cells(Counts reference, Counts current, const CellEdges& edges, double spread) {
  const CellTotals totals(reference, current);
  assert(edges.inner.size() + 1 == reference.size());
  if (totals.empty()) return {.status = Status::kInsufficient, .n = totals.n, .m = totals.m};
  std::uint64_t of_reference = 0, of_current = 0;
  double before = 0, left = edges.least;
  ExactSum area;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    of_reference += reference[i];
    of_current += current[i];
    const double right = i < edges.inner.size() ? edges.inner[i] : edges.greatest;
    const double after = totals.reference_share(of_reference) - totals.current_share(of_current);
    area.add(linear_area(before, after, std::max(0.0, right - left)));
    before = after;
    left = right;
  }
  return normalised(area.value(), spread, totals.n, totals.m);
}

Score wasserstein_on_values(Counts reference, Counts current, std::span<const double> values, double spread) {
  const CellTotals totals(reference, current);
  assert(values.size() == reference.size());
  if (totals.empty()) return {.status = Status::kInsufficient, .n = totals.n, .m = totals.m};
  std::uint64_t of_reference = 0, of_current = 0;
  ExactSum area;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    of_reference += reference[i];
    of_current += current[i];
    const double apart = totals.reference_share(of_reference) - totals.current_share(of_current);
    area.add(std::abs(apart) * (values[i + 1] - values[i]));
  }
  return normalised(area.value(), spread, totals.n, totals.m);
}

}  // namespace driftd
