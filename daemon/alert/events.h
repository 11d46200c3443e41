// The texts that leave driftd about a judgement: the closed-window event and the lines of `replay --windows`.
#pragma once

#include <string>

#include "daemon/alert/alert.h"

namespace driftd {

// Kafka's brokers refuse records over 1 MiB unless told otherwise.
inline constexpr std::size_t kLargestWindowEvent = 1'000'000;

// `dev.driftd.window.closed.v1`: the whole judgement as one CloudEvent (interfaces 5), deterministic bytes, keys sorted. Counts of
// classes are those of ValueClass in order, counts of cells are in cell order. Of a judgement too large for one record the
// last verdicts are left out and counted in `verdicts_omitted`; ranges of offsets take at most 64 KiB, `offsets_omitted` counts
// the rest.
std::string window_event(const AlertPlan& plan, const Judgement& judgement);
std::string window_event_id(const AlertPlan& plan, const Judgement& judgement);

// One JSON line per (segment, feature, method), as `replay --windows` prints them (interfaces 1), each ending in '\n', sorted by
// these names. Quality checks are methods too. `samples` and `reference_samples` are the rows the method saw. A p-value that
// underflows is 0 with `log_p` after it, as in event_json.h.
std::string window_lines(const AlertPlan& plan, const Judgement& judgement);

}  // namespace driftd
