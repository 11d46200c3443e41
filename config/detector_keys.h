// What `detectors` may name: two-sample methods that take a fixed threshold, and sequential detectors that watch fields row by row.
// All of it follows from the registry; here is only how it reads as configuration.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "detectors/registry.h"

namespace driftd {

// A method that may be given a `threshold`: all but chi_square, whose statistic grows with the rows. nullptr = none.
const TwoSampleMethod* find_threshold_method(std::string_view name);

// All names, two-sample first.
std::vector<std::string> detector_names();

// "a number from 0 to 1", "one of both, up, down": what a parameter takes.
std::string expected_param(const ParamSpec& param);

// The text that parse_param (registry.h) reads back.
std::string print_param(const ParamSpec& param, double value);

// "a number above 0", "a number from 0 to 1": what a threshold of the method takes; 0 itself is never taken.
std::string expected_threshold(const TwoSampleMethod& method);
bool is_threshold(const TwoSampleMethod& method, double value);

}  // namespace driftd
