// Charts as inline SVG that needs no style attribute and no script. Places are shares of the width, so that text and marks
// keep their size on any screen. Decoration only: the caller says the same in words or a table. Pure; any thread.
#pragma once

#include <span>
#include <string>

#include "daemon/page/html.h"
#include "daemon/status.h"

namespace driftd {

// One pair of bars: reference above, current below, both against `largest`.
Markup share_bars(double reference, double current, double largest);

// One bar against `largest`.
Markup single_bar(double value, double largest);

// A feature's cells, small: reference wide and pale, current narrow and dark before it.
Markup small_histogram(std::span<const CellStatus> cells);

// Ratios of the last windows, oldest first. The alarm line, 1, is at the same height in every chart: below it the scale is linear,
// above it logarithmic. NaN leaves a gap. A point over the line is a square.
Markup sparkline(std::span<const double> ratios);

// What the large chart says of each window, and where it leads; both as long as the ratios.
struct HistoryPoint {
  std::string reading;  // "30 Dec 2017: 11.5 times its alarm line, 1,322 rows"
  std::string link;     // "" = nowhere
  bool shown = false;   // the page is about this window
};
Markup history_chart(std::span<const double> ratios, std::span<const HistoryPoint> points);

}  // namespace driftd
