#include "detectors/reference/cells.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace driftd {
namespace {

std::uint64_t total(std::span<const ValueCount> sorted) {
  return std::accumulate(sorted.begin(), sorted.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const ValueCount& v) { return sum + v.count; });
}

// ceil(j*n/k), the 1-based rank of a quantile.
std::uint64_t quantile_rank(std::uint64_t j, std::uint64_t n, std::uint64_t k) { return (j * n + k - 1) / k; }

bool is_discrete(std::span<const ValueCount> sorted, std::uint64_t n) {
  if (sorted.size() <= kDiscreteValues) return true;
  if (sorted.size() > kDiscreteCap) return false;
  const auto largest = std::ranges::max(sorted, {}, &ValueCount::count).count;
  return static_cast<double>(largest) >= kDiscreteAtom * static_cast<double>(n);
}

NumericCells discrete_cells(std::span<const ValueCount> sorted) {
  NumericCells cells{.discrete = true, .edges = {}, .coarse = {}};
  for (const auto& v : sorted) cells.edges.push_back(v.value);
  cells.coarse.resize(cells.size() + 1);
  std::iota(cells.coarse.begin(), cells.coarse.end(), 0U);
  return cells;
}

// Inner edges of the fine cells: order statistics, and both sides of an atom (mass >= 1/fine), without duplicates.
std::vector<double> fine_edges(std::span<const ValueCount> sorted, std::uint64_t n, std::size_t fine) {
  std::vector<double> edges;
  std::uint64_t cumulative = 0;
  std::size_t j = 1;
  for (const auto& [value, count] : sorted) {
    cumulative += count;
    const bool atom = count * fine >= n;
    bool is_quantile = false;
    for (; j < fine && quantile_rank(j, n, fine) <= cumulative; ++j) is_quantile = true;
    const double below = std::nextafter(value, -std::numeric_limits<double>::infinity());
    if (atom && std::isfinite(below) && (edges.empty() || edges.back() < below)) edges.push_back(below);
    if (atom || is_quantile) edges.push_back(value);
  }
  return edges;
}

// Ends of the coarse cells: behind the first fine cell up to which at least ceil(j*n/coarse) values lie.
std::vector<std::uint32_t> coarse_ends(std::span<const std::uint64_t> counts, std::uint64_t n, std::size_t coarse) {
  std::vector<std::uint32_t> ends{0};
  std::uint64_t cumulative = 0;
  std::size_t j = 1;
  for (std::size_t cell = 0; cell + 1 < counts.size(); ++cell) {
    cumulative += counts[cell];
    bool ends_here = false;
    for (; j < coarse && n > 0 && quantile_rank(j, n, coarse) <= cumulative; ++j) ends_here = true;
    if (ends_here) ends.push_back(static_cast<std::uint32_t>(cell + 1));
  }
  ends.push_back(static_cast<std::uint32_t>(counts.size()));
  return ends;
}

}  // namespace

std::uint32_t NumericCells::cell(double x) const {
  const auto it = std::lower_bound(edges.begin(), edges.end(), x);
  if (discrete && (it == edges.end() || *it != x)) return static_cast<std::uint32_t>(edges.size());
  return static_cast<std::uint32_t>(it - edges.begin());
}

NumericCells freeze_numeric_cells(std::span<const ValueCount> sorted, bool allow_discrete, std::size_t fine, std::size_t coarse) {
  const std::uint64_t n = total(sorted);
  if (allow_discrete && n > 0 && is_discrete(sorted, n)) return discrete_cells(sorted);
  NumericCells cells{.discrete = false, .edges = fine_edges(sorted, n, fine), .coarse = {}};
  cells.coarse = coarse_ends(count_cells(cells, sorted), n, coarse);
  return cells;
}

std::vector<std::uint64_t> count_cells(const NumericCells& cells, std::span<const ValueCount> sorted) {
  std::vector<std::uint64_t> counts(cells.size(), 0);
  for (const auto& [value, count] : sorted) counts[cells.cell(value)] += count;
  return counts;
}

std::uint64_t hash_category(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

CategoryCells freeze_categories(std::span<const CategoryCount> counts) {
  std::vector<CategoryCount> ordered(counts.begin(), counts.end());
  std::ranges::sort(ordered, [](const auto& a, const auto& b) { return a.count != b.count ? a.count > b.count : a.name < b.name; });
  CategoryCells cells;
  cells.known_hashes.reserve(ordered.size());
  for (const auto& [name, count] : ordered) {
    if (count >= kDictionaryMinCount && cells.dictionary.size() < kDictionarySize) cells.dictionary.emplace_back(name);
    cells.known_hashes.push_back(hash_category(name));
    if (count == 1) ++cells.seen_once;
    if (count == 2) ++cells.seen_twice;
  }
  std::ranges::sort(cells.known_hashes);
  const auto repeated = std::ranges::unique(cells.known_hashes);
  cells.known_hashes.erase(repeated.begin(), repeated.end());
  if (cells.known_hashes.size() > kKnownHashes) cells.known_hashes.resize(kKnownHashes);
  return cells;
}

CategoryIndex::CategoryIndex(const CategoryCells& cells) : unseen_(cells.unseen()) {
  const std::size_t entries = cells.dictionary.size() + cells.known_hashes.size();
  slots_.assign(std::bit_ceil(2 * entries + 1), Slot{0, 0});
  for (std::size_t i = 0; i < cells.dictionary.size(); ++i) {
    insert(hash_category(cells.dictionary[i]), static_cast<std::uint32_t>(i));
  }
  for (const std::uint64_t hash : cells.known_hashes) insert(hash, cells.other_known());
}

std::size_t CategoryIndex::position(std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].cell_plus_one != 0 && slots_[at].hash != hash) at = (at + 1) & mask;
  return at;
}

// The first entry of a hash stays: a dictionary category is among the known ones as well.
void CategoryIndex::insert(std::uint64_t hash, std::uint32_t cell) {
  Slot& slot = slots_[position(hash)];
  if (slot.cell_plus_one == 0) slot = {hash, cell + 1};
}

std::uint32_t CategoryIndex::cell(std::uint64_t hash) const {
  if (slots_.empty()) return unseen_;
  const std::uint32_t found = slots_[position(hash)].cell_plus_one;
  return found == 0 ? unseen_ : found - 1;
}

}  // namespace driftd
