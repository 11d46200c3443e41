// Sequential detectors against River 0.26.1 (sequential/expected.tsv, adwin_state.tsv) and against the streams of River's own
// documentation.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "detectors/registry.h"
#include "tests/conformance/golden_file.h"
#include "tests/conformance/mersenne.h"

namespace driftd {
namespace {

struct Outcome {
  std::vector<std::size_t> drifts, warnings;  // warnings: first index of every zone
};

Outcome run(SequentialVariant& detector, const std::vector<double>& values) {
  Outcome outcome;
  bool warned = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const DriftState state = update(detector, values[i]);
    if (state == DriftState::kDrift) outcome.drifts.push_back(i);
    if (state == DriftState::kWarning && !warned) outcome.warnings.push_back(i);
    warned = state == DriftState::kWarning;
  }
  return outcome;
}

// "delta=0.01 mode='up'"; "-" is none. River's DDM has no min_errors.
SequentialVariant make(const std::string& name, const std::string& text) {
  std::map<std::string, double> params;
  if (name == "ddm") params["min_errors"] = 0;
  for (const std::string_view pair : golden::split(text, ' ')) {
    if (pair == "-") continue;
    const auto parts = golden::split(pair, '=');
    std::string_view value = parts.at(1);
    if (value.front() == '\'') value = value.substr(1, value.size() - 2);
    for (const ParamSpec& param : find_sequential(name)->params) {
      if (param.name == parts[0]) params[std::string(parts[0])] = parse_param(param, value).value();
    }
    REQUIRE(params.contains(std::string(parts[0])));
  }
  auto detector = make_sequential(name, params);
  REQUIRE(detector.has_value());
  return *detector;
}

std::vector<double> stream(const std::string& name) { return golden::column("sequential/" + name + ".txt"); }

}  // namespace

TEST_CASE("drift and warning indices equal River's") {
  int compared = 0;
  for (const auto& row : golden::rows("sequential/expected.tsv")) {
    if (find_sequential(row[1]) == nullptr) continue;
    CAPTURE(row[0]);
    CAPTURE(row[1]);
    CAPTURE(row[2]);
    SequentialVariant detector = make(row[1], row[2]);
    const Outcome outcome = run(detector, stream(row[0]));
    CHECK(outcome.drifts == golden::numbers<std::size_t>(row[4], ' '));
    if (row[5] != "-") CHECK(outcome.warnings == golden::numbers<std::size_t>(row[5], ' '));
    ++compared;
  }
  CHECK(compared == 112);
}

TEST_CASE("ADWIN's window at the end of a stream equals River's") {
  for (const auto& row : golden::rows("sequential/adwin_state.tsv")) {
    CAPTURE(row[0]);
    CAPTURE(row[1]);
    SequentialVariant detector = make("adwin", row[1]);
    run(detector, stream(row[0]));
    const Adwin& adwin = std::get<Adwin>(detector);
    CHECK(adwin.width() == golden::number<std::uint64_t>(row[2]));
    CHECK(adwin.estimation() == golden::number<double>(row[3]));
    CHECK(adwin.variance() == golden::number<double>(row[4]));
  }
}

namespace {

using golden::Mersenne;

std::vector<double> drawn(std::size_t n, auto&& draw) {
  std::vector<double> values(n);
  for (double& value : values) value = draw();
  return values;
}

void append(std::vector<double>& values, const std::vector<double>& more) { values.insert(values.end(), more.begin(), more.end()); }

std::vector<double> s1() {
  Mersenne random = Mersenne::numpy(12345);
  auto values = drawn(1000, [&] { return random.word() & 1; });
  append(values, drawn(1000, [&] { return random.word() & 7; }));
  return values;
}

std::vector<double> s2() {
  Mersenne random = Mersenne::python(42);
  auto values = drawn(1000, [&] { return std::floor(random.uniform() * 2); });
  append(values, drawn(1000, [&] { return random.uniform() >= 0.3 ? 1 : 0; }));
  return values;
}

std::vector<double> s34(std::uint32_t seed, int times) {
  Mersenne random = Mersenne::python(seed);
  std::vector<double> values;
  for (int i = 0; i < times; ++i) {
    append(values, drawn(1000, [&] { return std::floor(random.uniform() * 2); }));
    append(values, drawn(1000, [&] { return 4 + std::floor(random.uniform() * 4); }));
  }
  return values;
}

std::vector<double> s5() {
  Mersenne random = Mersenne::numpy(12345);
  auto values = drawn(1000, [&] { return random.uniform() > 0.8 ? 1 : 0; });
  append(values, drawn(1000, [&] { return random.uniform() > 0.8 ? 0 : 1; }));
  return values;
}

std::vector<double> zeros_one_zeros() {
  std::vector<double> values(401, 0.0);
  values[200] = 1;
  return values;
}

}  // namespace

TEST_CASE("streams of River's documentation fire where it says") {
  struct Row {
    const char* name;
    const char* detector;
    const char* params;
    std::vector<double> values;
    std::vector<std::size_t> drifts;
  };
  const Row rows[] = {
      {"S1", "adwin", "-", s1(), {1023}},
      {"S3", "adwin", "-", s34(42, 2), {1023, 2015, 3007}},
      {"S4", "adwin", "-", s34(12345, 1), {1023}},
      {"S1", "page_hinkley", "-", s1(), {1020, 1397, 1548, 1988}},
      {"S4", "page_hinkley", "-", s34(12345, 1), {1006}},
      {"S2", "ddm", "-", s2(), {1334}},
      {"S5", "ddm", "-", s5(), {1049}},
      {"one error after an error-free start, River's rule", "ddm", "-", zeros_one_zeros(), {200}},
      {"one error after an error-free start, min_errors", "ddm", "min_errors=30", zeros_one_zeros(), {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CAPTURE(row.detector);
    SequentialVariant detector = make(row.detector, row.params);
    CHECK(run(detector, row.values).drifts == row.drifts);
  }
  SequentialVariant ddm = make("ddm", "-");
  const auto warnings = run(ddm, s2()).warnings;
  CHECK(warnings.front() == 1084);
  CHECK(std::ranges::find(warnings, std::size_t{1492}) != warnings.end());
}

}  // namespace driftd
