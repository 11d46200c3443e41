// Counts one feature of a reference: every row is in one value class, valid values are kept until their cells can be frozen. One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <variant>

#include "daemon/reference/category_counter.h"
#include "daemon/reference/cell_value.h"
#include "daemon/reference/sorted_values.h"
#include "detectors/reference/reference.h"

namespace driftd {

class FeatureCounter {
 public:
  static FeatureCounter numeric(std::string name, std::size_t memory_bytes, SpillFile& spill);
  static FeatureCounter categorical(std::string name);

  std::expected<void, TableError> add(const Cell& cell);
  // Of a numeric feature.
  std::expected<void, TableError> add(NumericValue value) {
    ++classes_[static_cast<std::size_t>(value.value_class)];
    return value.value_class == ValueClass::kValid ? std::get<SortedValues>(values_).add(value.value) : std::expected<void, TableError>();
  }
  bool has_room(std::size_t values) const { return std::get<SortedValues>(values_).has_room(values); }
  std::expected<void, TableError> set_memory(std::size_t bytes) { return std::get<SortedValues>(values_).set_memory(bytes); }

  // The feature with its cells and the counts of all rows; segments[0] only. Rows without a cell were absent. Once. Features none of
  // which has spilled a number may do so at once on different threads.
  std::expected<FeatureReference, TableError> freeze(std::uint64_t rows);
  std::uint64_t untracked() const;  // values of categories beyond those that are counted
  const std::string& name() const { return name_; }

 private:
  FeatureCounter(std::string name, std::variant<SortedValues, CategoryCounter> values)
      : name_(std::move(name)), values_(std::move(values)) {}
  std::expected<void, TableError> freeze_numbers(SortedValues& values, FeatureReference& feature);
  static void freeze_texts(const CategoryCounter& values, FeatureReference& feature);

  std::string name_;
  std::variant<SortedValues, CategoryCounter> values_;
  ClassCounts classes_{};
};

}  // namespace driftd
