#include "detectors/reference/reference.h"

#include <algorithm>

namespace driftd {

std::size_t FeatureReference::cell_count() const { return type == FeatureType::kNumeric ? numeric.size() : categories.size(); }

const FeatureReference* Reference::find(std::string_view name) const {
  const auto it = std::ranges::lower_bound(features, name, {}, [](const auto& feature) { return std::string_view(feature.name); });
  return it != features.end() && it->name == name ? &*it : nullptr;
}

}  // namespace driftd
