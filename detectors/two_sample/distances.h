// Distances between the cell shares p of a reference and q of a window: effect sizes beside the tests, without a p-value of their own.
// Measures: jensen_shannon sqrt(JSD) with JSD = (KL(p|m) + KL(q|m)) / 2, m = (p + q) / 2; hellinger sqrt(1 - sum sqrt(p q));
//   total_variation sum |p - q| / 2; l_infinity max |p - q|.
// Inputs: counts in the same cells, any order; no smoothing, 0 log 0 = 0.
// Result: statistic = effect in [0, 1], 0 = equal, 1 = no common cell (l_infinity: less where a side has several cells). log_p none.
// Errors: insufficient under 5 rows a cell on either side (the numbers are still given: they lean upwards in small windows); degenerate
//   where one cell holds all rows.
// Cost: O(cells).
// Source: algorithms A.4; SciPy jensenshannon. Jensen-Shannon is a distance in base 2 here; some tools give the divergence, or base e.
#pragma once

#include <cstddef>

#include "detectors/detector.h"
#include "detectors/two_sample/cell_counts.h"

namespace driftd {

enum class EntropyUnit : std::uint8_t { kBits, kNats };

Score jensen_shannon(Counts reference, Counts current, EntropyUnit unit = EntropyUnit::kBits);
Score hellinger(Counts reference, Counts current);
Score total_variation(Counts reference, Counts current);

struct LargestDifference {
  Score score;
  std::size_t cell = 0;  // where it is; the first of equals
};
LargestDifference l_infinity(Counts reference, Counts current);

}  // namespace driftd
