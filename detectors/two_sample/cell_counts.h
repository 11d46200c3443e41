// What all comparisons on cells share: the counts of a reference (n rows) and a window (m rows) in the same cells.
#pragma once

#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>

#include "detectors/detector.h"

namespace driftd {

using Counts = std::span<const std::uint64_t>;

inline constexpr std::uint64_t kMinRows = 50;        // of either side, for a statistic on values (algorithms 0.3)
inline constexpr std::uint64_t kMinRowsPerCell = 5;  // of either side, for a statistic on cells

// a b - c d without cancellation (Kahan): the rounding error of c d is put back.
inline double difference_of_products(double a, double b, double c, double d) {
  const double second = c * d;
  return std::fma(a, b, -second) + std::fma(-c, d, second);
}

struct CellTotals {
  std::uint64_t n = 0, m = 0;
  std::uint32_t cells = 0;  // cells that are not empty on both sides; only they take part

  CellTotals(Counts reference, Counts current)
      : n(std::accumulate(reference.begin(), reference.end(), std::uint64_t{0})),
        m(std::accumulate(current.begin(), current.end(), std::uint64_t{0})) {
    assert(reference.size() == current.size());
    for (std::size_t i = 0; i < reference.size(); ++i) cells += reference[i] + current[i] > 0;
  }

  bool empty() const { return n == 0 || m == 0; }
  std::uint64_t smaller() const { return n < m ? n : m; }
  // Effective size of the comparison, n m / (n + m); 1 / scale() = 1/n + 1/m.
  double scale() const {
    const double reference = static_cast<double>(n), current = static_cast<double>(m);
    return reference * current / (reference + current);
  }
  double reference_share(std::uint64_t count) const { return static_cast<double>(count) / static_cast<double>(n); }
  double current_share(std::uint64_t count) const { return static_cast<double>(count) / static_cast<double>(m); }

  // Status of a statistic that needs kMinRowsPerCell rows a cell. Where all rows are in one cell there is nothing to compare.
  Status status() const {
    if (empty()) return Status::kInsufficient;
    if (cells < 2) return Status::kDegenerate;
    return smaller() < kMinRowsPerCell * cells ? Status::kInsufficient : Status::kOk;
  }

  Score score(double statistic, double effect) const {
    return {.status = status(), .statistic = statistic, .log_p = kNoNumber, .effect = effect, .n = n, .m = m, .cells_used = 0};
  }
};

}  // namespace driftd
