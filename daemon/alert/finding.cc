#include "daemon/alert/finding.h"

#include <algorithm>
#include <cmath>

namespace driftd {
namespace {

constexpr double kCriticalPsi = 0.25;
constexpr double kCriticalShareDifference = 0.25;
constexpr double kCriticalMeanShift = 0.5;  // standard deviations

bool is_judged(const Measure& measure) { return measure.score.status == Status::kOk; }

bool crossed(const Measure& measure) { return is_judged(measure) && measure.alarm && measure.policy != Policy::kNone; }

bool has_large_psi(const Finding& finding) {
  return std::ranges::any_of(finding.measures(), [](const Measure& measure) {
    return measure.method == "psi" && is_judged(measure) && measure.score.effect >= kCriticalPsi;
  });
}

bool is_large(const Finding& finding, const Measure& measure) {
  if (finding.kind == Kind::kQuality) return std::abs(measure.after - measure.before) >= kCriticalShareDifference;
  if (measure.policy == Policy::kSequential) return measure.score.effect >= kCriticalMeanShift;
  return has_large_psi(finding);
}

// Significant at the level of one test. Drift: the p-value of the feature, as the tolerance p holds the least effect already.
bool is_significant(const Finding& finding, const Measure& measure, double log_alpha) {
  return (finding.kind == Kind::kQuality ? measure.score.log_p : finding.verdict->log_p) <= log_alpha;
}

bool is_small(const Finding& finding, const Measure& measure, const AlertPlan& plan) {
  if (finding.kind == Kind::kQuality) return measure.after - measure.before < measure.threshold;
  return measure.score.effect < plan.features[finding.verdict->feature].min_effect;
}

}  // namespace

Sighting sight(const Finding& finding, Policy policy) {
  bool present = false;
  Sighting seen{.calm = true};
  for (const auto& measure : finding.measures()) {
    if (measure.policy != policy) continue;
    present = true;
    if (!is_judged(measure)) continue;
    seen.judged = true;
    seen.alarm = seen.alarm || measure.alarm;
    seen.calm = seen.calm && measure.calm;
  }
  if (!present) seen.judged = finding.verdict->status == Status::kOk;
  return seen;
}

const Measure* strongest_alarm(const Finding& finding) {
  const Measure* strongest = nullptr;
  for (const auto& measure : finding.measures()) {
    if (crossed(measure) && (strongest == nullptr || measure.ratio > strongest->ratio)) strongest = &measure;
  }
  return strongest;
}

const Measure* measure_of(const Finding& finding, Policy policy, std::string_view method) {
  const auto measures = finding.measures();
  const auto found =
      std::ranges::find_if(measures, [&](const Measure& measure) { return measure.policy == policy && measure.method == method; });
  return found == measures.end() ? nullptr : &*found;
}

bool is_critical(const Finding& finding, Severity configured) {
  if (configured != Severity::kAuto) return configured == Severity::kCritical;
  return std::ranges::any_of(finding.measures(), [&](const Measure& measure) { return crossed(measure) && is_large(finding, measure); });
}

Suppressed held_back(const Finding& finding, Policy policy, const AlertPlan& plan) {
  const double log_alpha = std::log(plan.alpha);
  bool judged = false, insufficient = false, small = false;
  for (const auto& measure : finding.measures()) {
    if (measure.policy != policy) continue;
    judged = judged || is_judged(measure);
    insufficient = insufficient || measure.score.status == Status::kInsufficient;
    small =
        small || (is_judged(measure) && !measure.alarm && is_significant(finding, measure, log_alpha) && is_small(finding, measure, plan));
  }
  if (small && policy == Policy::kLevel) return Suppressed::kMinEffect;
  return insufficient && !judged ? Suppressed::kInsufficient : Suppressed::kNone;
}

}  // namespace driftd
