#include "detectors/sequential/page_hinkley.h"

#include <cassert>

#include "detectors/sequential/state_bytes.h"

namespace driftd {
namespace {

constexpr std::uint32_t kTag = 0x31304850;  // "PH01"

}  // namespace

PageHinkley PageHinkley::from_values(std::span<const double> values) {
  assert(values.size() == kParams.size());
  return PageHinkley({.min_instances = static_cast<std::uint64_t>(values[0]),
                      .delta = values[1],
                      .threshold = values[2],
                      .alpha = values[3],
                      .mode = static_cast<PageHinkleyMode>(values[4])});
}

DriftState PageHinkley::update(double x) {
  if (fired_) *this = PageHinkley(params_);
  ++count_;
  mean_ += 1.0 / static_cast<double>(count_) * (x - mean_);
  const double deviation = x - mean_;
  increase_ = params_.alpha * increase_ + deviation - params_.delta;
  decrease_ = params_.alpha * decrease_ + deviation + params_.delta;
  if (increase_ < min_increase_) min_increase_ = increase_;
  if (decrease_ > max_decrease_) max_decrease_ = decrease_;
  fired_ = count_ >= params_.min_instances && fires();
  return fired_ ? DriftState::kDrift : DriftState::kStable;
}

bool PageHinkley::fires() const {
  const bool up = increase_ - min_increase_ > params_.threshold;
  const bool down = max_decrease_ - decrease_ > params_.threshold;
  switch (params_.mode) {
    case PageHinkleyMode::kUp: return up;
    case PageHinkleyMode::kDown: return down;
    case PageHinkleyMode::kBoth: break;
  }
  return up || down;
}

void PageHinkley::save(std::string& out) const {
  StateWriter writer(out, kTag);
  writer.u64(params_.min_instances);
  for (const double value : {params_.delta, params_.threshold, params_.alpha}) writer.f64(value);
  writer.u64(static_cast<std::uint64_t>(params_.mode));
  writer.u64(count_);
  for (const double value : {mean_, increase_, decrease_, min_increase_, max_decrease_}) writer.f64(value);
  writer.u64(fired_ ? 1 : 0);
  writer.seal();
}

bool PageHinkley::load(std::string_view& in) {
  StateReader reader(in, kTag);
  reader.require(reader.u64() == params_.min_instances);
  for (const double value : {params_.delta, params_.threshold, params_.alpha}) reader.require(reader.f64() == value);
  reader.require(reader.u64() == static_cast<std::uint64_t>(params_.mode));
  PageHinkley loaded(params_);
  loaded.count_ = reader.u64();
  for (double* value : {&loaded.mean_, &loaded.increase_, &loaded.decrease_, &loaded.min_increase_, &loaded.max_decrease_}) {
    *value = reader.f64();
  }
  loaded.fired_ = reader.count(1) == 1;
  if (!reader.close(in)) return false;
  *this = loaded;
  return true;
}

}  // namespace driftd
