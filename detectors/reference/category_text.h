// The text of a number that stands in a categorical column: what its category is hashed from and named by.
// Equal values have equal text, however they were written: 1, 1.0 and 1e0 are all `1`. Pure; no allocation.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace driftd {

using CategoryBuffer = std::array<char, 32>;  // longest: -2.2250738585072014e-308, 24 characters

// Integers plain, whole doubles within 64 bits as integers, other doubles as the shortest text that reads back equal; -0.0 is `0`.
// x finite. The view points into the buffer.
std::string_view category_text(double x, CategoryBuffer& buffer);
std::string_view category_text(std::int64_t x, CategoryBuffer& buffer);
std::string_view category_text(std::uint64_t x, CategoryBuffer& buffer);

}  // namespace driftd
