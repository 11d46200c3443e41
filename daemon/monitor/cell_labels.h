// Cells in real values, as a person reads them: "(80, 120]", "DE", "unseen: FR, IT".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "detectors/reference/reference.h"

namespace driftd {

// Labels of the coarse cells, in order: as many as coarse_counts of the feature.
std::vector<std::string> cell_labels(const FeatureReference& feature);
// The label of the `unseen` cell with the most frequent names that were kept.
std::string unseen_label(const std::map<std::string, std::uint64_t>& names);

}  // namespace driftd
