#include "config/detector_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "config/scalar.h"

namespace driftd {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::max();

constexpr std::array kThresholdKeys{
    ThresholdKey{"psi", kUnbounded},
    ThresholdKey{"ks", 1},
    ThresholdKey{"jensen_shannon", 1},
    ThresholdKey{"hellinger", 1},
    ThresholdKey{"total_variation", 1},
    ThresholdKey{"l_infinity", 1},
    ThresholdKey{"wasserstein", kUnbounded},
};

constexpr std::array kAdwin{
    ParamSpec{"delta", 0.002, 1e-300, 1, false, "confidence; smaller fires less"},
};
constexpr std::array kSequentialKeys{DetectorSpec{"adwin", "ADWIN (adaptive windowing)", kAdwin}};

}  // namespace

std::span<const ThresholdKey> threshold_keys() { return kThresholdKeys; }

const ThresholdKey* find_threshold_key(std::string_view name) {
  const auto* key = std::ranges::find(kThresholdKeys, name, &ThresholdKey::name);
  return key == kThresholdKeys.end() ? nullptr : key;
}

std::span<const DetectorSpec> sequential_keys() { return kSequentialKeys; }

const DetectorSpec* find_sequential_key(std::string_view name) {
  const auto specs = sequential_keys();
  const auto spec = std::ranges::find(specs, name, &DetectorSpec::name);
  return spec == specs.end() ? nullptr : &*spec;
}

const ParamSpec* find_param(const DetectorSpec& spec, std::string_view name) {
  const auto param = std::ranges::find(spec.params, name, &ParamSpec::name);
  return param == spec.params.end() ? nullptr : &*param;
}

std::vector<std::string> detector_names() {
  std::vector<std::string> names;
  for (const auto& key : threshold_keys()) names.emplace_back(key.name);
  for (const auto& spec : sequential_keys()) names.emplace_back(spec.name);
  return names;
}

std::string expected_param(const ParamSpec& param) {
  return fmt::format("a {}number from {} to {}", param.integer ? "whole " : "", print_number(param.min), print_number(param.max));
}

std::optional<double> parse_param(const ParamSpec& param, const std::string& text) {
  const auto value = parse_number(text);
  if (!value || *value < param.min || *value > param.max) return std::nullopt;
  if (param.integer && *value != std::floor(*value)) return std::nullopt;
  return *value;
}

std::string print_param(const ParamSpec& /*param*/, double value) { return print_number(value); }

}  // namespace driftd
