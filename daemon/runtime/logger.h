// The log: one line a record on standard error, logfmt or JSON. Any thread. For people and for machines: `event` is a
// word in snake_case, the same at every place that means the same, `msg` a sentence, further facts are fields. Never one line per record of
// a stream: those are counted. Levels: error = driftd cannot do its work, warn = somebody should look, info = what happened.
//   log_info("window_closed", "window closed", {{"monitor", name}, {"rows", rows}});
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "config/config.h"
#include "daemon/runtime/log_line.h"
#include "daemon/runtime/log_repeats.h"

namespace driftd {

using LogFields = std::initializer_list<LogField>;

// One log with its level, format, repeats and counts. The process has one (below); tests make their own.
class Logger {
 public:
  struct Now {
    std::int64_t wall_us;     // for `ts`
    LogRepeats::Time steady;  // for repeats
  };
  using Clock = std::function<Now()>;
  using Write = std::function<void(LogLevel level, const std::string& line)>;  // never throws; called by one thread at a time

  Logger(const LogConfig& config, Write write, Clock clock);

  void log(LogLevel level, std::string_view event, std::string_view message, LogFields fields);
  void set(const LogConfig& config);                    // from now on; held repeats are written first
  void flush();                                         // writes "suppressed N" for every held repeat
  std::map<std::string, std::uint64_t> counts() const;  // records by level, held ones too; every level from config.level up

 private:
  void write(const LogRecord& record);
  void write_suppressed(const LogRepeats::Held& held, const Now& now);

  LogConfig config_;  // its level: in level_
  const Write write_;
  const Clock clock_;
  std::atomic<LogLevel> level_;
  mutable std::mutex mutex_;
  LogRepeats repeats_;
  std::array<std::uint64_t, 5> counts_{};  // by LogLevel
};

// The process's log. Before start_log: info, logfmt. start_log is called once, before any other thread exists.
void start_log(const LogConfig& config);
void set_log(const LogConfig& config);  // a reload's; any thread
void flush_log();
std::map<std::string, std::uint64_t> log_counts();

void log_trace(std::string_view event, std::string_view message, LogFields fields = {});
void log_debug(std::string_view event, std::string_view message, LogFields fields = {});
void log_info(std::string_view event, std::string_view message, LogFields fields = {});
void log_warn(std::string_view event, std::string_view message, LogFields fields = {});
void log_error(std::string_view event, std::string_view message, LogFields fields = {});

// Whether standard error is the systemd journal: JOURNAL_STREAM holds "device:inode" of what it is connected to.
bool is_journal(const char* journal_stream, std::uint64_t device, std::uint64_t inode);

}  // namespace driftd
