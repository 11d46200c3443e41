#include "detectors/sequential/ddm.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "detectors/sequential/state_bytes.h"

namespace driftd {
namespace {

constexpr std::uint32_t kTag = 0x314d4444;  // "DDM1"

}  // namespace

Ddm Ddm::from_values(std::span<const double> values) {
  assert(values.size() == kParams.size());
  return Ddm({.warm_start = static_cast<std::uint64_t>(values[0]),
              .warning_threshold = values[1],
              .drift_threshold = values[2],
              .min_errors = static_cast<std::uint64_t>(values[3])});
}

DriftState Ddm::update(double x) {
  if (fired_) *this = Ddm(params_);
  const double error = std::clamp(x, 0.0, 1.0);
  ++count_;
  errors_ += error;
  rate_ += 1.0 / static_cast<double>(count_) * (error - rate_);
  if (count_ <= params_.warm_start || errors_ < static_cast<double>(params_.min_errors)) return DriftState::kStable;
  return judge();
}

DriftState Ddm::judge() {
  const double deviation = std::sqrt(rate_ * (1 - rate_) / static_cast<double>(count_));
  const double sum = rate_ + deviation;
  if (sum <= sum_min_) {
    rate_min_ = rate_;
    deviation_min_ = deviation;
    sum_min_ = sum;
  }
  fired_ = sum > rate_min_ + params_.drift_threshold * deviation_min_;
  if (fired_) return DriftState::kDrift;
  return sum > rate_min_ + params_.warning_threshold * deviation_min_ ? DriftState::kWarning : DriftState::kStable;
}

void Ddm::save(std::string& out) const {
  StateWriter writer(out, kTag);
  writer.u64(params_.warm_start);
  writer.f64(params_.warning_threshold);
  writer.f64(params_.drift_threshold);
  writer.u64(params_.min_errors);
  writer.u64(count_);
  for (const double value : {errors_, rate_, rate_min_, deviation_min_, sum_min_}) writer.f64(value);
  writer.u64(fired_ ? 1 : 0);
  writer.seal();
}

bool Ddm::load(std::string_view& in) {
  StateReader reader(in, kTag);
  reader.require(reader.u64() == params_.warm_start);
  reader.require(reader.f64() == params_.warning_threshold);
  reader.require(reader.f64() == params_.drift_threshold);
  reader.require(reader.u64() == params_.min_errors);
  Ddm loaded(params_);
  loaded.count_ = reader.u64();
  for (double* value : {&loaded.errors_, &loaded.rate_, &loaded.rate_min_, &loaded.deviation_min_, &loaded.sum_min_}) {
    *value = reader.f64();
  }
  loaded.fired_ = reader.count(1) == 1;
  if (!reader.close(in)) return false;
  *this = loaded;
  return true;
}

}  // namespace driftd
