// Cells in real values, as a person reads them: "(80, 120]", "DE", "unseen: FR, IT".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/window/window.h"
#include "detectors/reference/reference.h"

namespace driftd {

// Fine counts as coarse ones: sums for numbers, the same for categories.
std::vector<std::uint64_t> coarse_cells(const FeatureReference& feature, std::span<const std::uint64_t> fine);
// Labels of the coarse cells, in order: as many as coarse_cells.
std::vector<std::string> cell_labels(const FeatureReference& feature);
// The label of the `unseen` cell with the most frequent names that were kept.
std::string unseen_label(const UnseenNames& names);

}  // namespace driftd
