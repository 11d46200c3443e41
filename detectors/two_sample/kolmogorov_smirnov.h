// Kolmogorov-Smirnov distance of two samples: the largest difference of their distribution functions.
// Measures: D = max over x of |F(x) - G(x)|, taken after all equal values of both sides.
// Inputs: ascending finite values (exact form), or counts in the same ordered cells (daemon's form).
// Result: D in [0, 1], 0 = equal. effect = D. log_p: see the two forms; it is conservative for discrete values.
// Errors: insufficient under 50 rows on either side (the numbers are still given).
// Cost: exact O(n + m) and the law's (kolmogorov_law.h); cells O(cells) and one tail.
// Source: algorithms A.2; SciPy ks_2samp.
#pragma once

#include <cstdint>
#include <span>

#include "detectors/detector.h"
#include "detectors/two_sample/cell_counts.h"

namespace driftd {

// max |i m - j n| over the merged samples: D = h / (n m) without rounding. Both ascending.
std::uint64_t kolmogorov_smirnov_steps(std::span<const double> reference, std::span<const double> current);

enum class KsLaw : std::uint8_t {
  kAuto,        // exact up to 10,000 values in the larger sample, else asymptotic: SciPy's method='auto'
  kExact,       // of two samples without ties
  kAsymptotic,  // exact law of one sample of round(nm/(n+m)) values
};
// Exact D of two ascending samples.
Score kolmogorov_smirnov(std::span<const double> reference, std::span<const double> current, KsLaw law = KsLaw::kAuto);

// D from cells: the true D of the values lies in [score.statistic, upper]. log_p is kstwo's of the lower end: valid, conservative.
struct KsOnCells {
  Score score;
  double upper = kNoNumber;
};
KsOnCells kolmogorov_smirnov_on_cells(Counts reference, Counts current);

}  // namespace driftd
