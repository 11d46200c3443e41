// The frozen reference of a monitor: per feature the cells, counts and summaries that windows are compared with.
// A value type without I/O; its file format is reference_format.h, its construction reference_builder.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/performance/performance_counts.h"
#include "detectors/reference/cells.h"
#include "detectors/reference/value_class.h"

namespace driftd {

enum class FeatureType : std::uint8_t { kNumeric, kCategorical };

// The feature derived where a reference has both a prediction and a label column: the loss of each row (loss_of), which is 1 for a wrong
// class and 0 for the right one, or the distance of two numbers.
inline constexpr std::string_view kErrorFeature = "error";

// Counts of one feature in one segment of the reference.
struct FeatureCounts {
  std::vector<std::uint64_t> cells;  // by fine cell; size = FeatureReference::cell_count()
  ClassCounts classes{};             // every row of the segment is in exactly one class

  friend bool operator==(const FeatureCounts&, const FeatureCounts&) = default;
};

// One column. Exactly one of numeric and categories is in use, by type.
struct FeatureReference {
  std::string name;  // dotted path, `\.` escapes a dot
  FeatureType type = FeatureType::kNumeric;
  NumericCells numeric;                 // type numeric
  CategoryCells categories;             // type categorical
  std::vector<FeatureCounts> segments;  // [0] = all; then in the order of Reference::segments

  // Numeric only, over the valid values of all rows; NaN where there are none.
  double min = 0, max = 0, mean = 0, standard_deviation = 0;          // standard deviation with ddof 0
  double q0001 = 0, q001 = 0, q25 = 0, q75 = 0, q999 = 0, q9999 = 0;  // order statistics x_(ceil(q*n))
  std::int32_t sum_exponent = 0;                                      // fixed-point sums of this feature count units of 2^-sum_exponent
  std::uint64_t distinct = 0;                                         // distinct valid values, exact up to 10^6, then the cap

  bool zero_one = false;  // the reference holds exactly the two values 0 and 1 (or false and true)

  std::size_t cell_count() const;
  friend bool operator==(const FeatureReference&, const FeatureReference&) = default;
};

struct Reference {
  std::string id;             // first 12 hex digits of the content's hash
  std::string source_sha256;  // of the source's decompressed bytes
  std::uint64_t rows = 0;
  std::optional<std::int64_t> created_us;   // newest event time in the rows, microseconds since 1970
  std::string time_column;                  // "" = none
  std::string prediction_column;            // "" = none
  std::string label_column;                 // "" = none; with both the derived feature `error` is present
  std::optional<PerformanceRule> answers;   // how prediction and label were compared; none without both
  std::vector<std::string> segment_by;      // columns, in declared order
  std::vector<std::string> segments;        // keys `k=v[,k=v]` with counts of their own, sorted; without `all`
  std::vector<std::uint64_t> segment_rows;  // [0] = all rows, then as segments
  std::vector<FeatureReference> features;   // sorted by name

  const FeatureReference* find(std::string_view name) const;
  friend bool operator==(const Reference&, const Reference&) = default;
};

}  // namespace driftd
