// Judgements for the tests of the alert stage: monitor `fraud`, features amount (numeric), relp (categorical) and error
// (performance), segments all and country=DE, windows of five minutes from 2026-03-01T10:00:00Z.
#pragma once

#include "daemon/alert/alert_life.h"

namespace driftd::sample {

inline constexpr std::int64_t kMinute = 60'000'000;
inline constexpr std::int64_t kStart = 1'772'359'200'000'000;  // 2026-03-01T10:00:00Z
inline constexpr std::int64_t kWindow = 5 * kMinute;

inline AlertPlan plan() {
  AlertPlan plan;
  plan.monitor = plan.window_subject = "fraud";
  plan.alpha = 0.0001;
  plan.reference_id = "a1b2c3d4e5f6";
  plan.reference_rows = 300'000;
  plan.reference_created_us = kStart - 18 * 24 * 60 * kMinute;
  plan.config_hash = "a41c09be7733";
  plan.version = "0.1.0";
  plan.features = {{"amount", true, Kind::kDrift, 0.1}, {"relp", false, Kind::kDrift, 0.1}, {"error", true, Kind::kPerformance, 0.02}};
  plan.segments = {"all", "country=DE"};
  return plan;
}

// A measure that neither crossed nor is calm.
inline Measure measure(std::string_view method, Policy policy, double effect = 0.08) {
  Measure measure;
  measure.method = method;
  measure.policy = policy;
  measure.score.status = Status::kOk;
  measure.score.statistic = measure.score.effect = effect;
  measure.score.n = 300'000;
  measure.score.m = 8412;
  measure.ratio = 0.9;
  return measure;
}

inline Measure crossed(std::string_view method, Policy policy, double effect) {
  Measure crossed = measure(method, policy, effect);
  crossed.alarm = true;
  crossed.ratio = 1.5;
  return crossed;
}

inline Measure quality(std::string_view method, double before, double after) {
  Measure check = crossed(method, Policy::kLevel, after - before);
  check.threshold = 0.02;
  check.before = before;
  check.after = after;
  return check;
}

inline Verdict verdict(std::uint32_t feature = 0, std::uint32_t segment = 0) {
  Verdict verdict;
  verdict.feature = feature;
  verdict.segment = segment;
  verdict.status = Status::kOk;
  verdict.rows = 8412;
  verdict.reference_rows = 299'700;
  verdict.reference_classes = {299'700, 100, 200, 0, 0, 0, 0};
  verdict.classes = {8412, 0, 0, 0, 0, 0, 0};
  return verdict;
}

// A window with these verdicts, the `index`th.
inline Judgement window(std::vector<Verdict> verdicts, int index = 0) {
  Judgement judgement;
  judgement.start_us = kStart + index * kWindow;
  judgement.end_us = judgement.start_us + kWindow;
  judgement.segment_rows = {8412, 2000};
  judgement.offsets = {{{"fraud.predictions", 0}, 118'200, 126'611}};
  judgement.verdicts = std::move(verdicts);
  return judgement;
}

// 'A' crossed, '!' crossed with a critical effect, 'c' calm, '.' between the lines, 'i' too few rows.
inline Measure seen(char letter, std::string_view method, Policy policy) {
  Measure seen = measure(method, policy);
  seen.alarm = letter == 'A' || letter == '!';
  seen.calm = letter == 'c';
  seen.ratio = seen.alarm ? 1.5 : 0.5;
  seen.score.effect = letter == '!' ? 0.6 : seen.score.effect;
  if (letter == 'i') seen.score.status = Status::kInsufficient;
  return seen;
}

}  // namespace driftd::sample
