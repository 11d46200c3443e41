#include "daemon/window/watermark.h"

#include <algorithm>

#include "daemon/window/saved_time.h"

namespace driftd {

void Watermark::expire() {
  const std::uint64_t first = records_ - kWatermarkRecords;
  const auto end = std::remove_if(later_.begin(), later_.begin() + later_count_, [&](const Entry& e) { return e.record < first; });
  later_count_ = static_cast<std::uint32_t>(end - later_.begin());
  oldest_ = records_;
  for (std::uint32_t i = 0; i < later_count_; ++i) oldest_ = std::min(oldest_, later_[i].record);
}

std::int64_t Watermark::update(std::int64_t event_time_us) {
  const std::uint64_t record = records_++;
  if (later_count_ > 0 && oldest_ + kWatermarkRecords < records_) expire();
  if (event_time_us <= value_) return value_;
  std::uint32_t at = later_count_;
  for (; at > 0 && later_[at - 1].time > event_time_us; --at) later_[at] = later_[at - 1];
  later_[at] = {event_time_us, record};
  if (later_count_++ == 0) oldest_ = record;
  if (later_count_ < kWatermarkRank) return value_;
  // The smallest of the k latest is the k-th largest; what equals it is no longer later than the watermark.
  value_ = later_[0].time;
  const auto end = std::remove_if(later_.begin(), later_.begin() + later_count_, [&](const Entry& e) { return e.time <= value_; });
  later_count_ = static_cast<std::uint32_t>(end - later_.begin());
  oldest_ = records_;
  for (std::uint32_t i = 0; i < later_count_; ++i) oldest_ = std::min(oldest_, later_[i].record);
  return value_;
}

void Watermark::save(ByteWriter& out) const {
  out.u64(records_);
  out.i64(value_);
  out.u32(later_count_);
  for (std::uint32_t i = 0; i < later_count_; ++i) {
    out.i64(later_[i].time);
    out.u64(later_[i].record);
  }
}

bool Watermark::load(ByteReader& in) {
  records_ = in.u64();
  value_ = load_time(in);
  later_count_ = in.u32();
  if (!in.ok() || later_count_ >= kWatermarkRank) return false;
  oldest_ = records_;
  for (std::uint32_t i = 0; i < later_count_; ++i) {
    later_[i] = {load_moment(in), in.u64()};
    oldest_ = std::min(oldest_, later_[i].record);
  }
  return in.ok();
}

}  // namespace driftd
