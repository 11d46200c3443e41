// ADWIN, adaptive windowing: has the mean of a stream changed, and since when is it stable?
// Measures: a window that grows while its mean is stable; every split of it into older and newer values is compared with a bound.
// Inputs: finite values in order. The bound assumes [0, 1]: scale other values first (the daemon uses the reference's q.001 and q.999).
// Result: kDrift when a split differs by more than the bound; older values are then dropped. No warning state. The next value starts
// afresh.
//   width, total, variance, estimation describe the window; last_cut the means on both sides of the strongest split when it last fired.
// Errors: none. NaN would silence the test for good and must not be passed.
// Cost: amortised O(1) a value, O(max_buckets * log width) each `clock` values; 128 bytes a row of the default, log2(width / 5) rows.
// Source: Bifet and Gavalda 2007; algorithms C.1; River 0.26 drift.ADWIN, operation by operation, so indices, width and total are equal
//   to the bit. As in River `variance` is the sum of squared deviations, and where rounding makes it negative nothing is cut.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/detector.h"

namespace driftd {

struct AdwinParams {
  double delta = 0.002;
  std::uint64_t clock = 32;
  std::uint32_t max_buckets = 5;  // at least 2: one bucket a row can leave an empty row inside
  std::uint32_t min_window_length = 5;
  std::uint64_t grace_period = 10;

  friend bool operator==(const AdwinParams&, const AdwinParams&) = default;
};

// A split of the window: how many values are before and after it, and their means.
struct AdwinCut {
  std::uint64_t values_before = 0, values_after = 0;
  double mean_before = 0, mean_after = 0;

  friend bool operator==(const AdwinCut&, const AdwinCut&) = default;
};

class StateReader;

class Adwin {
 public:
  static constexpr std::array kParams{
      ParamSpec{"delta", 0.002, 1e-300, 1, false, "confidence; smaller fires less"},
      ParamSpec{"clock", 32, 1, 1e9, true, "values between two tests"},
      ParamSpec{"max_buckets", 5, 2, 1000, true, "buckets of each size before two are merged"},
      ParamSpec{"min_window_length", 5, 1, 1e9, true, "values on each side of a tested split, at least"},
      ParamSpec{"grace_period", 10, 0, 1e9, true, "no test while the window is not longer than this"},
  };
  static constexpr DetectorSpec kSpec{"adwin", "ADWIN (adaptive windowing)", kParams};

  explicit Adwin(const AdwinParams& params = {});
  static Adwin from_values(std::span<const double> values);  // one value per kParams, in that order

  DriftState update(double x);

  std::uint64_t width() const { return static_cast<std::uint64_t>(width_); }
  double total() const { return total_; }
  double variance() const { return variance_; }  // sum of squared deviations from the mean
  double estimation() const { return width_ > 0 ? total_ / width_ : 0; }
  // Of the last drift; outlives the reset that follows it. Empty before the first.
  const std::optional<AdwinCut>& last_cut() const { return last_cut_; }

  void save(std::string& out) const;
  bool load(std::string_view& in);  // false: not a state of these parameters; nothing changes then

 private:
  // Buckets of 2^index values, oldest first, in a ring of ring_ slots: totals at slots_[index * 2 * ring_], variances behind them.
  struct Row {
    std::uint32_t head = 0;
    std::uint32_t size = 0;
  };
  struct Bucket {
    double total;
    double variance;
  };
  struct Split {
    double before, after;              // numbers of values
    double total_before, total_after;  // their sums
    double difference() const { return total_before / before - total_after / after; }
  };

  void reset();
  void insert(double x);
  void compress();
  void add_row();
  void push(std::size_t row, Bucket bucket);
  Bucket pop(std::size_t row);
  void delete_oldest();
  bool detect();
  double log_term() const;
  bool surely_quiet() const;
  double bound(const Split& split, double dp) const;
  template <class Visitor>
  bool any_split(Visitor&& stop) const;
  bool cut_found() const;
  bool load_rows(StateReader& reader);
  AdwinCut strongest_cut() const;

  AdwinParams params_;
  std::uint32_t ring_;  // slots a row, a power of two above max_buckets
  std::vector<Row> rows_;
  std::vector<double> slots_;
  double width_ = 0;
  double total_ = 0;
  double variance_ = 0;
  double largest_ = 0;  // largest |x| since the reset: what rounding errors are bounded with
  std::uint64_t until_test_ = 0;
  bool fired_ = false;
  std::optional<AdwinCut> last_cut_;
};

}  // namespace driftd
