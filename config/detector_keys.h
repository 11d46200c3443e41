// What `detectors` may name: two-sample methods that take a fixed threshold, and sequential detectors that watch fields row by row.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/detector.h"

namespace driftd {

// A two-sample method; thresholds are in its own unit, in (0, threshold_below).
struct ThresholdKey {
  std::string_view name;
  double threshold_below;
};

std::span<const ThresholdKey> threshold_keys();
const ThresholdKey* find_threshold_key(std::string_view name);

std::span<const DetectorSpec> sequential_keys();
const DetectorSpec* find_sequential_key(std::string_view name);
const ParamSpec* find_param(const DetectorSpec& spec, std::string_view name);

// All names, two-sample first.
std::vector<std::string> detector_names();

// "a number from 0 to 1", "a whole number of at least 2": what a parameter takes, for messages and the reference page.
std::string expected_param(const ParamSpec& param);

// The value of a parameter's text; nothing if it does not fit. A choice is its index.
std::optional<double> parse_param(const ParamSpec& param, const std::string& text);

// The text that parse_param reads back.
std::string print_param(const ParamSpec& param, double value);

}  // namespace driftd
