// Population stability index of cell counts.
// Measures: sum over cells of (q - p) ln(q / p), the symmetric relative entropy of window and reference shares.
// Inputs: counts in the same cells, any order; Jeffreys' half row is added to each cell, cells empty on both sides are left out.
// Result: nats, 0 = equal. log_p: chi-square with cells - 1 degrees of freedom of PSI * nm/(n+m), "different at all".
//   effect: PSI less its expectation without drift, (cells - 1)(1/n + 1/m), not below 0; comparable between windows.
// Errors: insufficient under 5 rows a cell on either side (the numbers are still given); degenerate where one cell holds all rows.
// Cost: O(cells), one logarithm each.
// Source: Yurdakul 2018; algorithms A.1. The usual floor of 1e-4 for empty cells is not used: it triples false alarms at m = 100.
#pragma once

#include <span>
#include <vector>

#include "detectors/detector.h"
#include "detectors/two_sample/cell_counts.h"

namespace driftd {

Score psi(Counts reference, Counts current);

// ln p of "PSI is larger than min_effect" (decision 21): the non-central chi-square tail with cells - 1 degrees of freedom and
// non-centrality c * min_effect at c * PSI, c = nm/(n+m). score: as psi() gave it. NaN where that has no p. Cost O(sqrt(c)).
double psi_tolerance_log_p(const Score& score, double min_effect);

// The least PSI between the populations that the test above, at the level e^log_alpha, shows with this power: lambda / c, where lambda is
// the non-centrality whose tail beyond the test's critical value is the power (algorithms A.1, which has min_effect 0). NaN where the
// score has no p, or power is not between the level and 1. Cost: some 25 tails, 0.1 ms.
double psi_detectable_effect(const Score& score, double log_alpha, double min_effect, double power = 0.8);

// What each cell adds to PSI: not negative, 0 for a cell empty on both sides; the sum is PSI.
std::vector<double> psi_contributions(Counts reference, Counts current);

// Relative entropy of the window relative to the reference, sum q ln(q / p), with the same half rows. Nats. NaN if a side is empty.
double kullback_leibler(Counts reference, Counts current);

}  // namespace driftd
