// One log record as text: logfmt or a JSON object, always a single line. Pure; any thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "config/config.h"

namespace driftd {

// A further `key=value` of a record. The key is a literal in snake_case; bytes of the value that could forge or hide
// output (line ends, other control characters, invalid UTF-8) are escaped when the line is written.
struct LogField {
  LogField(std::string_view name, std::string_view value) : key(name), text(value) {}
  LogField(std::string_view name, const char* value) : key(name), text(value) {}
  LogField(std::string_view name, const std::string& value) : key(name), text(value) {}
  template <std::integral T>
  LogField(std::string_view name, T value) : key(name), text(std::to_string(value)), is_text(false) {}
  LogField(std::string_view name, bool value) : key(name), text(value ? "true" : "false"), is_text(false) {}
  LogField(std::string_view name, double value);  // shortest text that reads back as the same double

  std::string_view key;
  std::string text;
  bool is_text = true;  // false: a number, true or false, written without quotes
};

struct LogRecord {
  std::int64_t time_us = 0;  // microseconds since 1970
  LogLevel level = LogLevel::kInfo;
  std::string_view event;
  std::string_view message;
  std::span<const LogField> fields;
};

std::string_view log_level_name(LogLevel level);                  // trace, debug, info, warn, error
std::string log_line(const LogRecord& record, LogFormat format);  // without a line end
std::string_view journal_prefix(LogLevel level);                  // `<N>` of sd-daemon(3)

}  // namespace driftd
