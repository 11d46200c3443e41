// The names of all methods that a verdict can carry: two-sample and sequential ones of the registry, and the quality checks.
#pragma once

#include <string_view>

namespace driftd {

inline constexpr std::string_view kMissing = "missing";                 // absent, null, NaN
inline constexpr std::string_view kTypeMismatch = "type_mismatch";      // wrong type, infinities
inline constexpr std::string_view kOutOfRange = "out_of_range";         // outside the reference's minimum and maximum
inline constexpr std::string_view kUnseenCategory = "unseen_category";  // not in the reference

// The name with static storage; empty: unknown.
std::string_view interned_method(std::string_view name);

}  // namespace driftd
