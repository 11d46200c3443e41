#include "daemon/reference/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <variant>

#include "daemon/reference/category_counter.h"
#include "daemon/reference/cell_value.h"
#include "daemon/reference/column_evidence.h"
#include "daemon/reference/sorted_values.h"
#include "daemon/runtime/glob.h"
#include "daemon/table/table_files.h"
#include "detectors/two_sample/chi_square.h"
#include "detectors/two_sample/distances.h"
#include "detectors/two_sample/kolmogorov_smirnov.h"
#include "detectors/two_sample/psi.h"
#include "detectors/two_sample/wasserstein.h"

namespace driftd {
namespace {

using Nothing = std::expected<void, TableError>;
using CountList = std::vector<std::uint64_t>;
using Statistics = std::vector<NamedStatistic>;

constexpr std::size_t kExactKsRows = 10'000;

double p_of(const Score& score) { return std::exp(score.log_p); }

double degrees_of_freedom(const Score& score) { return score.cells_used == 0 ? kNoNumber : score.cells_used - 1.0; }

// Statistics of the cells; the unmerged tables are SciPy's, the merged one is the daemon's test.
void add_cell_statistics(const CountList& r, const CountList& w, CellKind kind, Statistics& out) {
  const Score stability = psi(r, w), chi2 = chi_square_unmerged(r, w), g = g_test_unmerged(r, w), merged = chi_square(r, w, kind);
  out.insert(out.end(), {{"psi", stability.statistic},
                         {"psi_p", p_of(stability)},
                         {"psi_bc", stability.effect},
                         {"kl_jeffreys", kullback_leibler(r, w)},
                         {"js_base2", jensen_shannon(r, w).statistic},
                         {"js_base_e", jensen_shannon(r, w, EntropyUnit::kNats).statistic},
                         {"hellinger", hellinger(r, w).statistic},
                         {"tv", total_variation(r, w).statistic},
                         {"linf", l_infinity(r, w).score.statistic},
                         {"chi2", chi2.statistic},
                         {"chi2_p", p_of(chi2)},
                         {"chi2_df", degrees_of_freedom(chi2)},
                         {"g", g.statistic},
                         {"g_p", p_of(g)},
                         {"g_df", degrees_of_freedom(g)},
                         {"min_expected", min_expected_count(r, w)},
                         {"p_value", p_of(merged)},
                         {"cells_used", static_cast<double>(merged.cells_used)}});
  const Score yates = chi_square_yates(r, w);
  if (yates.status == Status::kUndefined) return;
  out.insert(out.end(), {{"yates_chi2", yates.statistic}, {"yates_chi2_p", p_of(yates)}, {"fisher_p", p_of(fisher_exact(r, w))}});
}

void add_sample_statistics(const std::vector<double>& reference, const std::vector<double>& current, Statistics& out) {
  if (reference.empty() || current.empty()) return;
  const auto ks = [&](KsLaw law) { return kolmogorov_smirnov(reference, current, law); };
  const Score by_size = ks(KsLaw::kAuto);
  out.insert(out.end(), {{"ks", by_size.statistic}, {"ks_p", p_of(by_size)}});
  // The exact law costs n * m steps: it is given as far as SciPy chooses it.
  if (std::max(reference.size(), current.size()) <= kExactKsRows) out.push_back({"ks_p_exact", p_of(ks(KsLaw::kExact))});
  out.insert(out.end(), {{"ks_p_asymp", p_of(ks(KsLaw::kAsymptotic))}, {"w1", wasserstein_distance(reference, current)}});
}

std::expected<std::vector<double>, TableError> all_values(SortedValues& sorted, std::vector<ValueCount>& groups) {
  std::vector<double> values;
  values.reserve(sorted.count());
  const auto read = sorted.visit_all([&](std::span<const ValueCount> part) {
    groups.insert(groups.end(), part.begin(), part.end());
    for (const auto& [value, count] : part) values.insert(values.end(), count, value);
  });
  if (!read) return std::unexpected(read.error());
  return values;
}

// Both sides of a numeric column, then its statistics.
struct NumericColumn {
  SortedValues reference, current;

  Nothing add(const Cell& cell, bool is_reference) {
    const auto value = numeric_value(cell);
    if (value.value_class != ValueClass::kValid) return {};
    return (is_reference ? reference : current).add(value.value);
  }

  Nothing compare(Statistics& out) {
    std::vector<ValueCount> reference_groups, current_groups;
    const auto first = all_values(reference, reference_groups);
    if (!first) return std::unexpected(first.error());
    const auto second = all_values(current, current_groups);
    if (!second) return std::unexpected(second.error());
    out = {{"n", static_cast<double>(first->size())}, {"m", static_cast<double>(second->size())}};
    add_sample_statistics(*first, *second, out);
    const auto cells = freeze_numeric_cells(reference_groups, false);
    const auto counts = [&](const auto& groups) { return coarse_counts<std::uint64_t>(cells.coarse, count_cells(cells, groups)); };
    add_cell_statistics(counts(reference_groups), counts(current_groups), CellKind::kOrdered, out);
    return {};
  }
};

struct CategoryColumn {
  CategoryCounter reference, current;

  Nothing add(const Cell& cell, bool is_reference) {
    CategoryBuffer buffer;
    const auto value = category_value(cell, buffer);
    if (value.value_class == ValueClass::kValid) (is_reference ? reference : current).add(value.text);
    return {};
  }

  static CountList counts(const CategoryCells& cells, const CategoryIndex& index, const CategoryCounter& counter) {
    CountList counts(cells.size(), 0);
    for (const auto& [name, count] : counter.counts()) counts[index.cell(hash_category(name))] += count;
    return counts;
  }

