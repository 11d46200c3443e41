// Numbers, times and states as a person reads them. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/page/html.h"
#include "daemon/status.h"

namespace driftd {

std::string count_text(std::uint64_t count);                         // "68,785"
std::string share_text(double share);                                // "4.5%", "<0.1%", "0%"; "" for NaN
std::string number_text(double value);                               // three significant digits: "0.372", "11.4", "1.2e-09"; "" for NaN
std::string probability_text(double log_p);                          // of ln p, also where p is no double: "0.03", "5e-324", "1e-4000"
std::string bytes_text(std::uint64_t bytes);                         // "179 KiB"
std::string duration_text(std::int64_t microseconds);                // its largest unit, rounded down: "7 days", "1 minute"
std::string instant_text(std::int64_t time_us);                      // "30 Dec 2017, 00:00 UTC"; "not yet" for kNoTime
std::string moment_text(std::int64_t time_us);                       // the same, at midnight the day only
std::string range_text(std::int64_t start_us, std::int64_t end_us);  // "23 to 30 Dec 2017"; under a day "30 Dec 2017, 00:05 to 00:10 UTC"
std::string false_alarm_text(double interval_seconds);               // "1 false alarm in 30 days"
std::string plural(std::uint64_t count, std::string_view one);       // "1 alert", "2 alerts"
std::string method_title(std::string_view method);                   // the registry\'s; of what it does not know, the name in words
std::string metric_title(std::string_view metric);                   // "log_loss" -> "Log loss"
std::string check_title(std::string_view check);                     // "missing" -> "without a value"

// How something is, worst first.
enum class Mood : std::uint8_t { kCritical, kFiring, kPending, kOver, kCollecting, kWaiting, kCalm };

Mood feature_mood(const FeatureStatus& feature, const MonitorStatus& monitor);
Mood monitor_mood(const MonitorStatus& monitor);
std::string mood_word(Mood mood);                     // "Firing"
Markup mood_badge(Mood mood, std::string_view word);  // shape, colour and word
Markup mood_badge(Mood mood);

bool is_open(const AlertStatus& alert);  // pending or firing

// Why there is no verdict: "collecting 320 of 500 rows". Only for a feature whose status is not kOk.
std::string no_verdict_text(const FeatureStatus& feature, const MonitorStatus& monitor);

}  // namespace driftd
