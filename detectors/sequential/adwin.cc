#include "detectors/sequential/adwin.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include "detectors/sequential/state_bytes.h"

namespace driftd {
namespace {

constexpr std::uint32_t kTag = 0x31304441;  // "AD01"
constexpr std::uint64_t kMaxRows = 53;      // the width is exact in a double

double bucket_values(std::size_t row) { return static_cast<double>(std::uint64_t{1} << row); }

}  // namespace

Adwin::Adwin(const AdwinParams& params) : params_(params), ring_(std::bit_ceil(params.max_buckets + 1)) {
  assert(params.max_buckets >= 2 && params.min_window_length >= 1 && params.clock >= 1);
  reset();
}

Adwin Adwin::from_values(std::span<const double> values) {
  assert(values.size() == kParams.size());
  return Adwin({.delta = values[0],
                .clock = static_cast<std::uint64_t>(values[1]),
                .max_buckets = static_cast<std::uint32_t>(values[2]),
                .min_window_length = static_cast<std::uint32_t>(values[3]),
                .grace_period = static_cast<std::uint64_t>(values[4])});
}

void Adwin::reset() {
  rows_.assign(1, Row{});
  slots_.resize(std::size_t{2} * ring_);
  width_ = total_ = variance_ = largest_ = 0;
  until_test_ = params_.clock;
  fired_ = false;
}

DriftState Adwin::update(double x) {
  if (fired_) reset();
  insert(x);
  if (--until_test_ != 0) return DriftState::kStable;
  until_test_ = params_.clock;
  fired_ = width_ > static_cast<double>(params_.grace_period) && detect();
  return fired_ ? DriftState::kDrift : DriftState::kStable;
}

void Adwin::insert(double x) {
  push(0, {x, 0.0});
  width_ += 1;
  if (width_ > 1) {
    const double deviation = x - total_ / (width_ - 1);
    variance_ += (width_ - 1) * deviation * deviation / width_;
  }
  total_ += x;
  largest_ = std::max(largest_, std::abs(x));
  if (rows_[0].size > params_.max_buckets) compress();
}

// Merges the two oldest buckets of every row that is over full. n * .5 and * (1 / n) are exact: n is a power of two.
void Adwin::compress() {
  const std::uint32_t mask = ring_ - 1;
  double n = 1, inverse = 1;
  for (std::size_t row = 0; rows_[row].size > params_.max_buckets; ++row, n *= 2, inverse *= 0.5) {
    if (row + 1 == rows_.size()) add_row();
    Row& full = rows_[row];
    const double* older = &slots_[row * 2 * ring_ + full.head];
    const double* newer = &slots_[row * 2 * ring_ + ((full.head + 1) & mask)];
    const double apart = older[0] * inverse - newer[0] * inverse;
    full.head = (full.head + 2) & mask;
    full.size -= 2;
    push(row + 1, {older[0] + newer[0], older[ring_] + newer[ring_] + n * 0.5 * apart * apart});
  }
}

void Adwin::add_row() {
  rows_.emplace_back();
  slots_.resize(rows_.size() * 2 * ring_);
}

void Adwin::push(std::size_t row, Bucket bucket) {
  Row& ring = rows_[row];
  double* slot = &slots_[row * 2 * ring_ + ((ring.head + ring.size) & (ring_ - 1))];
  slot[0] = bucket.total;
  slot[ring_] = bucket.variance;
  ++ring.size;
}

Adwin::Bucket Adwin::pop(std::size_t row) {
  Row& ring = rows_[row];
  const double* slot = &slots_[row * 2 * ring_ + ring.head];
  ring.head = (ring.head + 1) & (ring_ - 1);
  --ring.size;
  return {slot[0], slot[ring_]};
}

void Adwin::delete_oldest() {
  const double n = bucket_values(rows_.size() - 1);
  const Bucket oldest = pop(rows_.size() - 1);
  const double mean = oldest.total / n;
  width_ -= n;
  total_ -= oldest.total;
  const double window_mean = total_ / width_;
  variance_ -= oldest.variance + n * width_ * (mean - window_mean) * (mean - window_mean) / (n + width_);
  if (rows_.back().size == 0) rows_.pop_back();
}

bool Adwin::detect() {
  if (surely_quiet() || !cut_found()) return false;
  last_cut_ = strongest_cut();
  do delete_oldest();
  while (cut_found());
  return true;
}

double Adwin::log_term() const { return std::log(2.0 * std::log(width_) / params_.delta); }

// The bound that the difference of means must pass.
double Adwin::bound(const Split& split, double dp) const {
  const double least = static_cast<double>(params_.min_window_length);
  const double reciprocals = 1.0 / (split.before - least + 1.0) + 1.0 / (split.after - least + 1.0);
  return std::sqrt(2.0 * reciprocals * (variance_ / width_) * dp) + 2.0 / 3.0 * dp * reciprocals;
}

// Walks the splits from the oldest, sums in River's order; stops at the first for which stop is true.
template <class Visitor>
bool Adwin::any_split(Visitor&& stop) const {
  const double least = static_cast<double>(params_.min_window_length);
  Split split{0, width_, 0, total_};
  for (std::size_t row = rows_.size(); row-- > 0;) {
    const double n = bucket_values(row);
    const double* totals = &slots_[row * 2 * ring_];
    for (std::uint32_t k = 0; k < rows_[row].size; ++k) {
      const double total = totals[(rows_[row].head + k) & (ring_ - 1)];
      split.before += n;
      split.after -= n;
      split.total_before += total;
      split.total_after -= total;
      if (split.after < least) return false;
      if (split.before >= least && stop(split)) return true;
    }
  }
  return false;
}

bool Adwin::cut_found() const {
  const double dp = log_term();
  return any_split([&](const Split& split) { return std::abs(split.difference()) > bound(split, dp); });
}

AdwinCut Adwin::strongest_cut() const {
  AdwinCut cut;
  double strongest = 0;
  const double dp = log_term();
  any_split([&](const Split& split) {
    const double strength = std::abs(split.difference()) / bound(split, dp);
    if (strength > strongest) {
      strongest = strength;
      cut = {static_cast<std::uint64_t>(split.before), static_cast<std::uint64_t>(split.after), split.total_before / split.before,
             split.total_after / split.after};
    }
    return false;
  });
  return cut;
}

// True only if cut_found() is false. No division, root or logarithm a split; false costs time, nothing else.
//
// Write W for the width, T for the total, n0 + n1 = W and t0 for the sum of the older side of a split, L for min_window_length,
// S = W - 2L + 2, v = variance / W, c for log_term. The bound of C.1 is sqrt(A) + B with A = 2 m v c, B = 2/3 c m and
// m = S / ((n0-L+1) (n1-L+1)) >= S / (n0 n1). As A, B >= 0 its square is at least A + B^2, so a split is no cut if
//   (t0 W - T n0)^2 = (n0 n1)^2 (t0/n0 - t1/n1)^2 <= 2 v c S n0 n1 + (2/3 c S)^2.
//
// Rounding. u = 2^-53, N = splits, G = |T| + W max|x| >= |T| + sum of |bucket totals| (1 - 54u). Sums of at most N + 1 terms of total size
// G are off by at most 1.01 N u G whatever their order; so C.1's t0 and t1 and the t0 used here differ from the exact sums by that much
// each, which moves t0 n1 - t1 n0 by at most 3.1 N u G W; forming t0 W - T n0 here adds 3 u G W, the two quotients and their difference
// in C.1 add 4 u G W. `slack` = (4 N + 16) u G W covers all of it. The right side and C.1's bound carry fewer than 20 roundings
// each: 1 - 2^-40 covers them. Overflow or NaN makes a comparison false; underflow is harmless, as (2/3 c S)^2 > .01 whenever a split
// exists.
bool Adwin::surely_quiet() const {
  const double width = width_, mean_total = total_;
  const double span = width - 2.0 * static_cast<double>(params_.min_window_length) + 2.0;
  if (span < 2) return true;  // no split leaves L values on both sides
  const double dp = log_term();
  const double splits = static_cast<double>(rows_.size() * params_.max_buckets);
  const double slack = (4 * splits + 16) * 0x1p-53 * (std::abs(mean_total) + width * largest_ * (1 + 0x1p-40)) * width;
  const double linear = 2 * std::max(variance_, 0.0) / width * dp * span * (1 - 0x1p-40);
  const double constant = 4.0 / 9.0 * (dp * span) * (dp * span) * (1 - 0x1p-40);
  double before = 0, total_before = 0;
  for (std::size_t row = rows_.size(); row-- > 0;) {
    const double n = bucket_values(row);
    const double* totals = &slots_[row * 2 * ring_];
    double total_in_row = 0;
    for (std::uint32_t k = 0; k < rows_[row].size; ++k) {
      total_in_row += totals[(rows_[row].head + k) & (ring_ - 1)];
      before += n;
      const double apart = std::abs((total_before + total_in_row) * width - mean_total * before) + slack;
      if (!(apart * apart <= linear * (before * (width - before)) + constant)) return false;
    }
    total_before += total_in_row;
  }
  return true;
}

void Adwin::save(std::string& out) const {
  StateWriter writer(out, kTag);
  writer.f64(params_.delta);
  for (const std::uint64_t value : {params_.clock, std::uint64_t{params_.max_buckets}, std::uint64_t{params_.min_window_length},
                                    params_.grace_period, until_test_, std::uint64_t{fired_}, std::uint64_t{last_cut_.has_value()}}) {
    writer.u64(value);
  }
  for (const double value : {width_, total_, variance_, largest_}) writer.f64(value);
  const AdwinCut cut = last_cut_.value_or(AdwinCut{});
  writer.u64(cut.values_before);
  writer.u64(cut.values_after);
  writer.f64(cut.mean_before);
  writer.f64(cut.mean_after);
  writer.u64(rows_.size());
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    writer.u64(rows_[row].size);
    for (std::uint32_t k = 0; k < rows_[row].size; ++k) {
      const double* slot = &slots_[row * 2 * ring_ + ((rows_[row].head + k) & (ring_ - 1))];
      writer.f64(slot[0]);
      writer.f64(slot[ring_]);
    }
  }
  writer.seal();
}

