#include "daemon/runtime/log_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "daemon/runtime/json_writer.h"

namespace driftd {

namespace {

// RFC 3339 in UTC with milliseconds.
std::string timestamp(std::int64_t time_us) {
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(time_us)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

// A JSON string that is safe on a terminal too: JSON lets DEL and the C1 controls U+0080..U+009F (CSI is one) pass.
std::string in_quotes(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  std::string safe;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    const auto next = static_cast<unsigned char>(i + 1 < json.size() ? json[i + 1] : 0);
    if (byte == 0x7f) {
      safe += "\\u007f";
    } else if (byte == 0xc2 && next >= 0x80 && next < 0xa0) {
      safe += fmt::format("\\u{:04x}", next);
      ++i;
    } else {
      safe += json[i];
    }
  }
  return safe;
}

bool needs_no_quotes(std::string_view text) {
  const auto plain = [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\'; };
  return !text.empty() && std::ranges::all_of(text, plain);
}

std::string logfmt_line(const LogRecord& record) {
  std::string line = fmt::format("ts={} level={} event={} msg={}", timestamp(record.time_us), log_level_name(record.level), record.event,
                                 in_quotes(record.message));
  for (const auto& field : record.fields) {
    line += fmt::format(" {}={}", field.key, needs_no_quotes(field.text) ? field.text : in_quotes(field.text));
  }
  return line;
}

std::string json_line(const LogRecord& record) {
  JsonWriter json;
  json.begin_object().field("ts", timestamp(record.time_us)).field("level", log_level_name(record.level)).field("event", record.event);
  json.key("msg").raw(in_quotes(record.message));
  for (const auto& field : record.fields) json.key(field.key).raw(field.is_text ? in_quotes(field.text) : field.text);
  return json.end_object().take();
}

}  // namespace

LogField::LogField(std::string_view name, double value) : key(name), is_text(false) { append_json_number(text, value); }

std::string_view log_level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace: return "trace";
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarn: return "warn";
    case LogLevel::kError: return "error";
  }
  return "";
}

std::string_view journal_prefix(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
    case LogLevel::kDebug: return "<7>";
    case LogLevel::kInfo: return "<6>";
    case LogLevel::kWarn: return "<4>";
    case LogLevel::kError: return "<3>";
  }
  return "";
}

std::string log_line(const LogRecord& record, LogFormat format) {
  return format == LogFormat::kJson ? json_line(record) : logfmt_line(record);
}

}  // namespace driftd
