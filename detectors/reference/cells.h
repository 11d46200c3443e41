// Cells frozen from a reference: how a value finds its cell, and how fine cells join into coarse ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

inline constexpr std::size_t kFineCells = 256;
inline constexpr std::size_t kCoarseCells = 10;
inline constexpr std::size_t kDictionarySize = 1000;
inline constexpr std::uint64_t kDictionaryMinCount = 5;
inline constexpr std::size_t kDiscreteValues = 20;
inline constexpr std::size_t kDiscreteCap = 256;  // an atom >= .3 makes a column discrete only up to this many values
inline constexpr double kDiscreteAtom = 0.3;
inline constexpr std::size_t kMostEdges = 2 * kFineCells;  // 256 atoms, an edge at both sides of each

struct ValueCount {
  double value;
  std::uint64_t count;
};

// Numeric cells. Two forms:
//  quantile: edges strictly increasing; cell(x) = number of edges < x (std::lower_bound): cell j = (edge[j-1], edge[j]].
//  discrete: edges are the reference's values themselves; cell(x) = index of the equal value, else edges.size() ("other").
struct NumericCells {
  bool discrete = false;
  std::vector<double> edges;
  // Coarse cell c joins fine cells [coarse[c], coarse[c+1]); last element = size(). Discrete: one fine cell each.
  std::vector<std::uint32_t> coarse;

  std::size_t size() const { return edges.size() + 1; }
  std::uint32_t cell(double x) const;  // x finite; O(log size)
  friend bool operator==(const NumericCells&, const NumericCells&) = default;
};

// Quantile cells by algorithms 0.6 (K fine cells, atom rule), or discrete ones by decision 20 when allow_discrete.
// sorted: strictly increasing values with counts > 0. Cost O(sorted.size()).
NumericCells freeze_numeric_cells(std::span<const ValueCount> sorted, bool allow_discrete, std::size_t fine = kFineCells,
                                  std::size_t coarse = kCoarseCells);

// The same from values that do not fit into memory: add() them in increasing order, then finish(). Memory O(fine + kDiscreteCap).
class CellFreezer {
 public:
  struct Frozen {
    NumericCells cells;
    std::vector<std::uint64_t> counts;  // of the values, by fine cell
  };
  // n: sum of all counts to come.
  CellFreezer(std::uint64_t n, bool allow_discrete, std::size_t fine = kFineCells, std::size_t coarse = kCoarseCells);
  void add(ValueCount next);
  Frozen finish();

 private:
  void add_edge(double edge, std::uint64_t values_up_to_it);
  bool is_discrete() const;
  Frozen discrete_cells() const;
  std::vector<std::uint32_t> coarse_ends(const std::vector<std::uint64_t>& counts) const;

  std::uint64_t n_;
  std::size_t fine_, coarse_;
  bool allow_discrete_;
  std::uint64_t cumulative_ = 0, largest_count_ = 0;
  std::size_t next_quantile_ = 1;
  std::uint64_t next_rank_;  // of that quantile
  std::vector<double> edges_;
  std::vector<std::uint64_t> up_to_edge_;  // values <= the edge
  std::vector<ValueCount> first_values_;   // at most kDiscreteCap + 1
};

// Counts of the values by cell; values as for freeze_numeric_cells.
std::vector<std::uint64_t> count_cells(const NumericCells& cells, std::span<const ValueCount> sorted);

// Categories: a dictionary of reference categories in order (count desc, bytes asc), then `other_known`, then `unseen`.
// A category is known by the 64-bit XXH3 hash of its UTF-8 bytes (hash_category).
struct CategoryCells {
  std::vector<std::string> dictionary;
  std::vector<std::uint64_t> known_hashes;      // of all reference categories, sorted; capped at 10^6
  std::uint64_t seen_once = 0, seen_twice = 0;  // categories of the reference seen exactly once, twice

  std::size_t size() const { return dictionary.size() + 2; }
  std::uint32_t other_known() const { return static_cast<std::uint32_t>(dictionary.size()); }
  std::uint32_t unseen() const { return static_cast<std::uint32_t>(dictionary.size() + 1); }
  friend bool operator==(const CategoryCells&, const CategoryCells&) = default;
};
std::uint64_t hash_category(std::string_view bytes);

inline constexpr std::size_t kKnownHashes = 1'000'000;

struct CategoryCount {
  std::string_view name;
  std::uint64_t count;
};

// The dictionary of the kDictionarySize most frequent categories with at least kDictionaryMinCount rows, and the hashes of
// all (the smallest kKnownHashes of them). counts: distinct names, counts > 0, any order. Cost O(n log n).
CategoryCells freeze_categories(std::span<const CategoryCount> counts);

// Look-up hash -> cell for CategoryCells: open addressing, no allocation after construction. Cost O(1).
class CategoryIndex {
 public:
  CategoryIndex() = default;
  explicit CategoryIndex(const CategoryCells& cells);
  std::uint32_t cell(std::uint64_t hash) const;  // dictionary index, other_known or unseen

 private:
  struct Slot {
    std::uint64_t hash;
    std::uint32_t cell_plus_one;  // 0 = empty
  };
  std::size_t position(std::uint64_t hash) const;
  void insert(std::uint64_t hash, std::uint32_t cell);

  std::vector<Slot> slots_;  // a power of two, at most half full
  std::uint32_t unseen_ = 0;
};

// Sums of fine counts over coarse cells; coarse as in NumericCells. Works for any integer count type.
template <class Count>
std::vector<std::uint64_t> coarse_counts(std::span<const std::uint32_t> coarse, std::span<const Count> fine) {
  std::vector<std::uint64_t> sums(coarse.empty() ? 0 : coarse.size() - 1, 0);
  for (std::size_t c = 0; c < sums.size(); ++c) {
    for (std::uint32_t i = coarse[c]; i < coarse[c + 1]; ++i) sums[c] += fine[i];
  }
  return sums;
}

}  // namespace driftd
