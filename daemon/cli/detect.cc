// `driftd detect`: one number a line through one sequential detector; prints the indices where it fires.
#include "daemon/cli/detect.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>
#include <string_view>
#include <vector>

#include "config/detector_keys.h"
#include "config/scalar.h"
#include "config/suggest.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/verb.h"
#include "daemon/runtime/json_writer.h"
#include "daemon/runtime/number_text.h"

namespace driftd {
namespace {

template <class Named>
std::vector<std::string> names_of(std::span<const Named> all) {
  std::vector<std::string> names;
  for (const Named& one : all) names.emplace_back(one.name);
  return names;
}

std::string unknown(std::string_view what, const std::string& word, const std::vector<std::string>& known) {
  return fmt::format("unknown {} '{}'{}; known: {}", what, word, did_you_mean(word, known), fmt::join(known, ", "));
}

// The start of a line, safe for a terminal.
std::string printable(std::string_view line) {
  constexpr std::size_t kShown = 40;
  std::string text(line.substr(0, kShown));
  std::ranges::replace_if(text, [](char byte) { return static_cast<unsigned char>(byte) < ' ' || byte == 0x7f; }, '?');
  return text + (line.size() > kShown ? "..." : "");
}

std::expected<double, std::string> read_value(std::string_view line, const DetectorSpec& spec) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const NumberText number = classify_number(line);
  if (number.value_class != ValueClass::kValid) return std::unexpected(fmt::format("'{}' is not a number", printable(line)));
  if (number.value >= spec.min_value && number.value <= spec.max_value) return number.value;
  return std::unexpected(fmt::format("{} is outside of {} to {}, which {} takes", line, print_number(spec.min_value),
                                     print_number(spec.max_value), spec.name));
}

std::string parameters_help() {
  std::string text = "Detectors and their parameters:\n";
  for (const DetectorSpec& spec : sequential_specs()) {
    text += fmt::format("  {}: {}\n", spec.name, spec.title);
    for (const ParamSpec& param : spec.params) {
      const std::string assignment = fmt::format("{}={}", param.name, print_param(param, param.default_value));
      text += fmt::format("    {:<24} {} ({})\n", assignment, param.help, expected_param(param));
    }
  }
  return text +
         "\nExit codes: 0 the values were read, whether or not it fired; 64 unknown detector or parameter; 65 a line is not a number.";
}

int print_indices(SequentialVariant& detector) {
  const auto read = detect_values(std::cin, detector, [](std::uint64_t index, DriftState state) {
    if (state != DriftState::kDrift) return;
    fmt::print("{}\n", index);
    std::fflush(stdout);
  });
  if (read) return kExitOk;
  fmt::print(stderr, "driftd detect: {}\n", read.error());
  return kExitBadInput;
}

int print_json(SequentialVariant& detector) {
  std::vector<std::uint64_t> indices, warnings;
  std::vector<double> estimates;
  const auto read = detect_values(std::cin, detector, [&](std::uint64_t index, DriftState state) {
    (state == DriftState::kDrift ? indices : warnings).push_back(index);
    if (state == DriftState::kDrift) estimates.push_back(estimation(detector));
  });
  if (!read) {
    fmt::print(stderr, "driftd detect: {}\n", read.error());
    return kExitBadInput;
  }
  JsonWriter json;
  const auto list = [&json](std::string_view key, const auto& values) {
    json.key(key).begin_array();
    for (const auto value : values) json.number(value);
    json.end_array();
  };
  json.begin_object();
  list("indices", indices);
  list("warnings", warnings);
  list("estimates", estimates);
  json.end_object();
  fmt::print("{}\n", json.text());
  return kExitOk;
}

}  // namespace

std::expected<SequentialVariant, std::string> detector_of_words(const std::string& name, std::span<const std::string> words) {
  const DetectorSpec* spec = find_sequential(name);
  if (spec == nullptr) return std::unexpected(unknown("detector", name, names_of(sequential_specs())));
  std::map<std::string, double> params;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) return std::unexpected(fmt::format("'{}' is not key=value", word));
    const std::string key = word.substr(0, equals);
    const auto param = std::ranges::find(spec->params, std::string_view(key), &ParamSpec::name);
    if (param == spec->params.end()) return std::unexpected(unknown("parameter of " + name, key, names_of(spec->params)));
    const auto value = parse_param(*param, std::string_view(word).substr(equals + 1));
    if (!value) return std::unexpected(value.error());
    if (!params.emplace(key, *value).second) return std::unexpected(fmt::format("{} is given twice", key));
  }
  return make_sequential(name, params);
}

std::expected<void, std::string> detect_values(std::istream& in, SequentialVariant& detector,
                                               const std::function<void(std::uint64_t, DriftState)>& on_state) {
  const DetectorSpec& spec = spec_of(detector);
  std::string line;
  for (std::uint64_t index = 0; std::getline(in, line); ++index) {
    const auto value = read_value(line, spec);
    if (!value) return std::unexpected(fmt::format("line {}: {}", index + 1, value.error()));
    const DriftState state = update(detector, *value);
    if (state != DriftState::kStable) on_state(index, state);
  }
  return {};
}

int run_detect(std::span<const std::string> args) {
  std::string name;
  std::vector<std::string> words;
  bool as_json = false;
  CLI::App app(
      "Run numbers, one a line on standard input, through a sequential detector; print the 0-based indices where it fires.\n\n"
      "Examples:\n  driftd detect adwin < errors.txt\n  driftd detect page_hinkley threshold=20 mode=up --json < latency.txt",
      "driftd detect");
  app.footer(parameters_help());
  const auto known = names_of(sequential_specs());
  app.add_option("NAME", name, "Detector")->type_name(fmt::format("{}", fmt::join(known, "|")))->required();
  app.add_option("KEY=VALUE", words, "Parameters; the others keep their default");
  app.add_flag("--json", as_json,
               "One object: indices, warnings (every index that warned), estimates (the mean when it fired, one an index)");
  if (const auto done = parse_arguments(app, args)) return *done;

  auto detector = detector_of_words(name, words);
  if (!detector) {
    fmt::print(stderr, "driftd detect: {}\n", detector.error());
    return kExitUsage;
  }
  std::ios::sync_with_stdio(false);
  return as_json ? print_json(*detector) : print_indices(*detector);
}

}  // namespace driftd
