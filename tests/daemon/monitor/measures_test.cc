#include "daemon/monitor/measures.h"

#include <doctest/doctest.h>

#include <cmath>

#include "daemon/monitor/methods.h"
#include "tests/daemon/engine_fixture.h"

namespace driftd {

using namespace engine_fixture;

namespace {

using Cells = std::vector<std::uint64_t>;

const LevelRule kRule{.log_alpha = std::log(1e-4)};

// A category of three values, seen by `feature` in the cells DE, FR, IT, other, unseen.
FeatureView category_view(const FeaturePlan& feature, const Cells& reference, const Cells& current) {
  FeatureView view;
  view.feature = &feature;
  view.reference_fine = view.reference = reference;
  view.current_fine = view.current = current;
  return view;
}

FeatureView numeric_view(const FeaturePlan& feature, const Cells& current) {
  const NumericCells& cells = feature.reference->numeric;
  FeatureView view;
  view.feature = &feature;
  view.reference_fine = feature.reference->segments[0].cells;
  view.current_fine = current;
  view.reference = coarse_counts(std::span<const std::uint32_t>(cells.coarse), view.reference_fine);
  view.current = coarse_counts(std::span<const std::uint32_t>(cells.coarse), view.current_fine);
  view.min = feature.reference->min;
  view.max = feature.reference->max;
  return view;
}

std::vector<std::string> methods_of(const std::vector<Measure>& measures) {
  std::vector<std::string> names;
  for (const Measure& measure : measures) names.emplace_back(measure.method);
  return names;
}

const Measure& find(const std::vector<Measure>& measures, std::string_view method) {
  for (const Measure& measure : measures) {
    if (measure.method == method) return measure;
  }
  FAIL("no measure " << method);
  return measures.front();
}

class Category {
 public:
  Category() { plan.reference = &reference; }
  std::vector<Measure> drift(const Cells& before, const Cells& now, const LevelRule& rule = kRule) const {
    double log_p = 0;
    const FeatureView view = category_view(plan, before, now);
    return drift_measures(view, rule, log_p);
  }
  FeatureReference reference = category_feature("country", {{"DE", 600}, {"FR", 300}, {"IT", 100}});
  FeaturePlan plan;
};

}  // namespace

TEST_CASE("which measures a feature has, in the order of the registry") {
  const Category category;
  CHECK(methods_of(category.drift({600, 300, 100, 0, 0}, {600, 300, 100, 0, 0})) ==
        std::vector<std::string>{"psi", "chi_square", "jensen_shannon", "hellinger", "total_variation", "l_infinity"});
  const auto reference = make_reference();
  FeaturePlan amount;
  amount.reference = &reference->features[0];
  double log_p = 0;
  CHECK(methods_of(drift_measures(numeric_view(amount, amount.reference->segments[0].cells), kRule, log_p)) ==
        std::vector<std::string>{"psi", "chi_square", "ks", "jensen_shannon", "hellinger", "total_variation", "l_infinity", "wasserstein"});
}

TEST_CASE("equal shares are calm, a large shift is an alarm of PSI alone") {
  const Category category;
  const auto equal = category.drift({600, 300, 100, 0, 0}, {1200, 600, 200, 0, 0});
  CHECK(equal[0].policy == Policy::kLevel);
  CHECK_FALSE(equal[0].alarm);
  CHECK(equal[0].calm);
  CHECK(equal[0].ratio < 1);
  const auto moved = category.drift({600, 300, 100, 0, 0}, {300, 300, 400, 0, 0});
  CHECK(moved[0].alarm);
  CHECK_FALSE(moved[0].calm);
  CHECK(moved[0].ratio >= 1);
  CHECK(moved[0].ratio == moved[0].score.log_p / kRule.log_alpha);
  for (std::size_t i = 1; i < moved.size(); ++i) {
    CAPTURE(moved[i].method);
    CHECK(moved[i].policy == Policy::kNone);
    CHECK_FALSE(moved[i].alarm);
  }
}

TEST_CASE("different but not larger than min_effect is no alarm, however many rows say so") {
  const Category category;
  double log_p = 0;
  const FeatureView view = category_view(category.plan, {600'000, 300'000, 100'000, 0, 0}, {570'000, 330'000, 100'000, 0, 0});
  const auto measures = drift_measures(view, kRule, log_p);
  CHECK(log_p < kRule.log_alpha);  // surely different
  CHECK_FALSE(measures[0].alarm);
}

TEST_CASE("what is not judged has no ratio") {
  const Category category;
  const Cells before{600, 300, 100, 0, 0}, now{100, 300, 600, 0, 0};
  const struct {
    const char* name;
    LevelRule rule;
    Policy want;
  } rows[] = {
      {"no level", {}, Policy::kNone},
      {"too few rows", {.log_alpha = std::log(1e-4), .judge = false}, Policy::kLevel},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const Measure psi = category.drift(before, now, row.rule)[0];
    CHECK(psi.policy == row.want);
    CHECK(std::isnan(psi.ratio));
    CHECK_FALSE(psi.alarm);
  }
}

TEST_CASE("a fixed threshold is compared with the effect, and is calm below its clear ratio") {
  Category category;
  const Cells before{600, 300, 100, 0, 0}, now{500, 300, 200, 0, 0};
  const double distance = find(category.drift(before, now), "total_variation").score.effect;
  CHECK(distance == doctest::Approx(0.1));
  const struct {
    const char* name;
    double threshold;
    bool alarm, calm;
  } rows[] = {
      {"below", 0.05, true, false},
      {"equal", distance, true, false},
      {"above, near", 0.11, false, false},
      {"above, far", 0.2, false, true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    category.plan.fixed = {{"total_variation", row.threshold}};
    const auto measures = category.drift(before, now);
    const Measure& measure = find(measures, "total_variation");
    CHECK(measure.policy == Policy::kFixed);
    CHECK(measure.threshold == row.threshold);
    CHECK(measure.ratio == distance / row.threshold);
    CHECK(measure.alarm == row.alarm);
    CHECK(measure.calm == row.calm);
    CHECK(measures[0].policy == Policy::kLevel);
  }
  category.plan.fixed = {{"psi", 0.2}};
  CHECK(category.drift(before, now)[0].policy == Policy::kFixed);
}

TEST_CASE("a numeric feature that moved is seen by its distance in the reference's spread") {
  const auto reference = make_reference();
  FeaturePlan amount;
  amount.reference = &reference->features[0];
  const FeatureReference& feature = *amount.reference;
  Cells now(feature.cell_count(), 0);
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(115, 10);
  for (int i = 0; i < 2000; ++i) ++now[feature.numeric.cell(normal(random))];
  double log_p = 0;
  const auto measures = drift_measures(numeric_view(amount, now), kRule, log_p);
  CHECK(measures[0].alarm);
  CHECK(log_p < std::log(1e-50));
  CHECK(find(measures, "wasserstein").score.statistic == doctest::Approx(1.5 * 10 / 13.49).epsilon(0.35));
}

TEST_CASE("quality checks want both significance and size") {
  Category category;
  const auto at = [](ValueClass value_class) { return static_cast<std::size_t>(value_class); };
  const struct {
    const char* name;
    std::uint64_t before, now, rows;
    bool alarm;
  } rows[] = {
      {"as before", 10, 10, 1000, false},         {"many", 10, 100, 1000, true},   {"significant but small", 10, 3000, 200'000, false},
      {"large but of few rows", 10, 1, 8, false}, {"fewer", 100, 10, 1000, false},
  };
  for (const ValueClass value_class : {ValueClass::kNull, ValueClass::kAbsent, ValueClass::kNan, ValueClass::kWrongType}) {
    for (const auto& row : rows) {
      CAPTURE(row.name);
      FeatureView view = category_view(category.plan, {600, 300, 100, 0, 0}, {600, 300, 100, 0, 0});
      view.reference_classes[0] = 1000 - row.before;
      view.reference_classes[at(value_class)] = row.before;
      view.classes[0] = row.rows - row.now;
      view.classes[at(value_class)] = row.now;
      const auto measures = quality_measures(view, kRule);
      CHECK(methods_of(measures) == std::vector<std::string>{"missing", "type_mismatch", "unseen_category"});
      const bool mismatch = value_class == ValueClass::kWrongType;
      CHECK(find(measures, mismatch ? kTypeMismatch : kMissing).alarm == row.alarm);
      CHECK_FALSE(find(measures, mismatch ? kMissing : kTypeMismatch).alarm);
    }
  }
}

TEST_CASE("values out of range and unseen categories are measured against what the reference leads one to expect") {
  Category category;
  FeatureView unseen = category_view(category.plan, {600, 300, 100, 0, 0}, {500, 300, 100, 0, 100});
  unseen.reference_classes[0] = unseen.classes[0] = 1000;
  CHECK(quality_measures(unseen, kRule)[2].alarm);
  CHECK(quality_measures(unseen, kRule)[2].after == 0.1);
  category.reference.categories.seen_once = 100;  // a tenth of the rows will be new ones
  CHECK_FALSE(quality_measures(unseen, kRule)[2].alarm);
  CHECK(quality_measures(unseen, {})[2].policy == Policy::kNone);

  const auto reference = make_reference();
  FeaturePlan amount;
  amount.reference = &reference->features[0];
  FeatureView outside = numeric_view(amount, amount.reference->segments[0].cells);
  outside.reference_classes[0] = outside.classes[0] = 20'000;
  CHECK_FALSE(find(quality_measures(outside, kRule), kOutOfRange).alarm);
  outside.below = 500;
  outside.above = 500;
  CHECK(find(quality_measures(outside, kRule), kOutOfRange).alarm);
  CHECK(find(quality_measures(outside, kRule), kOutOfRange).after == 0.05);
}

}  // namespace driftd
