#include "daemon/metrics/exposition.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "daemon/metrics/catalogue.h"

namespace driftd {
namespace {

std::vector<std::string> split_names(std::string_view names) {
  std::vector<std::string> out;
  while (!names.empty()) {
    const std::size_t comma = names.find(',');
    out.emplace_back(names.substr(0, comma));
    names = comma == std::string_view::npos ? std::string_view{} : names.substr(comma + 1);
  }
  return out;
}

prometheus::MetricType type_of(MetricType type) {
  switch (type) {
    case MetricType::kCounter: return prometheus::MetricType::Counter;
    case MetricType::kGauge: return prometheus::MetricType::Gauge;
    case MetricType::kHistogram: return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric::Histogram to_histogram(const Buckets& buckets) {
  prometheus::ClientMetric::Histogram histogram;
  for (std::size_t i = 0; i < buckets.counts.size(); ++i) {
    histogram.sample_count += buckets.counts[i];
    const double bound = i < buckets.upper.size() ? buckets.upper[i] : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  histogram.sample_sum = buckets.sum;
  return histogram;
}

// Series on the wire: a histogram has one a bucket, its sum and its count.
std::size_t series_of(const Sample& sample) { return sample.buckets.counts.empty() ? 1 : sample.buckets.counts.size() + 2; }

prometheus::MetricFamily to_family(const MetricSpec& spec, const std::vector<const Sample*>& samples) {
  const auto names = split_names(spec.labels);
  prometheus::MetricFamily family{std::string(spec.name), std::string(spec.help), type_of(spec.type), {}};
  family.metric.reserve(samples.size());
  for (const Sample* sample : samples) {
    auto& metric = family.metric.emplace_back();
    for (std::size_t i = 0; i < names.size(); ++i) metric.label.push_back({names[i], sample->labels[i]});
    switch (spec.type) {
      case MetricType::kCounter: metric.counter.value = sample->value; break;
      case MetricType::kGauge: metric.gauge.value = sample->value; break;
      case MetricType::kHistogram: metric.histogram = to_histogram(sample->buckets); break;
    }
  }
  return family;
}

// By labels, the first of equal ones only.
std::vector<const Sample*> sorted(const std::vector<Sample>& samples) {
  std::vector<const Sample*> out;
  out.reserve(samples.size());
  for (const Sample& sample : samples) out.push_back(&sample);
  std::ranges::stable_sort(out, {}, &Sample::labels);
  const auto repeated = std::ranges::unique(out, {}, &Sample::labels);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

std::string serialise(const std::vector<prometheus::MetricFamily>& families) { return prometheus::TextSerializer().Serialize(families); }

}  // namespace

Exposition::Chosen Exposition::choose(const SampleSet& samples) {
  const std::size_t metrics = metric_catalogue().size();
  shown_.resize(metrics);
  Chosen candidates(metrics), chosen(metrics);
  std::size_t used = 0;
  for (std::size_t metric = 0; metric < metrics; ++metric) {
    candidates[metric] = sorted(samples.of(metric));
    const auto stays = [&](const Sample* sample) { return shown_[metric].contains(sample->labels); };
    for (const Sample* sample : candidates[metric]) used += stays(sample) ? series_of(*sample) : 0;
  }
  for (std::size_t metric = 0; metric < metrics; ++metric) {
    std::set<Labels> now;
    for (const Sample* sample : candidates[metric]) {
      const bool stays = shown_[metric].contains(sample->labels);
      if (!stays && used >= max_series_) {
        ++dropped_[metric];
        continue;
      }
      used += stays ? 0 : series_of(*sample);
      chosen[metric].push_back(sample);
      now.insert(now.end(), sample->labels);
    }
    shown_[metric] = std::move(now);
  }
  return chosen;
}

SampleSet Exposition::about_itself(const Chosen& chosen) const {
  SampleSet out;
  for (std::size_t metric = 0; metric < chosen.size(); ++metric) {
    const MetricSpec& spec = metric_catalogue()[metric];
    if (!chosen[metric].empty()) out.add("driftd_metric_series", {spec.name}, static_cast<std::uint64_t>(chosen[metric].size()));
    const auto dropped = dropped_.find(metric);
    if (dropped != dropped_.end() || !spec.labels.empty()) {
      out.add("driftd_metric_series_dropped_total", {spec.name}, dropped == dropped_.end() ? std::uint64_t{0} : dropped->second);
    }
  }
  return out;
}

std::string Exposition::render(const SampleSet& samples) {
  Chosen chosen = choose(samples);
  const SampleSet itself = about_itself(chosen);
  std::vector<prometheus::MetricFamily> families;
  for (std::size_t metric = 0; metric < chosen.size(); ++metric) {
    if (!itself.of(metric).empty()) chosen[metric] = sorted(itself.of(metric));
    if (!chosen[metric].empty()) families.push_back(to_family(metric_catalogue()[metric], chosen[metric]));
  }
  return serialise(families);
}

}  // namespace driftd
