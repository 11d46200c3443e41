// What the JSON texts of this stage share. One rule for p-values everywhere: `p_value` is null where there is none; where the
// value is under 2.3e-308, and so has no exact double, it is 0 and `log_p` (natural logarithm) stands beside it.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "daemon/monitor/verdict.h"
#include "daemon/runtime/json_writer.h"

namespace driftd {

bool underflows(double log_p);    // finite, but no p-value to print
double p_value_of(double log_p);  // NaN: none

void write_time(JsonWriter& json, std::string_view key, std::int64_t time_us);  // RFC 3339; null for kNoTime

double missing_ratio(const ClassCounts& classes);  // absent, null and NaN among all rows; NaN: no rows

// Keys `offsets` and, where they were cut, `offsets_omitted`: as many ranges as fit into `bytes`, in order, and how many are left
// out. The same ranges and bytes give the same text.
void write_offsets(JsonWriter& json, std::span<const OffsetRange> offsets, std::size_t bytes);

}  // namespace driftd
