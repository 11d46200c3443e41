// What a LabelJoin counts since the monitor began.
#pragma once

#include <array>
#include <cstdint>

namespace driftd {

inline constexpr std::array<std::int64_t, 9> kLabelDelaySeconds{1, 10, 60, 600, 3600, 6 * 3600, 86'400, 3 * 86'400, 7 * 86'400};

// Exact over restarts: part of the state.
struct LabelCounters {
  std::uint64_t predictions = 0;  // judged: labelled or not
  std::uint64_t joined = 0;
  std::uint64_t repeated_predictions = 0;  // of an id that had its label already
  std::uint64_t duplicates = 0, corrections = 0, expired = 0;
  std::uint64_t unusable = 0;                                         // without an id or an answer, or with one that the task cannot use
  std::uint64_t left_out = 0;                                         // by max_pending, or for a pane that was judged already
  std::array<std::uint64_t, kLabelDelaySeconds.size() + 1> delays{};  // label - prediction, by bucket; the last: longer
  std::uint64_t delay_ms = 0;                                         // sum; a label before its prediction adds 0
};

}  // namespace driftd
