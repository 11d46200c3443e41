// What every detector answers, and how it describes its parameters. Values only: no I/O, no clock, no thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace driftd {

inline constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

// Whether a score may be judged. Anything but kOk never raises an alarm and is never shown as drift 0.
enum class Status : std::uint8_t {
  kOk,
  kInsufficient,  // too few rows for this statistic
  kDegenerate,    // the reference has one distinct value
  kUndefined,     // no value exists for these inputs
};
std::string_view status_name(Status status);

// Result of a two-sample comparison of a reference (n rows) with a window (m rows).
struct Score {
  Status status = Status::kUndefined;
  double statistic = kNoNumber;  // in the unit of the method; NaN: none
  double log_p = kNoNumber;      // natural log of the p-value, so that it never saturates; NaN: the method has none
  double effect = kNoNumber;     // effect size, comparable between windows of different size
  std::uint64_t n = 0;
  std::uint64_t m = 0;
  std::uint32_t cells_used = 0;  // cells behind log_p, after merging cells with low counts; 0: no cells

  friend bool operator==(const Score&, const Score&) = default;
};

// What a sequential detector says after a value. kDrift is returned for the one value that fires; the next one starts afresh.
enum class DriftState : std::uint8_t { kStable, kWarning, kDrift };

// A parameter of a detector: its name is River's where River has it. The configuration key, help and page follow from this.
struct ParamSpec {
  std::string_view name;
  double default_value;
  double min;
  double max;
  bool integer;
  std::string_view help;
  std::span<const std::string_view> choices = {};  // not empty: the parameter is written as one of these words, its value is the index
};

struct DetectorSpec {
  std::string_view name;   // as in configuration and metric labels
  std::string_view title;  // for a person
  std::span<const ParamSpec> params;
  // Values that update takes, both inclusive; outside of them a result means nothing.
  double min_value = std::numeric_limits<double>::lowest();
  double max_value = std::numeric_limits<double>::max();
};

// update(x) consumes one value in order. NaN must not be passed.
template <class D>
concept SequentialDetector = requires(D detector, double x) {
  { D::kSpec } -> std::convertible_to<const DetectorSpec&>;
  { detector.update(x) } -> std::same_as<DriftState>;
};

}  // namespace driftd
