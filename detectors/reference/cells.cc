#include "detectors/reference/cells.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace driftd {
namespace {

// ceil(j*n/k), the 1-based rank of a quantile.
constexpr std::uint64_t kNoRank = ~std::uint64_t{0};
std::uint64_t quantile_rank(std::uint64_t j, std::uint64_t n, std::uint64_t k) { return (j * n + k - 1) / k; }

}  // namespace

std::uint32_t NumericCells::cell(double x) const {
  const auto it = std::lower_bound(edges.begin(), edges.end(), x);
  if (discrete && (it == edges.end() || *it != x)) return static_cast<std::uint32_t>(edges.size());
  return static_cast<std::uint32_t>(it - edges.begin());
}

void CellFreezer::add_edge(double edge, std::uint64_t values_up_to_it) {
  if (!edges_.empty() && edges_.back() == edge) return;
  edges_.push_back(edge);
  up_to_edge_.push_back(values_up_to_it);
}

CellFreezer::CellFreezer(std::uint64_t n, bool allow_discrete, std::size_t fine, std::size_t coarse)
    : n_(n), fine_(fine), coarse_(coarse), allow_discrete_(allow_discrete), next_rank_(fine > 1 ? quantile_rank(1, n, fine) : kNoRank) {}

// An edge at every quantile, and at both sides of an atom (mass >= 1/fine).
void CellFreezer::add(ValueCount next) {
  if (first_values_.size() <= kDiscreteCap) first_values_.push_back(next);
  largest_count_ = std::max(largest_count_, next.count);
  const std::uint64_t before = cumulative_;
  cumulative_ += next.count;
  const bool atom = next.count * fine_ >= n_;
  const bool is_quantile = cumulative_ >= next_rank_;
  while (cumulative_ >= next_rank_) next_rank_ = ++next_quantile_ < fine_ ? quantile_rank(next_quantile_, n_, fine_) : kNoRank;
  if (!atom && !is_quantile) return;
  const double below = std::nextafter(next.value, -std::numeric_limits<double>::infinity());
  if (atom && std::isfinite(below)) add_edge(below, before);
  add_edge(next.value, cumulative_);
}

bool CellFreezer::is_discrete() const {
  if (!allow_discrete_ || n_ == 0) return false;
  if (first_values_.size() <= kDiscreteValues) return true;
  if (first_values_.size() > kDiscreteCap) return false;
  return static_cast<double>(largest_count_) >= kDiscreteAtom * static_cast<double>(n_);
}

CellFreezer::Frozen CellFreezer::discrete_cells() const {
  Frozen frozen{.cells = {.discrete = true, .edges = {}, .coarse = {}}, .counts = {}};
  for (const auto& [value, count] : first_values_) {
    frozen.cells.edges.push_back(value);
    frozen.counts.push_back(count);
  }
  frozen.counts.push_back(0);  // other
  frozen.cells.coarse.resize(frozen.cells.size() + 1);
  std::iota(frozen.cells.coarse.begin(), frozen.cells.coarse.end(), 0U);
  return frozen;
}

// A coarse cell ends behind the first fine one up to which at least ceil(j*n/coarse) values lie.
std::vector<std::uint32_t> CellFreezer::coarse_ends(const std::vector<std::uint64_t>& counts) const {
  std::vector<std::uint32_t> ends{0};
  std::uint64_t cumulative = 0;
  std::size_t j = 1;
  for (std::size_t cell = 0; cell + 1 < counts.size(); ++cell) {
    cumulative += counts[cell];
    bool ends_here = false;
    for (; j < coarse_ && quantile_rank(j, n_, coarse_) <= cumulative; ++j) ends_here = true;
    if (ends_here) ends.push_back(static_cast<std::uint32_t>(cell + 1));
  }
  ends.push_back(static_cast<std::uint32_t>(counts.size()));
  return ends;
}

CellFreezer::Frozen CellFreezer::finish() {
  assert(cumulative_ == n_);
  if (is_discrete()) return discrete_cells();
  std::vector<std::uint64_t> counts;
  std::uint64_t before = 0;
  for (const std::uint64_t up_to : up_to_edge_) counts.push_back(up_to - std::exchange(before, up_to));
  counts.push_back(n_ - before);
  auto coarse = coarse_ends(counts);
  return {.cells = {.discrete = false, .edges = std::move(edges_), .coarse = std::move(coarse)}, .counts = std::move(counts)};
}

NumericCells freeze_numeric_cells(std::span<const ValueCount> sorted, bool allow_discrete, std::size_t fine, std::size_t coarse) {
  std::uint64_t n = 0;
  for (const auto& v : sorted) n += v.count;
  CellFreezer freezer(n, allow_discrete, fine, coarse);
  for (const auto& v : sorted) freezer.add(v);
  return freezer.finish().cells;
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
