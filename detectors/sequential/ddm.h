// DDM, drift detection method: has the error rate of a model risen?
// Measures: the running error rate p with s = sqrt(p (1 - p) / n), against the smallest p + s since the last drift.
// Inputs: 1 = error, 0 = correct, in order; a loss within [0, 1] works, values outside are clamped into it.
// Result: kWarning when p + s > p_min + warning_threshold * s_min, kDrift with drift_threshold. The next value starts afresh.
// Errors: none. NaN would silence the test for good and must not be passed.
// Cost: O(1) time, 64 bytes.
// Source: Gama et al. 2004; algorithms C.4; River 0.26 drift.binary.DDM, operation by operation. Ours: no test and no minimum before
//   `min_errors` errors, because after an error-free start the minimum is 0 and River fires at the first error. 0 gives River's rule.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "detectors/detector.h"

namespace driftd {

struct DdmParams {
  std::uint64_t warm_start = 30;
  double warning_threshold = 2.0;
  double drift_threshold = 3.0;
  std::uint64_t min_errors = 30;
};

class Ddm {
 public:
  static constexpr std::array kParams{
      ParamSpec{"warm_start", 30, 1, 1e9, true, "values seen before the first test"},
      ParamSpec{"warning_threshold", 2, 0, 1e6, false, "standard deviations above the minimum that warn"},
      ParamSpec{"drift_threshold", 3, 0, 1e6, false, "standard deviations above the minimum that fire"},
      ParamSpec{"min_errors", 30, 0, 1e9, true, "errors seen before the first test; 0 is River's rule"},
  };
  static constexpr DetectorSpec kSpec{"ddm", "DDM (drift detection method)", kParams, 0.0, 1.0};

  explicit Ddm(const DdmParams& params = {}) : params_(params) {}
  static Ddm from_values(std::span<const double> values);  // one value per kParams, in that order

  DriftState update(double x);

  double estimation() const { return rate_; }  // error rate since the last drift
  std::uint64_t width() const { return count_; }

  void save(std::string& out) const;
  bool load(std::string_view& in);  // false: not a state of these parameters; nothing changes then

 private:
  DriftState judge();

  DdmParams params_;
  std::uint64_t count_ = 0;
  double errors_ = 0;
  double rate_ = 0;
  double rate_min_ = 0, deviation_min_ = 0;
  double sum_min_ = std::numeric_limits<double>::infinity();
  bool fired_ = false;
};

}  // namespace driftd
