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

std::string service_report(const DaemonStatus& status, ServiceNews& said, std::int64_t monotonic_us) {
  std::string line = status_line(status);
  std::ranges::replace(line, '\n', ' ');
  std::string report = "STATUS=" + line + "\n";
  if (!said.ready) {
    report += status.ready ? "READY=1\n" : kMoreTime;
    said = {status.ready, status.reloads_begun, status.reloads_begun};  // before that a reload is part of the start
  }
  // In a report each: the manager would take the second of them first.
  if (said.reloads != status.reloads_begun) {
    report += fmt::format("RELOADING=1\nMONOTONIC_USEC={}\n", monotonic_us);
    said.reloads = status.reloads_begun;
  } else if (said.reloaded != said.reloads && status.reloads_ended == status.reloads_begun) {
    report += "READY=1\n";
    said.reloaded = said.reloads;
  }
  if (status.stalled.empty()) report += "WATCHDOG=1\n";
  return report;
}

void report_to_service_manager(const std::stop_token& stop, const std::function<DaemonStatus()>& status,
                               const std::function<std::uint64_t()>& reloads) {
  if (std::getenv("NOTIFY_SOCKET") == nullptr) return;
  ServiceNews said;
  while (!stop.stop_requested()) {
    const auto report = [&](const DaemonStatus& now) {
      const auto monotonic = std::chrono::steady_clock::now().time_since_epoch();
      sd_notify(0, service_report(now, said, std::chrono::duration_cast<std::chrono::microseconds>(monotonic).count()).c_str());
    };
    report(status());
    for (int part = 0; part < kParts && !stop.stop_requested(); ++part) {
      std::this_thread::sleep_for(kEvery / kParts);
      if (reloads() != said.reloaded) break;
    }
  }
  sd_notify(0, "STOPPING=1\nSTATUS=finishing what was read\n");
}

}  // namespace driftd
