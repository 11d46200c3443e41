// The event of an alert transition: CloudEvents 1.0 in JSON (interfaces 5). Keys sorted, numbers shortest, at most 64 KiB:
// categories are cut to 120 bytes and `window.offsets` takes what is left, with `window.offsets_omitted` for the rest.
// (Names of monitors, features, segments and topics are never cut: Kafka and the reference bound them well below that.)
// Pure: the same rows give the same bytes.
#pragma once

#include <string>

#include "daemon/alert/alert_life.h"

namespace driftd {

inline constexpr std::size_t kLargestAlertEvent = 64 * 1024;
inline constexpr std::size_t kTopBins = 5;

// The transition with its ids, sentence and event.
AlertTransition alert_transition(const LifeChange& change, const WindowFinding& seen);

}  // namespace driftd
