#include "daemon/source/poison_probe.h"

#include <algorithm>

namespace driftd {

std::int64_t PoisonProbe::failed(std::int64_t next, std::int64_t end) {
  if (!active()) {
    if (++errors_ < kEqualErrors) return next;
    start_ = bad_ = next;
    step_ = 1;
  } else {
    bad_ = trial_;
    if (good_ >= 0) {
      // When narrow() is over here, good_ was read before: one more read of it ends the search through readable().
      trial_ = narrow().value_or(good_);
      return trial_;
    }
    step_ *= 2;
  }
  trial_ = std::max(bad_ + 1, end >= 0 ? std::min(start_ + step_, end) : start_ + step_);
  return trial_;
}

std::optional<std::int64_t> PoisonProbe::readable() {
  good_ = trial_;
  const auto next = narrow();
  if (next) trial_ = *next;
  return next;
}

std::optional<std::int64_t> PoisonProbe::narrow() {
  if (good_ - bad_ <= 1) return std::nullopt;
  return bad_ + (good_ - bad_) / 2;
}

}  // namespace driftd
