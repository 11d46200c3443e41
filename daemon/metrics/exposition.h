// Samples -> Prometheus text 0.0.4, under a cap on series. Thread: one, the server's.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/metrics/samples.h"

namespace driftd {

inline constexpr char kExpositionType[] = "text/plain; version=0.0.4; charset=utf-8";

// Series are given out in the catalogue's order, sorted by their label values within a metric, so equal samples give equal
// bytes. At the cap a series that was there at the last scrape stays and a new one is left out and counted; one that is gone
// makes room. Of two samples of one series the first counts.
// Cost: O(series log series) per scrape; it remembers the label values of what it gave out.
class Exposition {
 public:
  explicit Exposition(std::uint32_t max_series) : max_series_(max_series) {}
  std::string render(const SampleSet& samples);

 private:
  using Labels = std::vector<std::string>;
  using Chosen = std::vector<std::vector<const Sample*>>;  // by metric
  Chosen choose(const SampleSet& samples);
  SampleSet about_itself(const Chosen& chosen) const;

  std::uint32_t max_series_;
  std::vector<std::set<Labels>> shown_;  // by metric, at the last scrape
  std::map<std::size_t, std::uint64_t> dropped_;
};

}  // namespace driftd
