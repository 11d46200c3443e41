// Every two-sample statistic of two files, column by column: what `driftd compare` prints. The columns and their types are those of the
// reference file. Kolmogorov-Smirnov and Wasserstein are exact on the values; all others are on cells frozen from the reference: numbers
// in 256 fine cells joined into 10, categories in the dictionary. One column's values of both files are in memory at a time.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/reference/reference_builder.h"

namespace driftd {

struct ComparisonOptions {
  std::vector<std::string>
      columns;  // globs; a column that is named so is compared whatever it looks like. None: all that look like features
  std::size_t memory_bytes = std::size_t{256} << 20;
  std::function<void(const std::string&)> say;
};

struct NamedStatistic {
  std::string_view name;
  double value;  // NaN: does not exist for these rows
};

struct ColumnComparison {
  std::string name;
  FeatureType type = FeatureType::kNumeric;
  std::vector<NamedStatistic> statistics;  // in a fixed order; `n` and `m`, the valid rows, first

  double find(std::string_view statistic) const;  // NaN: not there
};

// By name. Rows that are missing or of the wrong type take no part. A column that the current file lacks has m = 0.
std::expected<std::vector<ColumnComparison>, ReferenceError> compare_files(const std::string& reference, const std::string& current,
                                                                           const ComparisonOptions& options);

}  // namespace driftd
