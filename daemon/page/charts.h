// Charts as inline SVG that needs no style attribute and no script. Places are shares of the width, so that text and marks
// keep their size on any screen. Decoration only: the caller says the same in words or a table. Pure; any thread.
#pragma once

#include <span>

#include "daemon/page/html.h"
#include "daemon/status.h"

namespace driftd {

// One pair of bars: reference above, current below, both against `largest`.
Markup share_bars(double reference, double current, double largest);

// One bar against `largest`.
Markup single_bar(double value, double largest);

// A feature's cells side by side, small: reference left, current right in each.
Markup small_histogram(std::span<const CellStatus> cells);

// Ratios of the last windows, oldest first, with the alarm line at 1. NaN leaves a gap. A point over the line is a square.
Markup history_chart(std::span<const double> ratios);
Markup sparkline(std::span<const double> ratios);

}  // namespace driftd
