#include "daemon/reference/feature_counter.h"

#include <doctest/doctest.h>

#include <cmath>

namespace driftd {
namespace {

FeatureReference numeric(const std::vector<double>& values, std::uint64_t rows) {
  SpillFile spill;
  auto counter = FeatureCounter::numeric("x", 1 << 20, spill);
  for (const double value : values) REQUIRE(counter.add(NumericValue{ValueClass::kValid, value}));
  auto feature = counter.freeze(rows);
  REQUIRE(feature);
  return std::move(*feature);
}

}  // namespace

TEST_CASE("a numeric feature without a value has cells, but no numbers") {
  const auto x = numeric({}, 5);
  CHECK(x.segments[0].cells == std::vector<std::uint64_t>{0});
  CHECK(x.segments[0].classes[static_cast<std::size_t>(ValueClass::kAbsent)] == 5);
  CHECK(std::isnan(x.mean));
  CHECK(std::isnan(x.q25));
  CHECK(x.sum_exponent == 0);
}

TEST_CASE("order statistics are x_(ceil(q n))") {
  std::vector<double> values;
  for (int i = 20'000; i > 0; --i) values.push_back(i);
  const auto x = numeric(values, values.size());
  CHECK(x.q0001 == 2);
  CHECK(x.q001 == 20);
  CHECK(x.q25 == 5000);
  CHECK(x.q75 == 15'000);
  CHECK(x.q999 == 19'980);
  CHECK(x.q9999 == 19'998);
  CHECK(x.mean == doctest::Approx(10'000.5).epsilon(1e-15));
  CHECK(x.standard_deviation == doctest::Approx(std::sqrt((4e8 - 1) / 12)).epsilon(1e-14));
}

TEST_CASE("the exponent of sums follows the largest magnitude") {
  const struct {
    const char* name;
    std::vector<double> input;
  } rows[] = {{"one", {1}},
              {"negative", {-1000, 3}},
              {"tiny", {1e-300}},
              {"huge", {1e300, -2}},
              {"just under a power", {std::nextafter(1024.0, 0)}}};
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto x = numeric(row.input, row.input.size());
    const double largest = std::max(std::abs(x.min), std::abs(x.max));
    CHECK(std::ldexp(largest, x.sum_exponent) < std::ldexp(1.0, 62));
    CHECK(std::ldexp(largest, x.sum_exponent) >= std::ldexp(1.0, 61));
  }
  CHECK(numeric({0, 0}, 2).sum_exponent == 0);
}

TEST_CASE("which features are 0 and 1") {
  CHECK(numeric({0, 1, 1}, 3).zero_one);
  CHECK(!numeric({0, 0}, 2).zero_one);
  CHECK(!numeric({0, 1, 2}, 3).zero_one);
  CHECK(!numeric({1, 2}, 2).zero_one);
  const auto categorical = [](std::initializer_list<const char*> texts) {
    auto counter = FeatureCounter::categorical("c");
    for (const char* text : texts) REQUIRE(counter.add({.column = 0, .kind = ValueKind::kString, .number = 0, .integer = 0, .text = text}));
    return counter.freeze(texts.size())->zero_one;
  };
  CHECK(categorical({"true", "false", "true"}));
  CHECK(categorical({"1", "0"}));
  CHECK(!categorical({"yes", "no"}));
  CHECK(!categorical({"true", "true"}));
}

}  // namespace driftd
