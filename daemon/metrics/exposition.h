// Samples -> Prometheus text 0.0.4 or OpenMetrics 1.0, under a cap on series. Thread: one, the server's.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/metrics/samples.h"

namespace driftd {

inline constexpr char kExpositionType[] = "text/plain; version=0.0.4; charset=utf-8";

enum class MetricsFormat : std::uint8_t { kText, kOpenMetrics };

// Series are given out in the catalogue's order, sorted by their label values within a metric, so equal samples give equal
// bytes. At the cap a series that was there at the last scrape stays and a new one is left out and counted; one that is gone
// makes room. Of two samples of one series the first counts. A series of a metric that expires goes, at either format, while nothing
// changed it for expire_after, and comes back with the next change.
// Cost: O(series log series) per scrape, about 2 us a series; it remembers a hash of the label values of what it gave out.
class Exposition {
 public:
  explicit Exposition(const MetricsConfig& config) : config_(config) {}
  void set(const MetricsConfig& config) { config_ = config; }  // from the next render on
  // now_us: of any clock that does not go back; for expiry only.
  std::string render(const SampleSet& samples, MetricsFormat format = MetricsFormat::kText, std::int64_t now_us = 0);
  // Whether the cap left series out that the scrape before did not leave out: a reason to say so, once.
  bool newly_capped() const { return capped_ && !was_capped_; }

 private:
  using Labels = std::vector<std::string>;
  using Chosen = std::vector<std::vector<const Sample*>>;  // by metric
  struct Seen {
    double amount = 0;  // of a histogram its count
    std::int64_t changed_us = 0;
  };
  Chosen candidates_of(const SampleSet& samples, std::int64_t now_us);
  void forget_idle(std::size_t metric, std::int64_t now_us, std::vector<const Sample*>& samples);
  Chosen choose(const Chosen& candidates);
  SampleSet about_itself(const Chosen& chosen) const;

  MetricsConfig config_;
  std::vector<std::vector<std::uint64_t>> shown_;  // by metric: hashes of the labels at the last scrape, ascending
  std::vector<std::map<Labels, Seen>> seen_;       // by metric, of those that expire
  std::map<std::size_t, std::uint64_t> dropped_;
  bool capped_ = false, was_capped_ = false;  // at the last scrape, and the one before
};

}  // namespace driftd
