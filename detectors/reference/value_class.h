// What became of one field of one record. Decided once, at decode; only kValid values reach a statistic.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace driftd {

enum class ValueClass : std::uint8_t {
  kValid,
  kAbsent,  // the field is not in the record
  kNull,
  kNan,
  kPositiveInfinity,
  kNegativeInfinity,
  kWrongType,
};
inline constexpr std::size_t kValueClasses = 7;

using ClassCounts = std::array<std::uint64_t, kValueClasses>;  // indexed by ValueClass

}  // namespace driftd
