#include "detectors/reference/cells.h"

#include <algorithm>

namespace driftd {

std::uint32_t NumericCells::cell(double x) const {
  const auto it = std::lower_bound(edges.begin(), edges.end(), x);
  if (discrete && (it == edges.end() || *it != x)) return static_cast<std::uint32_t>(edges.size());
  return static_cast<std::uint32_t>(it - edges.begin());
}

}  // namespace driftd
