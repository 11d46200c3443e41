#include "config/detector_keys.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "config/scalar.h"

namespace driftd {

const TwoSampleMethod* find_threshold_method(std::string_view name) { return name == "chi_square" ? nullptr : find_two_sample(name); }

std::vector<std::string> detector_names() {
  std::vector<std::string> names;
  for (const auto& method : two_sample_methods()) {
    if (find_threshold_method(method.name) != nullptr) names.emplace_back(method.name);
  }
  for (const auto& spec : sequential_specs()) names.emplace_back(spec.name);
  return names;
}

std::string expected_param(const ParamSpec& param) {
  if (!param.choices.empty()) return fmt::format("one of {}", fmt::join(param.choices, ", "));
  return fmt::format("a {}number from {} to {}", param.integer ? "whole " : "", print_number(param.min), print_number(param.max));
}

std::string print_param(const ParamSpec& param, double value) {
  if (param.choices.empty()) return print_number(value);
  return std::string(param.choices[static_cast<std::size_t>(value)]);
}

std::string expected_threshold(const TwoSampleMethod& method) {
  return std::isinf(method.largest) ? "a number above 0" : fmt::format("a number above 0 and below {}", print_number(method.largest));
}

bool is_threshold(const TwoSampleMethod& method, double value) { return value > 0 && value < method.largest; }

}  // namespace driftd
