// What the charts of a feature draw: its cells as shares of both sides, few enough to be seen, and what follows from them.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/status.h"

namespace driftd {

struct CellBar {
  std::string label;
  std::uint64_t reference_rows = 0, rows = 0;
  double reference = 0, current = 0;  // shares
  double contribution = 0;            // to PSI
  std::size_t merged = 1;             // cells that it stands for
};

// Every cell, in order.
std::vector<CellBar> cell_bars(std::span<const CellStatus> cells);

// At most `most` of them: those with the largest shares and contributions stay, in order; the rest are one bar at the end.
std::vector<CellBar> drawn_bars(std::vector<CellBar> bars, std::size_t most);

double total_contribution(std::span<const CellBar> bars);

// "amount ≤ 80" -> where a numeric cell ends, as text: "80"; "" for the last one and for those that are one value.
std::string upper_edge(const std::string& label);

// Shares up to the end of each cell, of cells in the order of their values: a numeric feature without its cell `other`.
struct CumulativeShares {
  std::vector<double> reference, current;
  std::size_t widest = 0;  // where they are farthest apart
  double gap = 0;          // there
};
CumulativeShares cumulative_shares(std::span<const CellBar> bars);

// Why all rows together changed: because segments grew and shrank, or because of what happened within them. Each cell's difference
// of shares is split exactly, and weighs as in PSI, so that both parts sum to the score.
struct MixChange {
  double mix = 0, within = 0;
};
// `segments`: of one feature, all that have rows. nullopt: they do not make up all rows, or not every one has a reference.
std::optional<MixChange> mix_change(const FeatureStatus& all, std::span<const FeatureStatus* const> segments);

}  // namespace driftd