bool Adwin::load(std::string_view& in) {
  StateReader reader(in, kTag);
  AdwinParams saved;
  saved.delta = reader.f64();
  saved.clock = reader.u64();
  saved.max_buckets = static_cast<std::uint32_t>(reader.count(UINT32_MAX));
  saved.min_window_length = static_cast<std::uint32_t>(reader.count(UINT32_MAX));
  saved.grace_period = reader.u64();
  reader.require(saved == params_);
  Adwin loaded(params_);
  loaded.until_test_ = reader.count(params_.clock);
  reader.require(loaded.until_test_ > 0);
  loaded.fired_ = reader.count(1) == 1;
  const bool has_cut = reader.count(1) == 1;
  for (double* value : {&loaded.width_, &loaded.total_, &loaded.variance_, &loaded.largest_}) *value = reader.f64();
  AdwinCut cut;
  cut.values_before = reader.u64();
  cut.values_after = reader.u64();
  cut.mean_before = reader.f64();
  cut.mean_after = reader.f64();
  if (has_cut) loaded.last_cut_ = cut;
  if (!loaded.load_rows(reader) || !reader.close(in)) return false;
  *this = std::move(loaded);
  return true;
}

// Buckets, oldest first in each row. Their sizes must add up to the width.
bool Adwin::load_rows(StateReader& reader) {
  rows_.assign(reader.count(kMaxRows), Row{});
  reader.require(!rows_.empty());
  slots_.assign(rows_.size() * 2 * ring_, 0.0);
  double values = 0;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    const std::uint64_t size = reader.count(params_.max_buckets);
    for (std::uint64_t k = 0; k < size; ++k) {
      const double total = reader.f64();
      push(row, {total, reader.f64()});
    }
    values += static_cast<double>(size) * bucket_values(row);
  }
  reader.require(values == width_);
  return reader.ok();
}

}  // namespace driftd
