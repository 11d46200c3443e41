#include "daemon/page/cells.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace driftd {
namespace {

std::uint64_t sum(std::span<const CellStatus> cells, std::uint64_t CellStatus::* side) {
  return std::accumulate(cells.begin(), cells.end(), std::uint64_t{0},
                         [&](std::uint64_t total, const CellStatus& cell) { return total + cell.*side; });
}

double share(std::uint64_t part, std::uint64_t whole) { return whole == 0 ? 0 : share_of(part, whole); }

void merge(const CellBar& bar, CellBar& into) {
  into.reference_rows += bar.reference_rows;
  into.rows += bar.rows;
  into.reference += bar.reference;
  into.current += bar.current;
  into.contribution += bar.contribution;
  into.merged += bar.merged;
}

// How many rows of each side a segment has in a cell, by the cell's label.
using ByLabel = std::map<std::string, const CellStatus*>;

ByLabel by_label(const FeatureStatus& feature) {
  ByLabel out;
  for (const CellStatus& cell : feature.cells) out.emplace(cell.label, &cell);
  return out;
}

// All rows are in some segment, and each segment knows its own past.
bool make_up_all(const FeatureStatus& all, std::span<const FeatureStatus* const> segments) {
  std::uint64_t rows = 0, reference_rows = 0;
  for (const FeatureStatus* segment : segments) {
    if (segment->reference_rows == 0 && segment->rows > 0) return false;
    rows += segment->rows;
    reference_rows += segment->reference_rows;
  }
  return segments.size() > 1 && rows == all.rows && reference_rows == all.reference_rows && rows > 0;
}

}  // namespace

std::vector<CellBar> cell_bars(std::span<const CellStatus> cells) {
  const std::uint64_t reference_rows = sum(cells, &CellStatus::reference), rows = sum(cells, &CellStatus::current);
  std::vector<CellBar> out;
  for (const CellStatus& cell : cells) {
    out.push_back(
        {cell.label, cell.reference, cell.current, share(cell.reference, reference_rows), share(cell.current, rows), cell.contribution});
  }
  return out;
}

std::vector<CellBar> drawn_bars(std::vector<CellBar> bars, std::size_t most) {
  if (bars.size() <= most || most < 2) return bars;
  std::vector<std::size_t> order(bars.size());
  std::iota(order.begin(), order.end(), 0);
  double largest = 0;
  for (const CellBar& bar : bars) largest = std::max(largest, bar.contribution);
  const auto weight = [&](std::size_t i) {
    const double adds = largest > 0 ? bars[i].contribution / largest : 0;
    return std::max({bars[i].reference, bars[i].current, adds});
  };
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return -weight(i); });
  std::vector<bool> stays(bars.size(), false);
  for (std::size_t i = 0; i + 1 < most; ++i) stays[order[i]] = true;
  std::vector<CellBar> out;
  CellBar rest;
  rest.merged = 0;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (stays[i]) {
      out.push_back(std::move(bars[i]));
    } else {
      merge(bars[i], rest);
    }
  }
  rest.label = std::to_string(rest.merged) + " more";
  out.push_back(std::move(rest));
  return out;
}

double total_contribution(std::span<const CellBar> bars) {
  return std::accumulate(bars.begin(), bars.end(), 0.0, [](double total, const CellBar& bar) { return total + bar.contribution; });
}

std::string upper_edge(const std::string& label) {
  constexpr std::string_view kUpTo = "\xe2\x89\xa4 ";  // less or equal
  if (label.starts_with(kUpTo)) return label.substr(kUpTo.size());
  const std::size_t comma = label.find(", ");
  if (!label.starts_with('(') || !label.ends_with(']') || comma == std::string::npos) return {};
  return label.substr(comma + 2, label.size() - comma - 3);
}

CumulativeShares cumulative_shares(std::span<const CellBar> bars) {
  CumulativeShares out;
  double reference = 0, current = 0;
  for (const CellBar& bar : bars) {
    out.reference.push_back(reference += bar.reference);
    out.current.push_back(current += bar.current);
    if (const double gap = std::abs(current - reference); gap > out.gap) {
      out.gap = gap;
      out.widest = out.reference.size() - 1;
    }
  }
  return out;
}

std::optional<MixChange> mix_change(const FeatureStatus& all, std::span<const FeatureStatus* const> segments) {
  if (!make_up_all(all, segments)) return std::nullopt;
  std::vector<ByLabel> cells;
  for (const FeatureStatus* segment : segments) cells.push_back(by_label(*segment));
  MixChange change;
  for (const CellBar& bar : cell_bars(all.cells)) {
    const double difference = bar.current - bar.reference;
    if (difference == 0) continue;
    double expected = 0;  // the share if every segment had stayed as it was
    for (std::size_t s = 0; s < segments.size(); ++s) {
      const auto cell = cells[s].find(bar.label);
      if (cell == cells[s].end() || segments[s]->reference_rows == 0) continue;
      expected += share(segments[s]->rows, all.rows) * share(cell->second->reference, segments[s]->reference_rows);
    }
    const double weight = bar.contribution / difference;  // ln(q/p), smoothed as the score has it
    change.mix += (expected - bar.reference) * weight;
    change.within += (bar.current - expected) * weight;
  }
  return change;
}

}  // namespace driftd
