// "Did you mean": the closest of the names that exist. Shared by configuration, command line and librdkafka passthrough.
// Pure; cost O(|word| x |candidate|) a candidate.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace driftd {

// Damerau-Levenshtein distance, optimal string alignment: insert, delete, replace, swap neighbours; in bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The first candidate at the smallest distance, if that is at most 2 and under a third of the word's length.
std::optional<std::string> suggest(std::string_view word, std::span<const std::string> candidates);

// "; did you mean 'x'?" or "".
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace driftd
