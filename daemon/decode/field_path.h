// Dotted paths of fields: `payment.amount` is the key `amount` inside `payment`; `\.` is a dot of a key and `\\` its
// backslash (decision 1). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace driftd {

std::vector<std::string> split_path(std::string_view path);  // at least one key; a backslash before another character is itself

// The path as a flat name: its keys joined by dots, nothing escaped. So are nested fields named where there is no nesting, in CSV.
std::string flat_name(std::string_view path);

}  // namespace driftd
