#include "detectors/two_sample/chi_square.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "detectors/special_functions.h"

namespace driftd {
namespace {

constexpr double kLeastExpected = 5;
constexpr double kUnseenShare = 0.05;

struct Cell {
  std::uint64_t reference = 0, current = 0;

  std::uint64_t pooled() const { return reference + current; }
  void join(const Cell& other) {
    reference += other.reference;
    current += other.current;
  }
};

std::vector<Cell> cells_of(Counts reference, Counts current) {
  std::vector<Cell> cells;
  cells.reserve(reference.size());
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] + current[i] > 0) cells.push_back({reference[i], current[i]});
  }
  return cells;
}

// Whether min(n, m) * pooled share reaches 5.
bool large_enough(std::uint64_t pooled, const CellTotals& totals) {
  return static_cast<double>(totals.smaller()) * static_cast<double>(pooled) >= kLeastExpected * static_cast<double>(totals.n + totals.m);
}

// Two cells: the split into left and right whose smaller side holds most.
std::vector<Cell> best_split(const std::vector<Cell>& cells, const CellTotals& totals) {
  Cell left, best_left;
  std::uint64_t best = 0;
  for (const Cell& cell : cells) {
    left.join(cell);
    const std::uint64_t smaller = std::min(left.pooled(), totals.n + totals.m - left.pooled());
    if (smaller > best) {
      best = smaller;
      best_left = left;
    }
  }
  return {best_left, {totals.n - best_left.reference, totals.m - best_left.current}};
}

std::vector<Cell> merge_ordered(const std::vector<Cell>& cells, const CellTotals& totals) {
  if (cells.size() < 3) return cells;
  std::vector<Cell> merged;
  Cell open;
  for (const Cell& cell : cells) {
    open.join(cell);
    if (!large_enough(open.pooled(), totals)) continue;
    merged.push_back(open);
    open = {};
  }
  if (merged.size() < 2 && cells.size() > 1) return best_split(cells, totals);
  merged.back().join(open);
  return merged;
}

// Joins the smallest cell with the next smallest until all are large enough or two are left. Ties go by dictionary order: the sort is
// stable, and a merged cell goes behind the cells of its size.
std::vector<Cell> merge_dictionary(std::vector<Cell> cells, const CellTotals& totals, bool keep_last) {
  Cell kept;
  if (keep_last) {
    kept = cells.back();
    cells.pop_back();
  }
  const auto smaller = [](const Cell& a, const Cell& b) { return a.pooled() < b.pooled(); };
  std::ranges::stable_sort(cells, smaller);
  const std::size_t least_cells = keep_last ? 1 : 2;
  const bool kept_is_small = keep_last && !large_enough(kept.pooled(), totals);
  std::size_t first = 0;
  while (cells.size() - first > least_cells && (kept_is_small || !large_enough(cells[first].pooled(), totals))) {
    cells[first + 1].join(cells[first]);
    ++first;
    const Cell joined = cells[first];
    std::size_t at = first;
    for (; at + 1 < cells.size() && !smaller(joined, cells[at + 1]); ++at) cells[at] = cells[at + 1];
    cells[at] = joined;
  }
  cells.erase(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(first));
  if (keep_last) cells.push_back(kept);
  return cells;
}

// c_nm * sum (p - q)^2 / pooled share: chi-square over both rows.
double chi_square_of(const std::vector<Cell>& cells, const CellTotals& totals) {
  const double n = static_cast<double>(totals.n), m = static_cast<double>(totals.m);
  double sum = 0;
  for (const Cell& cell : cells) {
    const double apart = difference_of_products(static_cast<double>(cell.reference), m, static_cast<double>(cell.current), n);
    sum += apart * apart / static_cast<double>(cell.pooled());
  }
  return sum / (n * m);
}

TwoByTwo table_of(const Cell& left, const Cell& right) { return {left.reference, right.reference, left.current, right.current}; }

Score score_of(double statistic, std::size_t cells, const CellTotals& totals) {
  Score score{.status = Status::kOk, .statistic = statistic, .n = totals.n, .m = totals.m, .cells_used = static_cast<std::uint32_t>(cells)};
  const double degrees = static_cast<double>(cells) - 1;
  score.effect = std::max(0.0, (statistic - degrees) / totals.scale());
  score.log_p = log_chi_square_sf(statistic, degrees);
  return score;
}

Score without_score(const CellTotals& totals, Status status) { return {.status = status, .n = totals.n, .m = totals.m, .cells_used = 0}; }

bool has_small_cell(const std::vector<Cell>& cells, const CellTotals& totals) {
  return std::ranges::any_of(cells, [&](const Cell& cell) { return !large_enough(cell.pooled(), totals); });
}

