#include "daemon/monitor/measures.h"

#include <algorithm>
#include <cmath>

#include "daemon/monitor/methods.h"
#include "daemon/status.h"
#include "detectors/two_sample/chi_square.h"
#include "detectors/two_sample/default_p.h"
#include "detectors/two_sample/distances.h"
#include "detectors/two_sample/kolmogorov_smirnov.h"
#include "detectors/two_sample/psi.h"
#include "detectors/two_sample/wasserstein.h"

namespace driftd {

namespace {

bool is_quantile(const FeatureReference& feature) { return feature.type == FeatureType::kNumeric && !feature.numeric.discrete; }

// A fixed threshold is compared with the effect: PSI without its bias, distances as they are.
void judge_fixed(const FeatureView& view, const LevelRule& rule, Measure& measure) {
  const auto found = view.feature->fixed.find(std::string(measure.method));
  if (found == view.feature->fixed.end()) return;
  measure.policy = Policy::kFixed;
  measure.threshold = found->second;
  if (!rule.judge || measure.score.status != Status::kOk) return;
  measure.ratio = measure.score.effect / measure.threshold;
  measure.alarm = measure.ratio >= 1;
  measure.calm = measure.ratio < rule.clear_ratio;
}

// The p that decides is the tolerance p: "larger than min_effect", not "different from zero" (decision 21).
void judge_psi(const FeatureView& view, const LevelRule& rule, Measure& measure) {
  if (measure.policy == Policy::kFixed || std::isnan(rule.log_alpha)) return;
  measure.policy = Policy::kLevel;
  measure.score.log_p = psi_tolerance_log_p(measure.score, view.feature->min_effect);
  if (!rule.judge || measure.score.status != Status::kOk) return;
  measure.ratio = measure.score.log_p / rule.log_alpha;
  measure.alarm = measure.score.log_p <= rule.log_alpha;
  measure.calm = measure.score.effect < view.feature->min_effect / 2;
}

Score wasserstein_of(const FeatureView& view) {
  const FeatureReference& reference = *view.feature->reference;
  const double spread = reference_spread(reference.q25, reference.q75, reference.standard_deviation);
  const CellEdges edges{reference.numeric.edges, std::min(reference.min, view.min), std::max(reference.max, view.max)};
  return wasserstein_on_cells(view.reference_fine, view.current_fine, edges, spread);
}

Measure make_measure(std::string_view method, Score score) {
  Measure measure;
  measure.method = interned_method(method);
  measure.score = score;
  return measure;
}

}  // namespace

std::vector<Measure> drift_measures(const FeatureView& view, const LevelRule& rule, double& log_p) {
  const FeatureReference& reference = *view.feature->reference;
  const Counts before = view.reference, now = view.current;
  const CellKind kind = reference.type == FeatureType::kNumeric ? CellKind::kOrdered : CellKind::kDictionary;
  std::vector<Measure> measures;
  measures.push_back(make_measure("psi", psi(before, now)));
  measures.push_back(make_measure("chi_square", chi_square(before, now, kind)));
  log_p = default_log_p(measures.back().score);
  if (is_quantile(reference)) {
    const Score chi = measures.back().score;
    measures.push_back(make_measure("ks", kolmogorov_smirnov_on_cells(view.reference_fine, view.current_fine).score));
    log_p = default_log_p(chi, measures.back().score);
  }
  measures.push_back(make_measure("jensen_shannon", jensen_shannon(before, now)));
  measures.push_back(make_measure("hellinger", hellinger(before, now)));
  measures.push_back(make_measure("total_variation", total_variation(before, now)));
  measures.push_back(make_measure("l_infinity", l_infinity(before, now).score));
  if (is_quantile(reference)) measures.push_back(make_measure("wasserstein", wasserstein_of(view)));
  for (Measure& measure : measures) judge_fixed(view, rule, measure);
  judge_psi(view, rule, measures.front());
  return measures;
}

namespace {

std::uint64_t count_of(const ClassCounts& classes, std::initializer_list<ValueClass> wanted) {
  std::uint64_t count = 0;
  for (const ValueClass value_class : wanted) count += classes[static_cast<std::size_t>(value_class)];
  return count;
}

Measure check(std::string_view name, Rate reference, Rate current, const LevelRule& rule) {
  Measure measure = make_measure(name, larger_share(reference, current));
  const auto share = [](Rate rate) { return rate.rows == 0 ? kNoNumber : static_cast<double>(rate.hits) / static_cast<double>(rate.rows); };
  measure.before = share(reference);
  measure.after = share(current);
  if (std::isnan(rule.log_alpha)) return measure;
  measure.policy = Policy::kLevel;
  measure.threshold = kQualityMinDifference;
  if (!rule.judge || measure.score.status != Status::kOk) return measure;
  const double significance = measure.score.log_p / rule.log_alpha;
  const double size = measure.score.effect / kQualityMinDifference;
  // Both are needed: the weaker of the two decides.
  measure.ratio = std::max(0.0, std::min(significance, size));
  measure.alarm = significance >= 1 && size >= 1;
  measure.calm = size < 0.5;
  return measure;
}

}  // namespace

std::vector<Measure> quality_measures(const FeatureView& view, const LevelRule& rule) {
  using enum ValueClass;
  const FeatureReference& reference = *view.feature->reference;
  const std::uint64_t reference_rows = total_rows(view.reference_classes), rows = total_rows(view.classes);
  const std::uint64_t reference_valid = count_of(view.reference_classes, {kValid}), valid = count_of(view.classes, {kValid});
  const auto rate_of = [&](std::initializer_list<ValueClass> classes, std::string_view name) {
    return check(name, {count_of(view.reference_classes, classes), reference_rows}, {count_of(view.classes, classes), rows}, rule);
  };
  std::vector<Measure> measures;
  measures.push_back(rate_of({kAbsent, kNull, kNan}, kMissing));
  measures.push_back(rate_of({kWrongType, kPositiveInfinity, kNegativeInfinity}, kTypeMismatch));
  if (reference.type == FeatureType::kNumeric) {
    measures.push_back(check(kOutOfRange, {0, reference_valid}, {view.below + view.above, valid}, rule));
  } else {
    // What was seen once in the reference is the share of new categories to expect (Good and Turing; algorithms F.2).
    const std::uint64_t expected = std::min(reference.categories.seen_once, reference_valid);
    measures.push_back(check(kUnseenCategory, {expected, reference_valid}, {view.current_fine.back(), valid}, rule));
  }
  return measures;
}

}  // namespace driftd
