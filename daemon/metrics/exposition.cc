#include "daemon/metrics/exposition.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>
#include <utility>

#include "daemon/metrics/catalogue.h"
#include "daemon/metrics/open_metrics.h"
#include "daemon/runtime/split.h"

namespace driftd {
namespace {

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
  auto names = split(spec.labels, ',');
  names.emplace_back(spec.traits.detail_label);
  prometheus::MetricFamily family{std::string(spec.name), std::string(spec.help), type_of(spec.type), {}};
  family.metric.reserve(samples.size());
  for (const Sample* sample : samples) {
    auto& metric = family.metric.emplace_back();
    for (std::size_t i = 0; i < sample->labels.size(); ++i) metric.label.push_back({std::string(names[i]), sample->labels[i]});
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

std::uint64_t hash_of(const std::vector<std::string>& labels) {
  std::uint64_t hash = 0;
  for (const std::string& label : labels) hash = XXH3_64bits_withSeed(label.data(), label.size(), hash);
  return hash;
}

std::string serialise(const std::vector<prometheus::MetricFamily>& families) { return prometheus::TextSerializer().Serialize(families); }

}  // namespace

Exposition::Chosen Exposition::candidates_of(const SampleSet& samples, std::int64_t now_us) {
  const std::size_t metrics = metric_catalogue().size();
  shown_.resize(metrics);
  seen_.resize(metrics);
  Chosen candidates(metrics);
  for (std::size_t metric = 0; metric < metrics; ++metric) {
    candidates[metric] = sorted(samples.of(metric));
    if (metric_catalogue()[metric].traits.expires) forget_idle(metric, now_us, candidates[metric]);
  }
  return candidates;
}

void Exposition::forget_idle(std::size_t metric, std::int64_t now_us, std::vector<const Sample*>& samples) {
  const std::int64_t limit_us = std::chrono::duration_cast<std::chrono::microseconds>(config_.expire_after).count();
  std::map<Labels, Seen> now;
  std::erase_if(samples, [&](const Sample* sample) {
    const auto& counts = sample->buckets.counts;
    const double amount = counts.empty() ? sample->value : static_cast<double>(std::accumulate(counts.begin(), counts.end(), 0ULL));
    Seen seen{amount, now_us};
    const auto before = seen_[metric].find(sample->labels);
    if (before != seen_[metric].end() && before->second.amount == amount) seen = before->second;
    now.emplace_hint(now.end(), sample->labels, seen);
    return now_us - seen.changed_us > limit_us;
  });
  seen_[metric] = std::move(now);
}

Exposition::Chosen Exposition::choose(const Chosen& candidates) {
  Chosen chosen(candidates.size());
  std::vector<std::vector<std::uint64_t>> hashes(candidates.size());
  const auto stays = [&](std::size_t metric, std::size_t i) { return std::ranges::binary_search(shown_[metric], hashes[metric][i]); };
  std::size_t used = 0;
  for (std::size_t metric = 0; metric < candidates.size(); ++metric) {
    for (std::size_t i = 0; i < candidates[metric].size(); ++i) {
      hashes[metric].push_back(hash_of(candidates[metric][i]->labels));
      used += stays(metric, i) ? series_of(*candidates[metric][i]) : 0;
    }
  }
  was_capped_ = std::exchange(capped_, false);
  for (std::size_t metric = 0; metric < candidates.size(); ++metric) {
    std::vector<std::uint64_t> now;
    for (std::size_t i = 0; i < candidates[metric].size(); ++i) {
      const Sample* sample = candidates[metric][i];
      const bool stayed = stays(metric, i);
      if (!stayed && used >= config_.max_series) {
        dropped_[metric] += series_of(*sample);
        capped_ = true;
        continue;
      }
      used += stayed ? 0 : series_of(*sample);
      chosen[metric].push_back(sample);
      now.push_back(hashes[metric][i]);
    }
    std::ranges::sort(now);
    shown_[metric] = std::move(now);
  }
  return chosen;
}

SampleSet Exposition::about_itself(const Chosen& chosen) const {
  SampleSet out;
  for (std::size_t metric = 0; metric < chosen.size(); ++metric) {
    const MetricSpec& spec = metric_catalogue()[metric];
    std::uint64_t series = 0;
    for (const Sample* sample : chosen[metric]) series += series_of(*sample);
    if (series > 0) out.add("driftd_metric_series", {spec.name}, series);
    const auto dropped = dropped_.find(metric);
    if (dropped != dropped_.end() || !spec.labels.empty()) {
      out.add("driftd_metric_series_dropped_total", {spec.name}, dropped == dropped_.end() ? std::uint64_t{0} : dropped->second);
    }
  }
  return out;
}

std::string Exposition::render(const SampleSet& samples, MetricsFormat format, std::int64_t now_us) {
  Chosen chosen = choose(candidates_of(samples, now_us));
  const SampleSet itself = about_itself(chosen);
  std::vector<prometheus::MetricFamily> families;
  std::string text;
  for (std::size_t metric = 0; metric < chosen.size(); ++metric) {
    if (!itself.of(metric).empty()) chosen[metric] = sorted(itself.of(metric));
    if (chosen[metric].empty()) continue;
    const MetricSpec& spec = metric_catalogue()[metric];
    if (format == MetricsFormat::kText) {
      families.push_back(to_family(spec, chosen[metric]));
    } else {
      append_open_metrics(spec, chosen[metric], config_.exemplars, text);
    }
  }
  return format == MetricsFormat::kText ? serialise(families) : text.append(kOpenMetricsEnd);
}

}  // namespace driftd
