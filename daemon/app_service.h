// What systemd hears of a running daemon (sd_notify(3)): ready, alive, stopping, and a line of status. Without $NOTIFY_SOCKET nothing.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "daemon/status.h"

namespace driftd {

// The lines of one report. Not ready yet: more time to start, however long the brokers are away. `was_ready`: READY=1 was said before.
// WATCHDOG=1 only while every thread moves.
std::string service_report(const DaemonStatus& status, bool was_ready);

// Reports every second until it is asked to stop, and says STOPPING=1 then. Thread: one of its own. Returns at once where nobody listens.
void report_to_service_manager(const std::stop_token& stop, const std::function<DaemonStatus()>& status);

}  // namespace driftd
