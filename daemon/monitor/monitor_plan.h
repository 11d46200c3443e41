// What a monitor judges and by which rule, compiled once from configuration and reference. Fields in the order of PanePlan::fields.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/monitor/verdict.h"
#include "detectors/reference/reference.h"

namespace driftd {

struct SequentialPlan {
  std::string name;                      // of the registry
  std::map<std::string, double> params;  // River's names; absent = default
};

struct FeaturePlan {
  const FeatureReference* reference = nullptr;  // outlives the plan
  Kind kind = Kind::kDrift;                     // of its drift measures
  double min_effect = 0.1;
  std::uint32_t first_cell = 0;  // in CellCounts::cells
  // The reference's counts of each segment; nullptr: it has none, so the segment stays insufficient.
  std::vector<std::shared_ptr<const FeatureCounts>> segments;
  std::map<std::string, double> fixed;  // method -> threshold of the operator
  std::vector<SequentialPlan> sequential;
};

struct MonitorPlan {
  std::string name;  // of the monitor; its losses: NAME/performance
  const Reference* reference = nullptr;
  std::vector<FeaturePlan> features;
  std::vector<std::string> segments;         // "all", declared keys, "__other__"
  double log_alpha = kNoNumber;              // ln of the level of one test (decision 21); NaN: false_alarms is off
  std::optional<std::uint64_t> min_samples;  // nullopt: by type (algorithms 0.3)
  bool quality = true;
  std::optional<PerformanceRule> performance;  // of losses: how measures are taken from the rows
  double clear_ratio = 0.8;                    // fixed thresholds: calm below threshold * clear_ratio
};

inline constexpr double kQualityMinDifference = 0.02;    // decision 22
inline constexpr std::uint64_t kMinSamplesNumeric = 50;  // algorithms 0.3
inline constexpr std::uint64_t kMinSamplesPerCell = 5;

}  // namespace driftd
