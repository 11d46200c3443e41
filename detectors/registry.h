// The only place that names all detectors. Adding one is its file pair and its line here.
// Two-sample methods are free functions over counts (two_sample/); sequential detectors a closed set of value types (sequential/).
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "detectors/detector.h"
#include "detectors/sequential/adwin.h"
#include "detectors/sequential/ddm.h"
#include "detectors/sequential/page_hinkley.h"

namespace driftd {

// A two-sample method as configuration, metrics and pages know it. A larger statistic is always more drift.
struct TwoSampleMethod {
  std::string_view name;
  std::string_view title;
  std::string_view unit;  // of Score::statistic
  double largest;         // the statistic lies in [0, largest]
  bool numeric;           // feature types it fits
  bool categorical;
  bool has_p;  // Score::log_p is a number where the status is ok
};

std::span<const TwoSampleMethod> two_sample_methods();
const TwoSampleMethod* find_two_sample(std::string_view name);  // nullptr: unknown

using SequentialVariant = std::variant<Adwin, Ddm, PageHinkley>;

std::span<const DetectorSpec> sequential_specs();            // in the order of SequentialVariant
const DetectorSpec* find_sequential(std::string_view name);  // nullptr: unknown

// A fresh detector; parameters that are not given take their default. The error names what is wrong and lists what exists.
std::expected<SequentialVariant, std::string> make_sequential(std::string_view name, const std::map<std::string, double>& params);

// Value of one parameter from its text: a number within bounds, or one of its words.
std::expected<double, std::string> parse_param(const ParamSpec& param, std::string_view text);

const DetectorSpec& spec_of(const SequentialVariant& detector);
DriftState update(SequentialVariant& detector, double x);
double estimation(const SequentialVariant& detector);    // mean of what it looks at now
std::uint64_t width(const SequentialVariant& detector);  // number of values it looks at now
void save(const SequentialVariant& detector, std::string& out);
bool load(SequentialVariant& detector, std::string_view& in);  // into a detector of equal name and parameters; false changes nothing

}  // namespace driftd
