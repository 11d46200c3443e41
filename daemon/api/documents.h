// /api/v1: what a DaemonStatus says, as JSON in one envelope. Pure; any thread. NaN and "not known" are null, times RFC 3339.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/history/reader.h"
#include "daemon/status.h"

namespace driftd {

// A part of a list. The envelope's `next` is the value of ?next= for what follows, null at the end.
struct ListSlice {
  std::size_t first = 0;
  std::size_t limit = 100;
};

std::string buildinfo_json(const DaemonStatus& status);
std::string streams_json(const DaemonStatus& status);
std::string monitors_json(const DaemonStatus& status, ListSlice slice);
std::string monitor_json(const MonitorStatus& monitor);
// segment "" = every segment. by_ratio: the worst first, those without a verdict last; else as in the monitor.
std::string features_json(const MonitorStatus& monitor, std::string_view segment, bool by_ratio, ListSlice slice);
std::string distribution_json(const MonitorStatus& monitor, const FeatureStatus& feature);
// state "" or monitor "" = all.
std::string alerts_json(const DaemonStatus& status, std::string_view state, std::string_view monitor, ListSlice slice);
// The why-record. timeline: what the history knows of it, oldest first.
std::string alert_json(const MonitorStatus& monitor, const AlertStatus& alert, const std::vector<PastTransition>& timeline);
// Of an alert that only the history knows; timeline is not empty.
std::string past_alert_json(const std::vector<PastTransition>& timeline);

// What came of a reload: monitors by what became of them; or its problems, beside the error.
std::string reloaded_json(const ReloadStatus& reload);
std::string reload_refused_json(const ReloadStatus& reload);

// The configuration in force as YAML, secrets masked, and the last reload.
std::string config_json(const DaemonStatus& status, std::string_view yaml);

// What the process uses; NaN: not known.
struct RuntimeFacts {
  double start_time_seconds = kNoNumber, cpu_seconds = kNoNumber, resident_bytes = kNoNumber, open_fds = kNoNumber, max_fds = kNoNumber;
  std::int64_t now_us = kNoTime;
};
std::string runtime_json(const DaemonStatus& status, const RuntimeFacts& facts);

std::string_view alert_state_name(AlertState state);  // inactive, pending, firing, resolved

}  // namespace driftd
