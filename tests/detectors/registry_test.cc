#include "detectors/registry.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace driftd {

static_assert(SequentialDetector<Adwin> && SequentialDetector<Ddm> && SequentialDetector<PageHinkley>);

TEST_CASE("names are unique, specs have sane defaults, and a default detector can be made of each") {
  std::set<std::string_view> names;
  for (const TwoSampleMethod& method : two_sample_methods()) {
    CAPTURE(method.name);
    CHECK(names.insert(method.name).second);
    CHECK(find_two_sample(method.name) == &method);
    CHECK((method.numeric || method.categorical));
    CHECK(method.largest >= 1);
  }
  for (const DetectorSpec& spec : sequential_specs()) {
    CAPTURE(spec.name);
    CHECK(names.insert(spec.name).second);
    CHECK(find_sequential(spec.name) == &spec);
    for (const ParamSpec& param : spec.params) {
      CAPTURE(param.name);
      CHECK(param.min <= param.default_value);
      CHECK(param.default_value <= param.max);
      CHECK_FALSE(param.help.empty());
      if (!param.choices.empty()) CHECK(param.max == static_cast<double>(param.choices.size() - 1));
    }
    const auto detector = make_sequential(spec.name, {});
    REQUIRE(detector.has_value());
    CHECK(spec_of(*detector).name == spec.name);
    CHECK(width(*detector) == 0);
  }
  CHECK(names.size() == 11);
  CHECK(find_two_sample("adwin") == nullptr);
  CHECK(find_sequential("psi") == nullptr);
}

TEST_CASE("the defaults of a spec are the defaults of the type") {
  const auto bytes_of = [](const SequentialVariant& detector) {
    std::string bytes;
    save(detector, bytes);
    return bytes;
  };
  CHECK(bytes_of(*make_sequential("adwin", {})) == bytes_of(Adwin()));
  CHECK(bytes_of(*make_sequential("ddm", {})) == bytes_of(Ddm()));
  CHECK(bytes_of(*make_sequential("page_hinkley", {})) == bytes_of(PageHinkley()));
}

TEST_CASE("what cannot be made says why") {
  struct Row {
    std::string name;
    std::map<std::string, double> params;
    std::string want;
  };
  const Row rows[] = {
      {"adwinn", {}, "unknown detector 'adwinn'; known: adwin, ddm, page_hinkley"},
      {"ddm", {{"delta", 1}}, "unknown parameter 'delta' of ddm; known: warm_start, warning_threshold, drift_threshold, min_errors"},
      {"adwin", {{"max_buckets", 1}}, "max_buckets must be a whole number from 2 to 1000"},
      {"adwin", {{"clock", 1.5}}, "clock must be a whole number from 1 to 1e+09"},
      {"adwin", {{"delta", kNoNumber}}, "delta must be a number from 1e-300 to 1"},
      {"page_hinkley", {{"mode", 3}}, "mode must be one of both, up, down"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto made = make_sequential(row.name, row.params);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error() == row.want);
  }
}

TEST_CASE("parameters are read from text") {
  const DetectorSpec& spec = PageHinkley::kSpec;
  const ParamSpec& instances = spec.params[0];
  const ParamSpec& mode = spec.params[4];
  CHECK(parse_param(instances, "100") == 100.0);
  CHECK(parse_param(mode, "down") == 2.0);
  for (const std::string_view text : {"", "x", "1x", "0", "2.5", "nan", "-1", "1e99"}) {
    CAPTURE(text);
    CHECK(parse_param(instances, text).error() == "min_instances must be a whole number from 1 to 1e+09");
  }
  for (const std::string_view text : {"", "2", "UP"}) CHECK(parse_param(mode, text).error() == "mode must be one of both, up, down");
}

TEST_CASE("through the variant a detector behaves as itself") {
  SequentialVariant detector = *make_sequential("page_hinkley", {{"threshold", 1}, {"min_instances", 2}});
  CHECK(update(detector, 0) == DriftState::kStable);
  CHECK(update(detector, 100) == DriftState::kDrift);
  CHECK(estimation(detector) == 50.0);
  CHECK(width(detector) == 2);
  std::string bytes;
  save(detector, bytes);
  SequentialVariant other = *make_sequential("page_hinkley", {{"threshold", 1}, {"min_instances", 2}});
  std::string_view in = bytes;
  CHECK(load(other, in));
  CHECK(in.empty());
  CHECK(estimation(other) == 50.0);
  SequentialVariant adwin = Adwin();
  in = bytes;
  CHECK_FALSE(load(adwin, in));
}

}  // namespace driftd
