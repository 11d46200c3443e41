#include "detectors/two_sample/default_p.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace driftd {

double default_log_p(const Score& chi_square) { return chi_square.status == Status::kOk ? chi_square.log_p : kNoNumber; }

double default_log_p(const Score& chi_square, const Score& kolmogorov_smirnov) {
  const double first = default_log_p(chi_square), second = default_log_p(kolmogorov_smirnov);
  if (std::isnan(first)) return second;
  if (std::isnan(second)) return first;
  return std::min(0.0, std::numbers::ln2 + std::min(first, second));
}

}  // namespace driftd
