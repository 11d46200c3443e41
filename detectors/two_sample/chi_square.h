// Chi-square test of homogeneity of cell counts, and its kin.
// Measures: whether reference and window counts come from one distribution: sum of (count - expected)^2 / expected over both rows.
// Inputs: counts in the same cells, in the order that CellKind says; cells empty on both sides are left out.
// Result: chi-square statistic, 0 = equal shares; log_p its tail with cells_used - 1 degrees of freedom.
//   effect: statistic less its degrees of freedom, over nm/(n+m), not below 0: like PSI's, comparable between windows.
// Errors: insufficient with a side without rows or one cell left. Two cells too small for chi-square get Fisher's exact p; the statistic
//   stays chi-square.
// Cost: O(cells); for dictionaries O(cells log cells).
// Source: algorithms 0.6, A.6; SciPy chi2_contingency(correction=False) for the unmerged forms. Yates' correction is off: it makes the
//   test conservative.
#pragma once

#include <cstdint>

#include "detectors/detector.h"
#include "detectors/two_sample/cell_counts.h"

namespace driftd {

enum class CellKind : std::uint8_t {
  kOrdered,     // numeric cells: a small cell joins its right neighbours
  kDictionary,  // categories, the last cell is `unseen`: the smallest joins the next smallest; `unseen` stays while it holds over 5% of the
                // window
};

// The daemon's test: cells are merged until min(n, m) * pooled share is at least 5 in each, never below two cells.
Score chi_square(Counts reference, Counts current, CellKind kind);

// SciPy's: no merging. Asked for parity.
Score chi_square_unmerged(Counts reference, Counts current);
Score g_test_unmerged(Counts reference, Counts current);  // 2 sum count ln(count / expected)
// With Yates' correction, for exactly two cells that are not empty; undefined for more or fewer.
Score chi_square_yates(Counts reference, Counts current);
// Fisher's exact two-sided test; as above. The statistic is the odds ratio.
Score fisher_exact(Counts reference, Counts current);

// Smallest expected count of the unmerged table, over both rows; NaN without rows.
double min_expected_count(Counts reference, Counts current);

// Has the share of rows with some property grown? One-sided test of two cells: chi-square's signed root, or Fisher where an expected count
// of the smaller side is under 5. hits <= rows. statistic: the window's share; effect: its difference from the reference's share (signed).
struct Rate {
  std::uint64_t hits, rows;
};
Score larger_share(Rate reference, Rate current);

}  // namespace driftd
