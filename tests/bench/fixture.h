// Records, plan and cells of the benchmarks: flat JSON with `ts`, two strings and n numeric features, keys of realistic length.
// 20 features with long numbers are about 651 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/decode/decoder.h"
#include "detectors/reference/cells.h"

namespace driftd::bench {

struct Fixture {
  std::size_t features = 20;
  bool long_numbers = true;  // 17 digits, as Python's json writes doubles; otherwise 2 to 6 decimals and integers
  bool shuffled = false;     // keys of each record in an order of its own
  double missing = 0;        // share of features left out
  std::size_t segments = 2;  // different values of `segment`
};

std::vector<std::string> feature_names(std::size_t features);
std::string segment_name(std::size_t segment);
std::vector<std::string> field_names(const Fixture& fixture);  // all, in the order of a record that is not shuffled
std::vector<std::string> make_records(const Fixture& fixture, std::size_t count, std::uint64_t seed);
std::vector<Message> messages_of(const std::vector<std::string>& records);
DecodePlan make_plan(const Fixture& fixture);                    // all features numeric, `segment` categorical, event time in `ts`
NumericCells make_cells(std::size_t edges, std::uint64_t seed);  // quantiles of the fixture's values

}  // namespace driftd::bench
