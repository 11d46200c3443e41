#include "detectors/registry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

namespace driftd {
namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

constexpr std::array kTwoSample{
    TwoSampleMethod{"psi", "population stability index", "nats", kUnlimited, true, true, true},
    TwoSampleMethod{"ks", "Kolmogorov-Smirnov distance", "share", 1, true, false, true},
    TwoSampleMethod{"chi_square", "chi-square statistic", "chi-square", kUnlimited, true, true, true},
    TwoSampleMethod{"jensen_shannon", "Jensen-Shannon distance (base 2)", "distance", 1, true, true, false},
    TwoSampleMethod{"hellinger", "Hellinger distance", "distance", 1, true, true, false},
    TwoSampleMethod{"total_variation", "total variation distance", "share", 1, true, true, false},
    TwoSampleMethod{"l_infinity", "largest difference of a cell's share", "share", 1, true, true, false},
    TwoSampleMethod{"wasserstein", "Wasserstein-1 distance over the reference's spread", "reference standard deviations", kUnlimited, true,
                    false, false},
};

template <class Variant, class Make, std::size_t... I>
constexpr auto for_each_type(Make make, std::index_sequence<I...>) {
  return std::array { make.template operator()<std::variant_alternative_t<I, Variant>>()... };
}
constexpr auto kIndices = std::make_index_sequence<std::variant_size_v<SequentialVariant>>{};

constexpr auto kSequential = for_each_type<SequentialVariant>([]<class D>() { return D::kSpec; }, kIndices);

using Make = SequentialVariant (*)(std::span<const double>);
constexpr auto kMakers = for_each_type<SequentialVariant>(
    []<class D>() -> Make { return [](std::span<const double> values) -> SequentialVariant { return D::from_values(values); }; }, kIndices);

std::string shortest(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

template <class Named>
std::string names(std::span<const Named> all) {
  std::string list;
  for (const Named& one : all) {
    if (!list.empty()) list += ", ";
    list += one.name;
  }
  return list;
}

std::string range_error(const ParamSpec& param) {
  if (!param.choices.empty()) {
    std::string list;
    for (const std::string_view choice : param.choices) list.append(list.empty() ? "" : ", ").append(choice);
    return std::string(param.name) + " must be one of " + list;
  }
  return std::string(param.name) + " must be " + (param.integer ? "a whole number" : "a number") + " from " + shortest(param.min) + " to " +
         shortest(param.max);
}

bool in_range(const ParamSpec& param, double value) {
  return value >= param.min && value <= param.max && (!param.integer || value == std::floor(value));
}

}  // namespace

std::span<const TwoSampleMethod> two_sample_methods() { return kTwoSample; }

const TwoSampleMethod* find_two_sample(std::string_view name) {
  const auto found = std::ranges::find(kTwoSample, name, &TwoSampleMethod::name);
  return found == kTwoSample.end() ? nullptr : &*found;
}

std::span<const DetectorSpec> sequential_specs() { return kSequential; }

const DetectorSpec* find_sequential(std::string_view name) {
  const auto found = std::ranges::find(kSequential, name, &DetectorSpec::name);
  return found == kSequential.end() ? nullptr : &*found;
}

std::expected<SequentialVariant, std::string> make_sequential(std::string_view name, const std::map<std::string, double>& params) {
  const DetectorSpec* spec = find_sequential(name);
  if (spec == nullptr) {
    return std::unexpected("unknown detector '" + std::string(name) + "'; known: " + names(std::span<const DetectorSpec>(kSequential)));
  }
  std::vector<double> values;
  for (const ParamSpec& param : spec->params) values.push_back(param.default_value);
  for (const auto& [key, value] : params) {
    const auto param = std::ranges::find(spec->params, std::string_view(key), &ParamSpec::name);
    if (param == spec->params.end()) {
      return std::unexpected("unknown parameter '" + key + "' of " + std::string(name) + "; known: " + names(spec->params));
    }
    if (!in_range(*param, value)) return std::unexpected(range_error(*param));
    values[static_cast<std::size_t>(param - spec->params.begin())] = value;
  }
  return kMakers[static_cast<std::size_t>(spec - kSequential.data())](values);
}

std::expected<double, std::string> parse_param(const ParamSpec& param, std::string_view text) {
  const auto choice = std::ranges::find(param.choices, text);
  if (choice != param.choices.end()) return static_cast<double>(choice - param.choices.begin());
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool read = param.choices.empty() && error == std::errc() && end == text.data() + text.size();
  if (!read || !in_range(param, value)) return std::unexpected(range_error(param));
  return value;
}

const DetectorSpec& spec_of(const SequentialVariant& detector) { return kSequential[detector.index()]; }

DriftState update(SequentialVariant& detector, double x) {
  return std::visit([x](auto& one) { return one.update(x); }, detector);
}

double estimation(const SequentialVariant& detector) {
  return std::visit([](const auto& one) { return one.estimation(); }, detector);
}

std::uint64_t width(const SequentialVariant& detector) {
  return std::visit([](const auto& one) { return one.width(); }, detector);
}

void save(const SequentialVariant& detector, std::string& out) {
  std::visit([&out](const auto& one) { one.save(out); }, detector);
}

bool load(SequentialVariant& detector, std::string_view& in) {
  return std::visit([&in](auto& one) { return one.load(in); }, detector);
}

}  // namespace driftd
