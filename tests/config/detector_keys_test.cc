#include "config/detector_keys.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace driftd;

TEST_CASE("detectors that a configuration may name") {
  const auto names = detector_names();
  for (const char* name :
       {"psi", "ks", "jensen_shannon", "hellinger", "total_variation", "l_infinity", "wasserstein", "adwin", "page_hinkley", "ddm"}) {
    CAPTURE(name);
    CHECK(std::ranges::find(names, name) != names.end());
  }
  CHECK(std::ranges::find(names, "chi_square") == names.end());
  CHECK(find_threshold_method("chi_square") == nullptr);
  CHECK(find_threshold_method("adwin") == nullptr);
}

TEST_CASE("thresholds are in the unit of the method") {
  const TwoSampleMethod& ks = *find_threshold_method("ks");
  const TwoSampleMethod& psi = *find_threshold_method("psi");
  CHECK(expected_threshold(ks) == "a number above 0 and below 1");
  CHECK(expected_threshold(psi) == "a number above 0");
  CHECK(is_threshold(ks, 0.5));
  CHECK_FALSE(is_threshold(ks, 1));
  CHECK_FALSE(is_threshold(ks, 0));
  CHECK(is_threshold(psi, 20));
  CHECK_FALSE(is_threshold(psi, -1));
}

TEST_CASE("every parameter's default prints, reads back and is described") {
  for (const auto& spec : sequential_specs()) {
    for (const auto& param : spec.params) {
      CAPTURE(std::string(param.name));
      CHECK(parse_param(param, print_param(param, param.default_value)) == param.default_value);
      CHECK_FALSE(expected_param(param).empty());
    }
  }
  const auto& params = find_sequential("page_hinkley")->params;
  const auto mode = std::ranges::find(params, "mode", &ParamSpec::name);
  CHECK(expected_param(*mode) == "one of both, up, down");
  CHECK(expected_param(find_sequential("adwin")->params[1]) == "a whole number from 1 to 1000000000");
}
