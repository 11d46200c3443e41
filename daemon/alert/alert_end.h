// The end of alerts whose monitor is gone or is another one now: a resolved event with the reason, made from the last event of each, so
// that no receiver waits for what can never come. Pure: the same state gives the same bytes, after a crash as well.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alert/alert_life.h"
#include "daemon/status.h"

namespace driftd {

enum class EndReason : std::uint8_t { kRemoved, kChanged };
std::string_view end_reason_name(EndReason reason);  // monitor_removed | monitor_changed

struct EndedAlert {
  std::string monitor, event_id;
  AlertStatus status;  // resolved; its event is the one that leaves
};

// end_us: of the last window that the monitor closed, which is the event's time. nullopt: nobody was told of it, or its event cannot be
// read.
std::optional<EndedAlert> end_alert(const OpenAlert& open, EndReason reason, std::int64_t end_us);

}  // namespace driftd
