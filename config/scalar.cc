#include "config/scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>

namespace driftd {
namespace {

using Unit = std::pair<std::string_view, std::uint64_t>;
constexpr std::array<Unit, 6> kDurations{Unit{"w", 604'800'000}, {"d", 86'400'000}, {"h", 3'600'000},
                                         {"m", 60'000},          {"s", 1000},       {"ms", 1}};
constexpr std::array<Unit, 5> kSizes{Unit{"TiB", 1ULL << 40}, {"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"B", 1}};
constexpr std::uint64_t kMostUnits = std::numeric_limits<std::int64_t>::max() / 1000;  // fits in microseconds too

template <class T>
std::optional<T> whole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

// 12h -> 12 x the unit's worth.
std::optional<std::uint64_t> with_unit(std::string_view text, std::span<const Unit> units) {
  const auto split = std::ranges::find_if_not(text, digit) - text.begin();
  const auto count = whole<std::uint64_t>(text.substr(0, split));
  const auto unit = std::ranges::find(units, text.substr(split), &Unit::first);
  if (!count || unit == units.end() || *count > kMostUnits / unit->second) return std::nullopt;
  return *count * unit->second;
}

std::string print_with_unit(std::uint64_t value, std::span<const Unit> units) {
  for (const auto& [name, worth] : units) {
    if (value != 0 && value % worth == 0) return fmt::format("{}{}", value / worth, name);
  }
  return fmt::format("0{}", units.back().first);
}

// Days since 1970 of a date of the proleptic Gregorian calendar; nothing if it does not exist.
std::optional<std::int64_t> days_of(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

// "Z" or "+hh:mm" in minutes east.
std::optional<std::int64_t> zone_minutes(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = whole<unsigned>(text.substr(1, 2));
  const auto minutes = whole<unsigned>(text.substr(4, 2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::int64_t east = *hours * 60 + *minutes;
  return text[0] == '-' ? -east : east;
}

// hh:mm:ss at the start of a day, in seconds.
std::optional<std::int64_t> seconds_of(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto hour = whole<unsigned>(text.substr(0, 2));
  const auto minute = whole<unsigned>(text.substr(3, 2));
  const auto second = whole<unsigned>(text.substr(6, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return *hour * 3600 + *minute * 60 + *second;
}

// ".123456" -> microseconds; the digits must be at most six.
std::optional<std::int64_t> fraction_us(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] != '.' || text.size() < 2 || text.size() > 7 || !std::ranges::all_of(text.substr(1), digit)) return std::nullopt;
  std::string digits(text.substr(1));
  digits.resize(6, '0');
  return whole<std::int64_t>(digits);
}

std::optional<std::int64_t> instant_us(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't')) return std::nullopt;
  const auto year = whole<int>(text.substr(0, 4));
  const auto month = whole<unsigned>(text.substr(5, 2));
  const auto day = whole<unsigned>(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::size_t zone_at = text.find_first_of("Zz+-", 19);
  if (zone_at == std::string_view::npos) return std::nullopt;
  const auto days = days_of(*year, *month, *day);
  const auto seconds = seconds_of(text.substr(11, 8));
  const auto fraction = fraction_us(text.substr(19, zone_at - 19));
  const auto zone = zone_minutes(text.substr(zone_at));
  if (!days || !seconds || !fraction || !zone) return std::nullopt;
  return (*days * 86'400 + *seconds - *zone * 60) * 1'000'000 + *fraction;
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\t': out += "\\t"; return;
    case '\r': out += "\\r"; return;
    default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x20 || byte == 0x7F) {
    out += fmt::format("\\u{:04x}", byte);
  } else {
    out += c;
  }
}

bool plain_in_yaml(std::string_view text) {
  constexpr std::array<std::string_view, 9> kWords{"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.empty() || text.back() == ':' || !(letter(text[0]) || text[0] == '_' || text[0] == '/')) return false;
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [&](char c) { return letter(c) ? static_cast<char>(c | 0x20) : c; });
  if (std::ranges::find(kWords, lower) != kWords.end()) return false;
  return std::ranges::all_of(text, [&](char c) { return letter(c) || digit(c) || std::string_view("_./-").contains(c); });
}

}  // namespace

std::size_t utf8_sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0);
  if (text.empty()) return 0;
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F)) return 0;
    return tail(1) && tail(2) ? 3 : 0;
  }
  if (lead < 0xF0 || lead > 0xF4) return 0;
  if ((lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) return 0;
  return tail(1) && tail(2) && tail(3) ? 4 : 0;
}

Parsed<bool> parse_boolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::unexpected("true or false");
}

Parsed<std::uint64_t> parse_integer(std::string_view text) {
  const auto value = whole<std::uint64_t>(text);
  if (!value || !digit(text[0])) return std::unexpected("a whole number");
  return *value;
}

Parsed<double> parse_number(std::string_view text) {
  const auto value = whole<double>(text);
  if (!value || !std::isfinite(*value)) return std::unexpected("a number");
  return *value;
}

Parsed<Milliseconds> parse_duration(std::string_view text) {
  const auto value = with_unit(text, kDurations);
  if (!value) return std::unexpected("a duration with a unit, such as 250ms, 30s, 5m, 12h, 7d or 4w");
  return Milliseconds(*value);
}

Parsed<std::uint64_t> parse_size(std::string_view text) {
  const auto value = with_unit(text, kSizes);
  if (!value) return std::unexpected("a size with a unit, such as 64KiB, 1MiB or 1GiB");
  return *value;
}

Parsed<FalseAlarms> parse_rate(std::string_view text) {
  constexpr std::string_view kPer = " per ";
  const std::size_t per = text.find(kPer);
  if (per != std::string_view::npos) {
    const auto count = parse_number(text.substr(0, per));
    const auto period = parse_duration(text.substr(per + kPer.size()));
    if (count && period && *count > 0 && period->count() > 0) return FalseAlarms{*count, *period};
  }
  return std::unexpected("\"N per DURATION\", for example \"1 per 30d\", or off");
}

Parsed<std::int64_t> parse_instant_us(std::string_view text) {
  const auto value = instant_us(text);
  if (!value) return std::unexpected("an RFC 3339 time, such as 2025-01-31T06:00:00Z");
  return *value;
}

std::string print_number(double value) { return fmt::format("{}", value); }

std::string print_duration(Milliseconds value) {
  if (value.count() == 0) return "0s";
  return print_with_unit(static_cast<std::uint64_t>(value.count()), std::span(kDurations).subspan(1));
}

std::string print_size(std::uint64_t bytes) { return print_with_unit(bytes, kSizes); }

std::string print_rate(const FalseAlarms& rate) {
  const bool whole_count = rate.count == std::floor(rate.count) && rate.count < 1e15;
  const std::string count = whole_count ? fmt::format("{:.0f}", rate.count) : print_number(rate.count);
  return fmt::format("{} per {}", count, print_duration(rate.period));
}

std::string print_instant(std::int64_t us) {
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds{us}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) {
    text += fmt::format(".{:06}", clock.subseconds().count());
    text.resize(text.find_last_not_of('0') + 1);
  }
  return text + "Z";
}

std::string json_quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) append_escaped(out, c);
  return out + '"';
}

std::string yaml_key(std::string_view text) { return plain_in_yaml(text) ? std::string(text) : json_quote(text); }

std::string yaml_quote(std::string_view text) {
  std::string doubled;
  for (const char c : text) doubled += c == '$' ? "$$" : std::string(1, c);
  return yaml_key(doubled);
}

std::string quote_for_message(std::string_view text) {
  constexpr std::size_t kMost = 80;
  if (text.size() <= kMost) return json_quote(text);
  std::size_t cut = kMost;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return json_quote(std::string(text.substr(0, cut)) + "…");
}

}  // namespace driftd
