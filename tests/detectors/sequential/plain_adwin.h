// A plain port of algorithms C.1 for tests and benchmarks: a list of rows, every split decided by the written expression, one after
// another. It shares no line with detectors/sequential/adwin.cc, whose results it must equal to the bit.
#pragma once

#include <cmath>
#include <cstdint>
#include <iterator>
#include <list>
#include <vector>

#include "detectors/sequential/adwin.h"

namespace driftd {

class PlainAdwin {
 public:
  explicit PlainAdwin(const AdwinParams& params = {}) : params_(params) {}

  bool update(double x) {
    if (fired_) *this = PlainAdwin(params_);
    insert(x);
    ++tick_;
    fired_ = false;
    if (tick_ % params_.clock == 0 && width_ > static_cast<double>(params_.grace_period)) {
      while (scan()) {
        fired_ = true;
        delete_oldest();
      }
    }
    return fired_;
  }

  double width() const { return width_; }
  double total() const { return total_; }
  double variance() const { return variance_; }

 private:
  struct Row {
    std::vector<double> totals, variances;
  };

  void insert(double x) {
    if (rows_.empty()) rows_.emplace_back();
    rows_.front().totals.push_back(x);
    rows_.front().variances.push_back(0);
    width_ += 1;
    if (width_ > 1) {
      const double d = x - total_ / (width_ - 1);
      variance_ += (width_ - 1) * d * d / width_;
    }
    total_ += x;
    double n = 1;
    for (auto row = rows_.begin(); row->totals.size() == params_.max_buckets + 1; ++row, n *= 2) {
      if (std::next(row) == rows_.end()) rows_.emplace_back();
      const auto next = std::next(row);
      const double mu1 = row->totals[0] / n, mu2 = row->totals[1] / n;
      next->totals.push_back(row->totals[0] + row->totals[1]);
      next->variances.push_back(row->variances[0] + row->variances[1] + n * 0.5 * (mu1 - mu2) * (mu1 - mu2));
      row->totals.erase(row->totals.begin(), row->totals.begin() + 2);
      row->variances.erase(row->variances.begin(), row->variances.begin() + 2);
    }
  }

  bool scan() const {
    double n0 = 0, n1 = width_, u0 = 0, u1 = total_;
    double n = std::ldexp(1.0, static_cast<int>(rows_.size()) - 1);
    for (auto row = rows_.rbegin(); row != rows_.rend(); ++row, n /= 2) {
      for (std::size_t k = 0; k < row->totals.size(); ++k) {
        n0 += n;
        n1 -= n;
        u0 += row->totals[k];
        u1 -= row->totals[k];
        if (std::next(row) == rows_.rend() && k + 1 == row->totals.size()) return false;
        const double difference = u0 / n0 - u1 / n1;
        if (n1 >= params_.min_window_length && n0 >= params_.min_window_length && cut(n0, n1, difference)) return true;
      }
    }
    return false;
  }

  bool cut(double n0, double n1, double difference) const {
    const double least = params_.min_window_length;
    const double dp = std::log(2 * std::log(width_) / params_.delta);
    const double mr = 1 / (n0 - least + 1) + 1 / (n1 - least + 1);
    const double epsilon = std::sqrt(2 * mr * (variance_ / width_) * dp) + 2.0 / 3.0 * dp * mr;
    return std::fabs(difference) > epsilon;
  }

  void delete_oldest() {
    Row& last = rows_.back();
    const double n = std::ldexp(1.0, static_cast<int>(rows_.size()) - 1);
    const double u = last.totals[0], v = last.variances[0], mu = u / n;
    width_ -= n;
    total_ -= u;
    const double mw = total_ / width_;
    variance_ -= v + n * width_ * (mu - mw) * (mu - mw) / (n + width_);
    last.totals.erase(last.totals.begin());
    last.variances.erase(last.variances.begin());
    if (last.totals.empty()) rows_.pop_back();
  }

  AdwinParams params_;
  std::list<Row> rows_;
  double total_ = 0, variance_ = 0, width_ = 0;
  std::uint64_t tick_ = 0;
  bool fired_ = false;
};

}  // namespace driftd
