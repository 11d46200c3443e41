#include "daemon/reference/feature_counter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace driftd {
namespace {

constexpr std::uint64_t kDistinctCap = 1'000'000;
constexpr int kSumBits = 62;  // the largest magnitude of the reference is below 2^62 units of its sums

// Moments and order statistics of values that come in increasing order. Since the order is given, plain doubles are reproducible.
class NumericSummary {
 public:
  explicit NumericSummary(std::uint64_t n) {
    for (std::size_t i = 0; i < kQuantiles.size(); ++i) ranks_[i] = (kQuantiles[i] * n + 9999) / 10'000;
  }

  void add(ValueCount next) {
    if (seen_ == 0) min_ = next.value;
    max_ = next.value;
    distinct_ = std::min(distinct_ + 1, kDistinctCap);
    seen_ += next.count;
    while (next_quantile_ < kQuantiles.size() && ranks_[next_quantile_] <= seen_) quantiles_[next_quantile_++] = next.value;
    // West 1979: weighted mean and sum of squares in one pass.
    const double delta = next.value - mean_, weight = static_cast<double>(next.count);
    mean_ += delta * (weight / static_cast<double>(seen_));
    squares_ += weight * delta * (next.value - mean_);
  }

  void write(FeatureReference& feature) const {
    const bool none = seen_ == 0;
    feature.min = none ? kNone : min_;
    feature.max = none ? kNone : max_;
    feature.mean = none ? kNone : mean_;
    feature.standard_deviation = none ? kNone : std::sqrt(squares_ / static_cast<double>(seen_));
    double* const fields[] = {&feature.q0001, &feature.q001, &feature.q25, &feature.q75, &feature.q999, &feature.q9999};
    for (std::size_t i = 0; i < kQuantiles.size(); ++i) *fields[i] = none ? kNone : quantiles_[i];
    const double largest = std::max(std::abs(min_), std::abs(max_));
    feature.sum_exponent = largest > 0 ? kSumBits - 1 - std::ilogb(largest) : 0;
    feature.distinct = distinct_;
    feature.zero_one = distinct_ == 2 && min_ == 0 && max_ == 1;
  }

 private:
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  static constexpr std::array<std::uint64_t, 6> kQuantiles{1, 10, 2500, 7500, 9990, 9999};  // of 10,000

  std::array<std::uint64_t, kQuantiles.size()> ranks_{};  // of the quantiles, 1-based
  std::uint64_t seen_ = 0, distinct_ = 0;
  double min_ = 0, max_ = 0, mean_ = 0, squares_ = 0;
  std::size_t next_quantile_ = 0;
  std::array<double, kQuantiles.size()> quantiles_{};
};

bool are_zero_and_one(const std::vector<CategoryCount>& counts) {
  if (counts.size() != 2) return false;
  const auto [low, high] = std::minmax(counts[0].name, counts[1].name);
  return (low == "0" && high == "1") || (low == "false" && high == "true");
}

}  // namespace

FeatureCounter FeatureCounter::numeric(std::string name, std::size_t memory_bytes, SpillFile& spill) {
  return {std::move(name), SortedValues(memory_bytes, spill)};
}

FeatureCounter FeatureCounter::categorical(std::string name) { return {std::move(name), CategoryCounter()}; }

std::expected<void, TableError> FeatureCounter::add(const Cell& cell) {
  auto* const categories = std::get_if<CategoryCounter>(&values_);
  if (categories == nullptr) return add(numeric_value(cell));
  CategoryBuffer buffer;
  const auto value = category_value(cell, buffer);
  ++classes_[static_cast<std::size_t>(value.value_class)];
  if (value.value_class == ValueClass::kValid) categories->add(value.text);
  return {};
}

std::expected<void, TableError> FeatureCounter::freeze_numbers(SortedValues& values, FeatureReference& feature) {
  CellFreezer freezer(values.count(), true);
  NumericSummary summary(values.count());
  const auto read = values.visit_all([&](std::span<const ValueCount> part) {
    for (const ValueCount& value : part) freezer.add(value);
    for (const ValueCount& value : part) summary.add(value);
  });
  if (!read) return read;
  summary.write(feature);
  auto frozen = freezer.finish();
  feature.numeric = std::move(frozen.cells);
  feature.segments.push_back({std::move(frozen.counts), classes_});
  return {};
}

void FeatureCounter::freeze_texts(const CategoryCounter& values, FeatureReference& feature) {
  const auto counts = values.counts();
  feature.categories = freeze_categories(counts);
  feature.distinct = counts.size();
  feature.zero_one = are_zero_and_one(counts);
  const CategoryIndex index(feature.categories);
  std::vector<std::uint64_t> cells(feature.categories.size(), 0);
  for (const auto& [name, count] : counts) cells[index.cell(hash_category(name))] += count;
  // The reference holds every category that it lacks a hash of: to a window it will be unseen, here it is known.
  cells[feature.categories.other_known()] += cells[feature.categories.unseen()] + values.untracked();
  cells[feature.categories.unseen()] = 0;
  feature.segments.push_back({std::move(cells), {}});
}

std::expected<FeatureReference, TableError> FeatureCounter::freeze(std::uint64_t rows) {
  FeatureReference feature;
  feature.name = name_;
  classes_[static_cast<std::size_t>(ValueClass::kAbsent)] = rows - std::accumulate(classes_.begin(), classes_.end(), std::uint64_t{0});
  if (auto* const numbers = std::get_if<SortedValues>(&values_)) {
    if (const auto frozen = freeze_numbers(*numbers, feature); !frozen) return std::unexpected(frozen.error());
    return feature;
  }
  feature.type = FeatureType::kCategorical;
  freeze_texts(std::get<CategoryCounter>(values_), feature);
  feature.segments.front().classes = classes_;
  return feature;
}

std::uint64_t FeatureCounter::untracked() const {
  const auto* const categories = std::get_if<CategoryCounter>(&values_);
  return categories == nullptr ? 0 : categories->untracked();
}

}  // namespace driftd
