// What the operator says about the rows that a reference is built from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "detectors/performance/performance_counts.h"

namespace driftd {

struct ReferenceOptions {
  // Globs over column names. A column that is named so is never left out for what its values look like.
  std::vector<std::string> categorical, numeric, exclude;
  std::string time_column;  // "" = the first column that is RFC 3339 in every row, if there is one
  TimeUnit time_unit = TimeUnit::kMilliseconds;
  std::vector<std::string> segment_by;
  std::string prediction_column, label_column;  // both: the derived feature `error`, the loss of each row
  std::optional<Task> task;                     // how the two are compared; nullopt: as guess_rule says
  double threshold = 0.5;                       // binary: a prediction from here on is class 1
  // True: a time, prediction or label column that the rows lack is said, not refused. A configuration names fields of the stream; training
  // rows need not have all of them.
  bool missing_is_fine = false;
  std::size_t memory_bytes = std::size_t{256} << 20;  // for numbers that wait to be sorted; beyond it they go to a file, aloud

  std::function<void(const std::string&)> say;                 // what a person should know; one line each
  std::function<void(int pass, std::uint64_t rows)> progress;  // now and then
};

}  // namespace driftd
