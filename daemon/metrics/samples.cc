#include "daemon/metrics/samples.h"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "daemon/metrics/catalogue.h"
#include "daemon/runtime/utf8.h"

namespace driftd {
namespace {

std::size_t label_count(const MetricSpec& spec) {
  return spec.labels.empty() ? 0 : 1 + static_cast<std::size_t>(std::ranges::count(spec.labels, ','));
}

}  // namespace

std::string label_text(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size();) {
    const auto byte = static_cast<unsigned char>(value[i]);
    const std::size_t length = utf8_length(value, i);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out.append(value, i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

Buckets make_buckets(const Timings& timings) {
  return {{kTimingSeconds.begin(), kTimingSeconds.end()}, {timings.counts.begin(), timings.counts.end()}, timings.sum_seconds};
}

SampleSet::SampleSet() : samples_(metric_catalogue().size()) {}

Sample& SampleSet::emplace(std::string_view metric, std::initializer_list<std::string_view> labels) {
  const auto place = find_metric(metric);
  assert(place);
  const MetricSpec& spec = metric_catalogue()[*place];
  assert(label_count(spec) == labels.size() || (!spec.traits.detail_label.empty() && label_count(spec) + 1 == labels.size()));
  Sample& sample = samples_[*place].emplace_back();
  sample.labels.reserve(labels.size());
  for (const std::string_view label : labels) sample.labels.push_back(label_text(label));
  return sample;
}

void SampleSet::add(std::string_view metric, std::initializer_list<std::string_view> labels, double value) {
  if (!std::isnan(value)) emplace(metric, labels).value = value;
}

void SampleSet::add(std::string_view metric, std::initializer_list<std::string_view> labels, std::uint64_t value, Exemplar exemplar) {
  Sample& sample = emplace(metric, labels);
  sample.value = static_cast<double>(value);
  sample.exemplar = std::move(exemplar);
}

void SampleSet::add(std::string_view metric, std::initializer_list<std::string_view> labels, Buckets buckets) {
  assert(buckets.counts.size() == buckets.upper.size() + 1);
  emplace(metric, labels).buckets = std::move(buckets);
}

}  // namespace driftd
