// Drift between two frozen references, feature by feature: only what their cells prove. Pure; the references outlive the result.
// Cells are frozen from each reference's own rows, so those of two references mostly have other edges. Then the rows of B in A's cells
// are not known, and PSI is missing with that reason; the distribution functions are known at each side's own edges, which bounds the
// Kolmogorov-Smirnov distance from both sides. Cost O(cells) a feature.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/detector.h"
#include "detectors/reference/reference.h"

namespace driftd {

struct FeatureDiff {
  enum class Change : std::uint8_t { kNone, kOnlyInA, kOnlyInB, kType };
  std::string name;
  Change change = Change::kNone;
  const FeatureReference* a = nullptr;  // null where the side has no such feature
  const FeatureReference* b = nullptr;

  // Of features of both sides with one type; NaN where it is not known.
  double missing_a = kNoNumber, missing_b = kNoNumber;  // share of rows without a valid value
  double psi = kNoNumber;                               // of B in A's cells, less its bias: what the daemon calls the effect
  std::string_view psi_unknown;                         // why there is no psi; "" = there is
  double ks_low = kNoNumber, ks_high = kNoNumber;       // numeric: the distance lies between; equal where it is exact
  double total_variation_low = kNoNumber;               // categorical: at least this share of rows moved
  std::vector<std::string> appeared, vanished;          // categorical: in one side's dictionary, unknown to the other side

  // What it is ordered by: the share of rows that moved for certain. 1 where the feature or its type changed.
  double moved = 0;
};

// Most moved first, then by name.
std::vector<FeatureDiff> diff_references(const Reference& a, const Reference& b);

}  // namespace driftd
