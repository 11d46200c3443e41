// One verdict as bytes of a row: what differs from window to window. What every window of a definition shares, the labels of the cells
// and the counts of the reference, is written once (ReferenceSide). Pure; any thread.
// Size: 345 bytes a numeric feature on disk, most of it the five measures that judge.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/monitor/verdict.h"
#include "daemon/status.h"

namespace driftd {

// The reference's part of one (segment, feature).
struct ReferenceSide {
  std::vector<std::string> labels;    // of all coarse cells, in order
  std::vector<std::uint64_t> counts;  // by label; empty: the reference knows nothing of this segment
  std::uint64_t rows = 0;             // valid values
  ClassCounts classes{};
  friend bool operator==(const ReferenceSide&, const ReferenceSide&) = default;
};

std::string encode_side(const ReferenceSide& side);
bool decode_side(std::string_view bytes, ReferenceSide& side);  // false: not what encode_side wrote

// Measures that judge, and psi, whose parts the cells show. The verdict's reference must be the side's.
std::string encode_point(const Verdict& verdict, const ReferenceSide& side);
// Fills methods, quality, classes and shares; with a side also cells, with what each adds to psi, and the reference's rows.
bool decode_point(std::string_view bytes, const ReferenceSide* side, FeatureStatus& status);

}  // namespace driftd
