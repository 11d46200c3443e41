#include "daemon/page/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

#include "detectors/registry.h"

namespace driftd {
namespace {

constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t kMicrosecondsADay = 86'400'000'000;

std::chrono::year_month_day date_of(std::int64_t time_us) {
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(time_us)};
  return std::chrono::floor<std::chrono::days>(time);
}

std::string date_text(std::int64_t time_us) {
  const auto date = date_of(time_us);
  return fmt::format("{} {} {}", static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()));
}

std::string clock_text(std::int64_t time_us) {
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(time_us)};
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - std::chrono::floor<std::chrono::days>(time)));
  const std::string seconds = clock.seconds().count() == 0 ? "" : fmt::format(":{:02}", clock.seconds().count());
  return fmt::format("{:02}:{:02}{}", clock.hours().count(), clock.minutes().count(), seconds);
}

bool is_midnight(std::int64_t time_us) { return time_us % kMicrosecondsADay == 0; }

}  // namespace

std::string count_text(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string share_text(double share) {
  if (std::isnan(share)) return {};
  if (share == 0) return "0%";
  if (share < 0.001) return "<0.1%";
  return fmt::format("{:.1f}%", share * 100);
}

std::string number_text(double value) {
  if (std::isnan(value)) return {};
  return fmt::format("{:.3g}", value);
}

std::string probability_text(double log_p) {
  if (std::isnan(log_p)) return {};
  if (log_p > -700) return fmt::format("{:.2g}", std::exp(log_p));
  return fmt::format("1e{:.0f}", log_p / std::log(10.0));
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 4> kUnits{"bytes", "KiB", "MiB", "GiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < kUnits.size(); ++unit) size /= 1024;
  return size < 10 && unit > 0 ? fmt::format("{:.1f} {}", size, kUnits[unit]) : fmt::format("{:.0f} {}", size, kUnits[unit]);
}

std::string duration_text(std::int64_t microseconds) {
  constexpr std::array<std::pair<std::int64_t, const char*>, 4> kUnits{{{86'400, "day"}, {3'600, "hour"}, {60, "minute"}, {1, "second"}}};
  const std::int64_t seconds = std::max<std::int64_t>(0, microseconds) / 1'000'000;
  for (const auto& [length, name] : kUnits) {
    if (seconds >= length) return plural(static_cast<std::uint64_t>(seconds / length), name);
  }
  return plural(0, "second");
}

std::string instant_text(std::int64_t time_us) {
  if (time_us == kNoTime) return "not yet";
  return fmt::format("{}, {} UTC", date_text(time_us), clock_text(time_us));
}

std::string moment_text(std::int64_t time_us) {
  return time_us != kNoTime && is_midnight(time_us) ? date_text(time_us) : instant_text(time_us);
}

std::string range_text(std::int64_t start_us, std::int64_t end_us) {
  if (start_us == kNoTime || end_us == kNoTime) return "not yet";
  if (end_us - start_us < kMicrosecondsADay)
    return fmt::format("{}, {} to {} UTC", date_text(start_us), clock_text(start_us), clock_text(end_us));
  if (!is_midnight(start_us) || !is_midnight(end_us)) return fmt::format("{} to {}", instant_text(start_us), instant_text(end_us));
  const auto start = date_of(start_us), end = date_of(end_us);
  if (start.year() != end.year()) return fmt::format("{} to {}", date_text(start_us), date_text(end_us));
  const std::string day = std::to_string(static_cast<unsigned>(start.day()));
  if (start.month() == end.month()) return fmt::format("{} to {}", day, date_text(end_us));
  return fmt::format("{} {} to {}", day, kMonths[static_cast<unsigned>(start.month()) - 1], date_text(end_us));
}

std::string false_alarm_text(double interval_seconds) {
  return "1 false alarm in " + duration_text(static_cast<std::int64_t>(interval_seconds * 1e6));
}

std::string plural(std::uint64_t count, std::string_view one) {
  return fmt::format("{} {}{}", count_text(count), one, count == 1 ? "" : "s");
}

std::string metric_title(std::string_view metric) {
  if (metric == "mae" || metric == "rmse" || metric == "f1") {
    std::string capitals(metric);
    std::ranges::transform(capitals, capitals.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return capitals;
  }
  std::string words(metric);
  std::ranges::replace(words, '_', ' ');
  if (!words.empty()) words[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(words[0])));
  return words;
}

std::string check_title(std::string_view check) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTitles{{{"missing", "without a value"},
                                                                                  {"type_mismatch", "of another type"},
                                                                                  {"out_of_range", "outside the reference's range"},
                                                                                  {"unseen_category", "a category not in the reference"}}};
  const auto* found = std::ranges::find(kTitles, check, &std::pair<std::string_view, std::string_view>::first);
  return std::string(found == kTitles.end() ? check : found->second);
}

std::string method_title(std::string_view method) {
  if (const auto* two_sample = find_two_sample(method)) return std::string(two_sample->title);
  if (const auto* sequential = find_sequential(method)) return std::string(sequential->title);
  std::string words(method);
  std::ranges::replace(words, '_', ' ');
  return words;
}

bool is_open(const AlertStatus& alert) { return alert.state == AlertState::kPending || alert.state == AlertState::kFiring; }

Mood feature_mood(const FeatureStatus& feature, const MonitorStatus& monitor) {
  for (const AlertStatus& alert : monitor.alerts) {
    const bool here = alert.feature == feature.name && alert.segment == feature.segment;
    if (here && alert.state == AlertState::kFiring && alert.severity == "critical") return Mood::kCritical;
  }
  if (feature.alert == AlertState::kFiring) return Mood::kFiring;
  if (feature.alert == AlertState::kPending) return Mood::kPending;
  if (feature.status != Status::kOk) return feature.rows == 0 ? Mood::kWaiting : Mood::kCollecting;
  return feature.ratio >= 1 ? Mood::kOver : Mood::kCalm;
}

Mood monitor_mood(const MonitorStatus& monitor) {
  Mood worst = monitor.window_end_us == kNoTime ? Mood::kWaiting : Mood::kCalm;
  for (const AlertStatus& alert : monitor.alerts) {
    if (alert.state == AlertState::kFiring) worst = std::min(worst, alert.severity == "critical" ? Mood::kCritical : Mood::kFiring);
    if (alert.state == AlertState::kPending) worst = std::min(worst, Mood::kPending);
  }
  const auto judged = [](const FeatureStatus& feature) { return feature.status == Status::kOk; };
  if (worst == Mood::kCalm && !std::ranges::any_of(monitor.features, judged)) return Mood::kCollecting;
  return worst;
}

std::string mood_word(Mood mood) {
  switch (mood) {
    case Mood::kCritical: return "Critical";
    case Mood::kFiring: return "Firing";
    case Mood::kPending: return "Pending";
    case Mood::kOver: return "Over the line";
    case Mood::kCollecting: return "Collecting";
    case Mood::kWaiting: return "Waiting";
    case Mood::kCalm: return "Calm";
  }
  return {};
}

Markup mood_badge(Mood mood, std::string_view word) {
  constexpr std::array<const char*, 7> kNames{"critical", "firing", "pending", "over", "collecting", "waiting", "calm"};
  const char* name = kNames[static_cast<std::size_t>(mood)];
  return html(R"(<span class="badge {}"><svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>{}</span>)", {name, name, word});
}

Markup mood_badge(Mood mood) { return mood_badge(mood, mood_word(mood)); }

std::string no_verdict_text(const FeatureStatus& feature, const MonitorStatus& monitor) {
  switch (feature.status) {
    case Status::kDegenerate: return "no verdict: the reference has one value only";
    case Status::kUndefined: return "no verdict: nothing to compare";
    case Status::kOk:
    case Status::kInsufficient: break;
  }
  if (feature.reference_rows == 0) return "no verdict: the reference has no rows of this segment";
  if (feature.rows < monitor.minimum_samples) {
    return fmt::format("collecting {} of {} rows", count_text(feature.rows), count_text(monitor.minimum_samples));
  }
  return fmt::format("{} are too few for so many categories", plural(feature.rows, "row"));
}

}  // namespace driftd
