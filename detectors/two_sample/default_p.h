// The one p-value shown for a feature.
// Measures: "the window is distributed otherwise than the reference", by the tests that fit the type.
// Inputs: the scores of chi_square and, for a numeric feature with quantile cells, of Kolmogorov-Smirnov.
// Result: ln p. Two tests on the same rows: p = min(1, 2 min(p1, p2)), valid however they depend on each other.
// Errors: a test without p (status not ok) takes no part and is not paid for; NaN where neither has one.
// Cost: O(1).
// Source: algorithms A.11.
#pragma once

#include "detectors/detector.h"

namespace driftd {

double default_log_p(const Score& chi_square, const Score& kolmogorov_smirnov);

// Categories and discrete values: chi-square alone.
double default_log_p(const Score& chi_square);

}  // namespace driftd
