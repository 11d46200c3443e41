// Values of one scrape, by metric of the catalogue. Values only; any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/runtime/timings.h"

namespace driftd {

struct Buckets {
  std::vector<double> upper;          // bounds, ascending, without +Inf
  std::vector<std::uint64_t> counts;  // by bucket, not cumulative; one more than bounds
  double sum = 0;
};

Buckets make_buckets(const Timings& timings);

// What stands beside a counter in OpenMetrics: the last event it counted.
struct Exemplar {
  std::string alert_id;  // "": none
  double time_seconds = 0;
};

struct Sample {
  std::vector<std::string> labels;  // values, in the catalogue's order; of a metric's detail_label one more, or none
  double value = 0;
  Buckets buckets;  // of a histogram
  Exemplar exemplar;
};

class SampleSet {
 public:
  SampleSet();
  // The name and the number of labels must be the catalogue's: anything else is a bug and aborts. NaN adds nothing: a number
  // that does not exist is an absent series, never 0.
  void add(std::string_view metric, std::initializer_list<std::string_view> labels, double value);
  void add(std::string_view metric, std::initializer_list<std::string_view> labels, std::uint64_t value) {
    add(metric, labels, static_cast<double>(value));
  }
  void add(std::string_view metric, std::initializer_list<std::string_view> labels, std::uint64_t value, Exemplar exemplar);
  void add(std::string_view metric, std::initializer_list<std::string_view> labels, Buckets buckets);
  const std::vector<Sample>& of(std::size_t metric) const { return samples_[metric]; }  // by place in the catalogue

 private:
  Sample& emplace(std::string_view metric, std::initializer_list<std::string_view> labels);
  std::vector<std::vector<Sample>> samples_;
};

// A label value that is safe in any text: control bytes as \xNN, bytes that are not UTF-8 as U+FFFD.
std::string label_text(std::string_view value);

}  // namespace driftd
