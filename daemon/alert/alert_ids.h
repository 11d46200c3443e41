// Ids of alerts and events, exactly as interfaces 5: hex XXH3-64 of UTF-8 parts joined by 0x1F. Same rows, same ids.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/monitor/verdict.h"

namespace driftd {

std::string alert_fingerprint(Kind kind, std::string_view monitor, std::string_view feature, std::string_view segment);
std::string alert_id(std::string_view fingerprint, std::int64_t opening_window_end_us);
std::string event_id(std::string_view alert_id, std::string_view transition, std::int64_t window_end_us);
// Of a closed window. Its first part is no kind, so it never meets the id of an alert.
std::string window_id(std::string_view monitor, std::int64_t start_us, std::int64_t end_us);

}  // namespace driftd
