// Wasserstein-1 (earth mover's) distance over the spread of the reference.
// Measures: integral of |F - G|: how far values moved on average, in reference standard deviations; says nothing about chance.
// Inputs: ascending finite values (exact form), or counts in the same ordered cells with their edges.
// Result: statistic = effect >= 0, 0 = equal. log_p none.
// Errors: insufficient under 50 rows on either side (the number is still given); degenerate where the reference has no spread.
// Cost: O(n + m); cells O(cells).
// Source: algorithms A.3; SciPy wasserstein_distance (not normalised). Others divide by max(sd, .001), which hides drift on small scales.
#pragma once

#include <span>

#include "detectors/detector.h"
#include "detectors/two_sample/cell_counts.h"

namespace driftd {

// Spread that a distance is divided by: interquartile range / 1.349, which is 1 sd of a normal law; where that is 0 the standard
// deviation; 0 where both are.
double reference_spread(double q25, double q75, double standard_deviation);

// Not normalised, exact: SciPy's. Both ascending and not empty.
double wasserstein_distance(std::span<const double> reference, std::span<const double> current);
Score wasserstein(std::span<const double> reference, std::span<const double> current, double spread);

// Quantile cells as values are distributed evenly inside each. edges: the inner ones, ascending, one less than cells; the outer ones are
// the least and the greatest value of both sides. Off by at most the sum of width * max(p, q) over cells.
struct CellEdges {
  std::span<const double> inner;
  double least, greatest;
};
Score wasserstein_on_cells(Counts reference, Counts current, const CellEdges& edges, double spread);

// Discrete cells: exact. values: ascending, one a cell (without the cell `other`, whose values are not known).
Score wasserstein_on_values(Counts reference, Counts current, std::span<const double> values, double spread);

}  // namespace driftd
