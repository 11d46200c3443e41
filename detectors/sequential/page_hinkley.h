// Page-Hinkley: has the mean of a stream moved?
// Measures: forgetting sums of the deviation from the running mean, against their own extreme; `up` watches a rising mean, `down` a falling
// one. Inputs: finite values in order; scale dependent, so standardise first (the daemon uses (x - mean) / sd of the reference). Result:
// kDrift when a sum left its extreme by more than `threshold` (unit of x); no warning state. The next value starts afresh. Errors: none.
// NaN would silence the test for good and must not be passed. Cost: O(1) time, 48 bytes. Source: algorithms C.2; River 0.26
// drift.PageHinkley, operation by operation (its mean grows by (1/n) * (x - mean), not by (x - mean) / n).
//   As there, the maximum starts at -1, which matters only for delta < -1. Older River and MOA differ: one clamped sum, or no minimum.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "detectors/detector.h"

namespace driftd {

enum class PageHinkleyMode : std::uint8_t { kBoth, kUp, kDown };

struct PageHinkleyParams {
  std::uint64_t min_instances = 30;
  double delta = 0.005;
  double threshold = 50.0;
  double alpha = 0.9999;
  PageHinkleyMode mode = PageHinkleyMode::kBoth;
};

class PageHinkley {
 public:
  static constexpr std::array<std::string_view, 3> kModes{"both", "up", "down"};
  static constexpr std::array kParams{
      ParamSpec{"min_instances", 30, 1, 1e9, true, "values seen before the first test"},
      ParamSpec{"delta", 0.005, 0, 1e9, false, "deviation from the mean that is tolerated, in the unit of the values"},
      ParamSpec{"threshold", 50, 0, 1e12, false, "how far a sum may leave its extreme"},
      ParamSpec{"alpha", 0.9999, 0, 1, false, "forgetting factor of the sums"},
      ParamSpec{"mode", 0, 0, 2, true, "direction of change that fires", kModes},
  };
  static constexpr DetectorSpec kSpec{"page_hinkley", "Page-Hinkley test", kParams};

  explicit PageHinkley(const PageHinkleyParams& params = {}) : params_(params) {}
  static PageHinkley from_values(std::span<const double> values);  // one value per kParams, in that order

  DriftState update(double x);

  double estimation() const { return mean_; }  // mean of the values since the last drift
  std::uint64_t width() const { return count_; }

  void save(std::string& out) const;
  bool load(std::string_view& in);  // false: not a state of these parameters; nothing changes then

 private:
  bool fires() const;

  PageHinkleyParams params_;
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double increase_ = 0, decrease_ = 0;
  double min_increase_ = std::numeric_limits<double>::infinity();
  double max_decrease_ = -1;
  bool fired_ = false;
};

}  // namespace driftd
