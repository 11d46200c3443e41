// What systemd hears of a running daemon (sd_notify(3)): ready, alive, stopping, and a line of status. Without $NOTIFY_SOCKET nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "daemon/status.h"

namespace driftd {

// What was said so far.
struct ServiceNews {
  bool ready = false;          // READY=1, of the start
  std::uint64_t reloads = 0;   // RELOADING=1, for so many
  std::uint64_t reloaded = 0;  // and READY=1 behind them
};

// The lines of one report. Not ready yet: more time to start, however long the brokers are away. WATCHDOG=1 only while every thread moves.
// monotonic_us: of CLOCK_MONOTONIC, beside RELOADING=1.
std::string service_report(const DaemonStatus& status, ServiceNews& said, std::int64_t monotonic_us);

// Reports every second, and a reload within a tenth of it, until it is asked to stop, and says STOPPING=1 then. reloads: begun so far.
// Thread: one of its own. Returns at once where nobody listens.
void report_to_service_manager(const std::stop_token& stop, const std::function<DaemonStatus()>& status,
                               const std::function<std::uint64_t()>& reloads);

}  // namespace driftd
