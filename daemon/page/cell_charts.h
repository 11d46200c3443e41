// The large charts of one feature, all on the same cells: shares, what each cell adds, cumulative shares. Each cell can be read
// by pointing at it or with the arrow keys (chart.js), and stands in the table beside them. Pure; any thread.
#pragma once

#include <span>

#include "daemon/page/cells.h"
#include "daemon/page/html.h"

namespace driftd {

enum class ShareScale : std::uint8_t { kLinear, kLog };

Markup share_chart(std::span<const CellBar> bars, ShareScale scale);
Markup contribution_chart(std::span<const CellBar> bars);
// Of cells in the order of their values; the largest gap is marked.
Markup cumulative_chart(std::span<const CellBar> bars);

}  // namespace driftd
