#include "daemon/runtime/event_time.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace driftd {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

// Reads text from the left; a part that does not fit makes the whole unreadable.
class TimeScanner {
 public:
  explicit TimeScanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count) return fail();
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return fail();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  int number(std::size_t count, int low, int high) {
    const int value = digits(count);
    return value < low || value > high ? fail() : value;
  }

  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_[0]) == std::string_view::npos) return false;
    taken_ = rest_[0];
    rest_.remove_prefix(1);
    return true;
  }

  void expect(std::string_view any_of) {
    if (!take(any_of)) fail();
  }

  // Digits after the point, as microseconds.
  std::int64_t fraction() {
    std::int64_t value = 0, unit = kSecond / 10;
    std::size_t count = 0;
    for (; count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9'; ++count, unit /= 10) {
      value += (rest_[count] - '0') * unit;
    }
    if (count == 0) fail();
    rest_.remove_prefix(count);
    return value;
  }

  char taken() const { return taken_; }
  bool done() const { return good_ && rest_.empty(); }

 private:
  int fail() {
    good_ = false;
    return 0;
  }

  std::string_view rest_;
  char taken_ = 0;
  bool good_ = true;
};

// `Z`, or `+HH:MM` as microseconds to take away.
std::int64_t scan_offset(TimeScanner& scan) {
  if (scan.take("Zz")) return 0;
  scan.expect("+-");
  const std::int64_t sign = scan.taken() == '-' ? -1 : 1;
  const int hours = scan.number(2, 0, 23);
  scan.expect(":");
  const int minutes = scan.number(2, 0, 59);
  return sign * (hours * 3600 + minutes * 60) * kSecond;
}

std::int64_t days_since_1970(std::chrono::year_month_day date) { return std::chrono::sys_days(date).time_since_epoch().count(); }

std::optional<std::int64_t> within_bounds(std::int64_t time_us) {
  if (time_us < kMinEventTime || time_us > kMaxEventTime) return std::nullopt;
  return time_us;
}

}  // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  TimeScanner scan(text);
  const int year = scan.digits(4);
  scan.expect("-");
  const int month = scan.number(2, 1, 12);
  scan.expect("-");
  const int day = scan.number(2, 1, 31);
  scan.expect("Tt ");
  const int hour = scan.number(2, 0, 23);
  scan.expect(":");
  const int minute = scan.number(2, 0, 59);
  scan.expect(":");
  const int second = scan.number(2, 0, 60);
  const std::int64_t fraction = scan.take(".") ? scan.fraction() : 0;
  const std::int64_t offset = scan_offset(scan);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!scan.done() || !date.ok()) return std::nullopt;
  const std::int64_t minutes = days_since_1970(date) * kDay + (hour * 60 + minute) * 60 * kSecond - offset;
  // A leap second is inserted at the end of a day in UTC, nowhere else.
  if (second == 60 && (minutes + 60 * kSecond) % kDay != 0) return std::nullopt;
  return within_bounds(minutes + second * kSecond + fraction);
}

std::optional<std::int64_t> parse_event_time(std::string_view text, TimeUnit unit) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return event_time_of(value, unit);
  return parse_rfc3339(text);
}

std::string format_event_time(std::int64_t time_us) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds(std::clamp(time_us, kMinEventTime, kMaxEventTime))};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  char buffer[40];
  int length =
      std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                    static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  std::string text(buffer, static_cast<std::size_t>(length));
  if (const auto micros = clock.subseconds().count(); micros != 0) {
    length = std::snprintf(buffer, sizeof buffer, ".%06d", static_cast<int>(micros));
    text.append(buffer, static_cast<std::size_t>(length));
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + 'Z';
}

}  // namespace driftd
