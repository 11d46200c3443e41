// The plain sentence of an alert: which values moved, by how much, and why that matters, for somebody woken at night. Pure.
#pragma once

#include <string>

#include "daemon/alert/alert_life.h"

namespace driftd {

std::string alert_summary(const LifeChange& change, const WindowFinding& seen);

// The measure whose numbers a change shows; nullptr: the verdict has it no more.
const Measure* shown_measure(const LifeChange& change, const Finding& finding);
// Rows behind the change: of the measure, else the valid values of the feature.
std::uint64_t shown_rows(const LifeChange& change, const Finding& finding);

// The cells that add most to PSI, largest first, equals in cell order; at most `count`, none that adds nothing.
std::vector<const CellShare*> top_cells(const Verdict& verdict, std::size_t count);
struct Shares {
  double reference = 0, current = 0;
};
Shares shares_of(const Verdict& verdict, const CellShare& cell);  // among the valid values of each side

}  // namespace driftd
