// What each column of a table becomes: decided from what the operator asked for, then from what the rows show (decision 18). Pure but
// for options.say, which hears of every column that is left out.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/reference/column_evidence.h"
#include "daemon/reference/reference_options.h"

namespace driftd {

enum class ColumnRole : std::uint8_t { kLeftOut, kNumeric, kCategorical };

struct ColumnPlan {
  std::vector<ColumnRole> roles;  // by column
  std::optional<std::uint32_t> time, prediction, label;
  std::vector<std::uint32_t> segment_by;
};

// The error is one line: a column that is not there, a glob that matches none.
std::expected<ColumnPlan, std::string> plan_columns(const std::vector<std::string>& names, std::span<const ColumnEvidence> evidence,
                                                    const ReferenceOptions& options);

}  // namespace driftd
