#include "daemon/monitor/judge.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "daemon/monitor/cell_labels.h"
#include "daemon/monitor/measures.h"
#include "detectors/two_sample/psi.h"

namespace driftd {

MonitorJudge::MonitorJudge(const MonitorPlan& plan) : plan_(plan) {
  for (std::uint32_t feature = 0; feature < plan_.features.size(); ++feature) add_listeners(feature);
  std::stable_sort(listeners_.begin(), listeners_.end(),
                   [](const Listener& a, const Listener& b) { return std::pair(a.segment, a.feature) < std::pair(b.segment, b.feature); });
}

// ADWIN's bound assumes [0, 1]: the reference's q.001 and q.999 are the scale. Page-Hinkley's threshold is in standard deviations
// of the reference. DDM takes 0/1 errors as they are (decision 23).
void MonitorJudge::add_listeners(std::uint32_t feature) {
  const FeatureReference& reference = *plan_.features[feature].reference;
  for (const SequentialPlan& wanted : plan_.features[feature].sequential) {
    Listener listener{0, feature, 0, 1, false, *make_sequential(wanted.name, wanted.params)};
    if (wanted.name == Adwin::kSpec.name && !reference.zero_one) {
      listener.offset = reference.q001;
      listener.scale = reference.q999 - reference.q001;
      listener.clamp = true;
    } else if (wanted.name == PageHinkley::kSpec.name) {
      listener.offset = reference.mean;
      listener.scale = reference.standard_deviation;
    }
    if (!(listener.scale > 0)) continue;  // a constant reference has no scale to measure a change by
    for (listener.segment = 0; listener.segment < plan_.segments.size(); ++listener.segment) listeners_.push_back(listener);
  }
}

Measure MonitorJudge::listen(Listener& listener, const Window& window) {
  Measure measure;
  measure.method = spec_of(listener.detector).name;
  measure.policy = Policy::kSequential;
  measure.score.status = Status::kOk;
  double sum = 0;
  const auto raw = [&](double value) { return value * listener.scale + listener.offset; };
  for (const SequentialValue& value : window.values[listener.feature]) {
    if (listener.segment != 0 && value.segment != listener.segment) continue;
    double x = (value.value - listener.offset) / listener.scale;
    if (listener.clamp) x = std::clamp(x, 0.0, 1.0);
    sum += value.value;
    const double before = estimation(listener.detector);
    ++measure.score.m;
    if (update(listener.detector, x) != DriftState::kDrift) continue;
    ++measure.detections;
    measure.before = raw(before);
    if (const auto* adwin = std::get_if<Adwin>(&listener.detector); adwin != nullptr && adwin->last_cut()) {
      measure.before = raw(adwin->last_cut()->mean_before);
      measure.after = raw(adwin->last_cut()->mean_after);
    }
  }
  // Page-Hinkley and DDM know the mean so far; where it went, the values of this window say.
  if (measure.detections > 0 && std::isnan(measure.after)) measure.after = sum / static_cast<double>(measure.score.m);
  measure.score.statistic = raw(estimation(listener.detector));
  measure.score.n = width(listener.detector);
  measure.alarm = measure.detections > 0;
  measure.calm = !measure.alarm;
  measure.ratio = measure.alarm ? 1 : 0;
  const double deviation = plan_.features[listener.feature].reference->standard_deviation;
  if (measure.alarm && deviation > 0) measure.score.effect = std::abs(measure.after - measure.before) / deviation;
  return measure;
}

namespace {

ClassCounts classes_of(const CellCounts<std::uint64_t>& counts, std::size_t feature) {
  ClassCounts classes;
  for (std::size_t c = 0; c < kValueClasses; ++c) classes[c] = counts.of_class(feature, static_cast<ValueClass>(c));
  return classes;
}

FeatureView make_view(const FeaturePlan& feature, const FeatureCounts& reference, const CellCounts<std::uint64_t>& counts,
                      std::size_t index) {
  FeatureView view;
  view.feature = &feature;
  view.reference_fine = reference.cells;
  view.current_fine = std::span(counts.cells).subspan(feature.first_cell, feature.reference->cell_count());
  view.reference = coarse_cells(*feature.reference, view.reference_fine);
  view.current = coarse_cells(*feature.reference, view.current_fine);
  view.reference_classes = reference.classes;
  view.classes = classes_of(counts, index);
  view.below = counts.below[index];
  view.above = counts.above[index];
  view.min = counts.min[index];
  view.max = counts.max[index];
  return view;
}

// Shares of the coarse cells and what each adds to PSI; cells empty on both sides are left out.
std::vector<CellShare> cell_shares(const FeatureView& view, const UnseenNames& unseen) {
  const FeatureReference& reference = *view.feature->reference;
  std::vector<std::string> labels = cell_labels(reference);
  if (reference.type == FeatureType::kCategorical) labels.back() = unseen_label(unseen);
  const std::vector<double> contributions = psi_contributions(view.reference, view.current);
  std::vector<CellShare> shares;
  for (std::size_t c = 0; c < labels.size(); ++c) {
    if (view.reference[c] + view.current[c] == 0) continue;
    shares.push_back({std::move(labels[c]), view.reference[c], view.current[c], contributions[c]});
  }
  return shares;
}

// Too few rows for any verdict: min_samples where it is set, else by type (algorithms 0.3).
bool has_enough(const MonitorPlan& plan, std::uint64_t rows) { return rows >= plan.min_samples.value_or(kMinSamplesNumeric); }

void fill_rates(const FeatureView& view, Verdict& verdict) {
  const double valid = static_cast<double>(verdict.rows);
  if (verdict.rows == 0) return;
  if (view.feature->reference->type == FeatureType::kNumeric) {
    verdict.out_of_range_ratio = static_cast<double>(view.below + view.above) / valid;
  } else {
    verdict.unseen_ratio = static_cast<double>(view.current_fine.back()) / valid;
  }
}

Verdict judge_feature(const MonitorPlan& plan, const Window& window, std::uint32_t segment, std::uint32_t index) {
  const FeaturePlan& feature = plan.features[index];
  const CellCounts<std::uint64_t>& counts = window.segments[segment];
  Verdict verdict;
  verdict.feature = index;
  verdict.segment = segment;
  verdict.classes = classes_of(counts, index);
  verdict.rows = verdict.classes[static_cast<std::size_t>(ValueClass::kValid)];
  if (feature.segments[segment] == nullptr) return verdict;  // the reference knows nothing of this segment
  const FeatureView view = make_view(feature, *feature.segments[segment], counts, index);
  verdict.reference_classes = view.reference_classes;
  verdict.reference_rows = view.reference_classes[static_cast<std::size_t>(ValueClass::kValid)];
  fill_rates(view, verdict);
  const LevelRule rule{plan.log_alpha, plan.clear_ratio, has_enough(plan, verdict.rows)};
  verdict.drift = drift_measures(view, rule, verdict.log_p);
  verdict.status = rule.judge ? verdict.drift.front().score.status : Status::kInsufficient;
  if (plan.quality && feature.kind != Kind::kPerformance) {
    const LevelRule by_rows{plan.log_alpha, plan.clear_ratio, has_enough(plan, counts.rows)};
    verdict.quality = quality_measures(view, by_rows);
  }
  verdict.cells = cell_shares(view, window.unseen[index]);
  return verdict;
}

}  // namespace

Judgement MonitorJudge::judge(const Window& window) {
  Judgement judgement;
  judgement.monitor = window.monitor;
  judgement.start_us = window.start_us;
  judgement.end_us = window.end_us;
  judgement.complete = window.complete;
  judgement.offsets = window.offsets;
  for (std::uint32_t segment = 0; segment < window.segments.size(); ++segment) {
    judgement.segment_rows.push_back(window.segments[segment].rows);
    for (std::uint32_t feature = 0; feature < plan_.features.size(); ++feature) {
      judgement.verdicts.push_back(judge_feature(plan_, window, segment, feature));
    }
  }
  if (plan_.performance) {
    for (const JoinCounts& counts : window.joined) {
      const auto& performance = counts.performance;
      judgement.performance.push_back({counts.predicted, performance.labelled, performance_values(*plan_.performance, performance)});
    }
  }
  for (Listener& listener : listeners_) {
    Verdict& verdict = judgement.verdicts[listener.segment * plan_.features.size() + listener.feature];
    verdict.drift.push_back(listen(listener, window));
  }
  return judgement;
}

void MonitorJudge::save(ByteWriter& out) const {
  out.varint(listeners_.size());
  for (const Listener& listener : listeners_) {
    std::string state;
    driftd::save(listener.detector, state);
    out.string(state);
  }
}

bool MonitorJudge::load(ByteReader& in) {
  if (in.count(1) != listeners_.size()) return false;
  for (Listener& listener : listeners_) {
    std::string_view state = in.string();
    if (!in.ok() || !driftd::load(listener.detector, state) || !state.empty()) return false;
  }
  return true;
}

std::vector<std::size_t> MonitorJudge::read_sizes(ByteReader& in) {
  std::vector<std::size_t> sizes;
  for (std::size_t left = in.count(1); left > 0 && in.ok(); --left) sizes.push_back(in.string().size());
  return sizes;
}

}  // namespace driftd
