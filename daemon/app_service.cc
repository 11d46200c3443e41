#include "daemon/app_service.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "daemon/runtime/counted.h"

namespace driftd {

namespace {

constexpr std::chrono::milliseconds kEvery{1000};
constexpr int kParts = 10;  // a stop waits for one of them
constexpr char kMoreTime[] = "EXTEND_TIMEOUT_USEC=30000000\n";

std::size_t firing_alerts(const DaemonStatus& status) {
  std::size_t firing = 0;
  for (const auto& monitor : status.monitors) {
    firing += static_cast<std::size_t>(
        std::ranges::count_if(monitor->alerts, [](const AlertStatus& alert) { return alert.state == AlertState::kFiring; }));
  }
  return firing;
}

std::int64_t lag(const DaemonStatus& status) {
  std::int64_t records = 0;
  for (const PartitionStatus& partition : status.partitions) records += std::max<std::int64_t>(partition_lag(partition), 0);
  return records;
}

// One line, as systemctl shows it.
std::string status_line(const DaemonStatus& status) {
  if (!status.stalled.empty()) return status.stalled.front();
  if (!status.not_ready.empty()) return "not ready: " + status.not_ready.front();
  return fmt::format("{}, {} firing, lag {} records", counted(status.monitors.size(), "monitor"), counted(firing_alerts(status), "alert"),
                     lag(status));
}

}  // namespace

std::string service_report(const DaemonStatus& status, bool was_ready) {
  std::string line = status_line(status);
  std::ranges::replace(line, '\n', ' ');
  std::string report = "STATUS=" + line + "\n";
  if (!was_ready) report += status.ready ? "READY=1\n" : kMoreTime;
  if (status.stalled.empty()) report += "WATCHDOG=1\n";
  return report;
}

void report_to_service_manager(const std::stop_token& stop, const std::function<DaemonStatus()>& status) {
  if (std::getenv("NOTIFY_SOCKET") == nullptr) return;
  bool was_ready = false;
  while (!stop.stop_requested()) {
    const DaemonStatus now = status();
    sd_notify(0, service_report(now, was_ready).c_str());
    was_ready = was_ready || now.ready;
    for (int part = 0; part < kParts && !stop.stop_requested(); ++part) std::this_thread::sleep_for(kEvery / kParts);
  }
  sd_notify(0, "STOPPING=1\nSTATUS=finishing what was read\n");
}

}  // namespace driftd