  Nothing compare(Statistics& out) const {
    const auto cells = freeze_categories(reference.counts());
    const CategoryIndex index(cells);
    auto r = counts(cells, index, reference), w = counts(cells, index, current);
    r[cells.other_known()] += reference.untracked();
    w[cells.unseen()] += current.untracked();
    const auto total = [](const CountList& list) { return static_cast<double>(CellTotals(list, list).n); };
    out = {{"n", total(r)}, {"m", total(w)}};
    add_cell_statistics(r, w, CellKind::kDictionary, out);
    return {};
  }
};

class FileComparison {
 public:
  FileComparison(TableFiles reference, TableFiles current, const ComparisonOptions& options)
      : reference_(std::move(reference)), current_(std::move(current)), options_(options) {}

  std::expected<std::vector<ColumnComparison>, TableError> compare() {
    Nothing done = choose_columns();
    if (done) done = read(reference_, true);
    if (done) done = read(current_, false);
    if (!done) return std::unexpected(done.error());
    std::vector<ColumnComparison> comparisons;
    for (auto& [name, column] : columns_) {
      const bool numeric = std::holds_alternative<NumericColumn>(column);
      auto& comparison = comparisons.emplace_back(name, numeric ? FeatureType::kNumeric : FeatureType::kCategorical);
      done = std::visit([&](auto& sides) { return sides.compare(comparison.statistics); }, column);
      if (!done) return std::unexpected(done.error());
      column = CategoryColumn();  // its values are no longer needed
    }
    return comparisons;
  }

 private:
  using Column = std::variant<NumericColumn, CategoryColumn>;
  Nothing choose_columns();
  bool is_wanted(const std::string& name, const ColumnEvidence& evidence) const;
  Nothing read(TableFiles& files, bool is_reference);
  void say(const std::string& text) const {
    if (options_.say) options_.say(text);
  }

  TableFiles reference_, current_;
  const ComparisonOptions& options_;
  SpillFile spill_;
  std::vector<std::pair<std::string, Column>> columns_;  // by name
};

bool FileComparison::is_wanted(const std::string& name, const ColumnEvidence& evidence) const {
  if (name.empty()) return false;
  if (!options_.columns.empty()) return matches_any(options_.columns, name);
  const auto why = reason_to_leave_out(evidence.finding());
  if (!why.empty()) say(fmt::format("'{0}' is left out: {1} (--columns '{0}' compares it)", name, why));
  return why.empty();
}

Nothing FileComparison::choose_columns() {
  std::vector<ColumnEvidence> evidence;
  const auto done = reference_.read([&](std::span<const Cell> cells) -> Nothing {
    if (evidence.size() < reference_.columns().size()) evidence.resize(reference_.columns().size());
    for (const auto& cell : cells) evidence[cell.column].add(cell);
    return {};
  });
  if (!done) return done;
  evidence.resize(reference_.columns().size());
  std::vector<std::pair<std::string, bool>> chosen;
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    const auto& name = reference_.columns()[i];
    if (is_wanted(name, evidence[i])) chosen.emplace_back(name, evidence[i].looks_numeric());
  }
  if (chosen.empty()) {
    const auto message =
        fmt::format("{}: no column to compare; there are: {}", reference_.first_path(), fmt::join(reference_.columns(), ", "));
    return std::unexpected(TableError{TableError::Kind::kBadInput, message});
  }
  std::ranges::sort(chosen);
  const std::size_t share = options_.memory_bytes / (2 * chosen.size());
  for (auto& [name, numeric] : chosen) {
    Column column = CategoryColumn();
    if (numeric) column = NumericColumn{SortedValues(share, spill_), SortedValues(share, spill_)};
    columns_.emplace_back(std::move(name), std::move(column));
  }
  return {};
}

Nothing FileComparison::read(TableFiles& files, bool is_reference) {
  std::vector<Column*> wanted;  // by column of the file; null: not compared
  const auto done = files.read([&](std::span<const Cell> cells) -> Nothing {
    for (const auto& cell : cells) {
      while (wanted.size() <= cell.column) {
        const auto found = std::ranges::find(columns_, files.columns()[wanted.size()], &std::pair<std::string, Column>::first);
        wanted.push_back(found == columns_.end() ? nullptr : &found->second);
      }
      Column* const column = wanted[cell.column];
      if (column == nullptr) continue;
      const auto added = std::visit([&](auto& sides) { return sides.add(cell, is_reference); }, *column);
      if (!added) return added;
    }
    return {};
  });
  if (!done) return done;
  for (const auto& [name, column] : columns_) {
    if (!files.find(name)) say(fmt::format("{}: there is no column '{}'", files.first_path(), name));
  }
  return {};
}

ReferenceError as_reference_error(const TableError& error) {
  return {error.kind == TableError::Kind::kIo ? ReferenceError::Kind::kIo : ReferenceError::Kind::kBadInput, error.message};
}

}  // namespace

double ColumnComparison::find(std::string_view statistic) const {
  const auto found = std::ranges::find(statistics, statistic, &NamedStatistic::name);
  return found == statistics.end() ? kNoNumber : found->value;
}

std::expected<std::vector<ColumnComparison>, ReferenceError> compare_files(const std::string& reference, const std::string& current,
                                                                           const ComparisonOptions& options) {
  auto first = TableFiles::of({reference}, options.say);
  if (!first) return std::unexpected(as_reference_error(first.error()));
  auto second = TableFiles::of({current}, options.say);
  if (!second) return std::unexpected(as_reference_error(second.error()));
  auto comparisons = FileComparison(std::move(*first), std::move(*second), options).compare();
  if (!comparisons) return std::unexpected(as_reference_error(comparisons.error()));
  return std::move(*comparisons);
}

}  // namespace driftd
