// Laws of the Kolmogorov-Smirnov distance, in natural logarithms. Pure; any thread.
// Source: algorithms A.2, which is SciPy's ks_2samp and kstwo: Marsaglia, Tsang and Wang 2003; Pelz and Good 1976; Smirnov 1944; Hodges
// 1958.
#pragma once

#include <cstdint>

namespace driftd {

// ln P(D_N >= x) for N >= 1 values against the continuous law they come from (two-sided, exact where SciPy's kstwo is).
// Probabilities under SciPy's range are not cut to 0. Cost: at most some thousand terms; a small matrix power for N <= 140.
double log_kstwo_sf(double x, std::uint64_t n);

// ln P(D_N^+ >= x), one-sided.
double log_smirnov_sf(double x, std::uint64_t n);

// P(D >= h / lcm(n, m)) for samples of n and m values without ties, exactly. Cost O(n) loops of h steps for n = m, else O(n * h / m).
double exact_two_sample_p(std::uint64_t n, std::uint64_t m, std::uint64_t h);

}  // namespace driftd