// Expected counts of both rows of a cell.
std::pair<double, double> expected(const Cell& cell, const CellTotals& totals) {
  const double share = static_cast<double>(cell.pooled()) / static_cast<double>(totals.n + totals.m);
  return {share * static_cast<double>(totals.n), share * static_cast<double>(totals.m)};
}

}  // namespace

Score chi_square(Counts reference, Counts current, CellKind kind) {
  const CellTotals totals(reference, current);
  if (totals.empty() || totals.cells < 2) return without_score(totals, Status::kInsufficient);
  std::vector<Cell> cells = cells_of(reference, current);
  const bool keep_unseen = kind == CellKind::kDictionary && totals.current_share(current.back()) > kUnseenShare;
  cells = kind == CellKind::kOrdered ? merge_ordered(cells, totals) : merge_dictionary(std::move(cells), totals, keep_unseen);
  Score score = score_of(chi_square_of(cells, totals), cells.size(), totals);
  if (has_small_cell(cells, totals)) score.log_p = log_fisher_two_sided(table_of(cells[0], cells[1]));
  return score;
}

Score chi_square_unmerged(Counts reference, Counts current) {
  const CellTotals totals(reference, current);
  if (totals.empty() || totals.cells < 2) return without_score(totals, Status::kInsufficient);
  return score_of(chi_square_of(cells_of(reference, current), totals), totals.cells, totals);
}

Score g_test_unmerged(Counts reference, Counts current) {
  const CellTotals totals(reference, current);
  if (totals.empty() || totals.cells < 2) return without_score(totals, Status::kInsufficient);
  double sum = 0;
  for (const Cell& cell : cells_of(reference, current)) {
    const auto [of_reference, of_current] = expected(cell, totals);
    sum += deviance(static_cast<double>(cell.reference), of_reference) + deviance(static_cast<double>(cell.current), of_current);
  }
  return score_of(2 * sum, totals.cells, totals);  // the terms y - x of deviance add up to 0
}

Score chi_square_yates(Counts reference, Counts current) {
  const CellTotals totals(reference, current);
  if (totals.empty() || totals.cells != 2) return without_score(totals, Status::kUndefined);
  double sum = 0;
  for (const Cell& cell : cells_of(reference, current)) {
    const auto [of_reference, of_current] = expected(cell, totals);
    const double apart = std::abs(static_cast<double>(cell.reference) - of_reference);
    const double reduced = apart - std::min(0.5, apart);
    sum += reduced * reduced * (1 / of_reference + 1 / of_current);
  }
  return score_of(sum, 2, totals);
}

Score fisher_exact(Counts reference, Counts current) {
  const CellTotals totals(reference, current);
  if (totals.empty() || totals.cells != 2) return without_score(totals, Status::kUndefined);
  const std::vector<Cell> cells = cells_of(reference, current);
  const double odds = static_cast<double>(cells[0].reference) * static_cast<double>(cells[1].current) /
                      (static_cast<double>(cells[1].reference) * static_cast<double>(cells[0].current));
  Score score = score_of(0, 2, totals);
  score.statistic = odds;
  score.effect = kNoNumber;
  score.log_p = log_fisher_two_sided(table_of(cells[0], cells[1]));
  return score;
}

double min_expected_count(Counts reference, Counts current) {
  const CellTotals totals(reference, current);
  if (totals.empty()) return kNoNumber;
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (const Cell& cell : cells_of(reference, current)) least = std::min(least, cell.pooled());
  return static_cast<double>(totals.smaller()) * static_cast<double>(least) / static_cast<double>(totals.n + totals.m);
}

Score larger_share(Rate reference, Rate current) {
  const std::uint64_t of_reference[] = {reference.hits, reference.rows - reference.hits};
  const std::uint64_t of_current[] = {current.hits, current.rows - current.hits};
  const CellTotals totals(of_reference, of_current);
  if (totals.empty()) return without_score(totals, Status::kInsufficient);
  const double difference = totals.current_share(current.hits) - totals.reference_share(reference.hits);
  Score score{.status = Status::kOk,
              .statistic = totals.current_share(current.hits),
              .log_p = 0,
              .effect = difference,
              .n = totals.n,
              .m = totals.m,
              .cells_used = 2};
  if (totals.cells < 2) return score;  // all rows of both sides, or none, have the property: p = 1
  const std::vector<Cell> cells = cells_of(of_reference, of_current);
  if (has_small_cell(cells, totals)) {
    score.log_p = log_fisher_greater({of_reference[0], of_reference[1], of_current[0], of_current[1]});
    return score;
  }
  const double root = std::sqrt(chi_square_of(cells, totals));
  score.log_p = log_normal_sf(difference < 0 ? -root : root);
  return score;
}

}  // namespace driftd
