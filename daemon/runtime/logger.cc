#include "daemon/runtime/logger.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <utility>
#include <vector>

namespace driftd {

namespace {

Logger::Now clocks() {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(wall).count(), std::chrono::steady_clock::now()};
}

bool standard_error_is_journal() {
  struct stat status{};
  return fstat(STDERR_FILENO, &status) == 0 && is_journal(std::getenv("JOURNAL_STREAM"), status.st_dev, status.st_ino);
}

Logger::Write standard_error() {
  const auto out = std::make_shared<spdlog::logger>("driftd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  out->set_pattern("%v");
  out->set_error_handler([](const std::string&) {});  // a closed standard error is no reason to stop
  return [out, journal = standard_error_is_journal()](LogLevel level, const std::string& line) {
    out->info("{}{}", journal ? journal_prefix(level) : "", line);
    out->flush();
  };
}

std::unique_ptr<Logger>& process_log() {
  static auto log = std::make_unique<Logger>(LogConfig{}, standard_error(), clocks);
  return log;
}

}  // namespace

Logger::Logger(const LogConfig& config, Write write, Clock clock)
    : config_(config), write_(std::move(write)), clock_(std::move(clock)), level_(config.level), repeats_(config.repeat_limit) {}

void Logger::log(LogLevel level, std::string_view event, std::string_view message, LogFields fields) {
  if (level < level_) return;
  const std::scoped_lock lock(mutex_);
  const Now now = clock_();
  ++counts_[static_cast<std::size_t>(level)];
  for (const auto& held : repeats_.expired(now.steady)) write_suppressed(held, now);
  const LogRecord record{now.wall_us, level, event, message, fields};
  if (repeats_.admit(record, now.steady)) write(record);
}

void Logger::set(const LogConfig& config) {
  flush();
  const std::scoped_lock lock(mutex_);
  config_ = config;
  level_ = config.level;
  repeats_ = LogRepeats(config.repeat_limit);
}

void Logger::flush() {
  const std::scoped_lock lock(mutex_);
  for (const auto& held : repeats_.all()) write_suppressed(held, clock_());
}

std::map<std::string, std::uint64_t> Logger::counts() const {
  const std::scoped_lock lock(mutex_);
  std::map<std::string, std::uint64_t> counts;
  for (auto level = static_cast<std::size_t>(level_.load()); level < counts_.size(); ++level) {
    counts.emplace(log_level_name(static_cast<LogLevel>(level)), counts_[level]);
  }
  return counts;
}

void Logger::write(const LogRecord& record) { write_(record.level, log_line(record, config_.format)); }

void Logger::write_suppressed(const LogRepeats::Held& held, const Now& now) {
  const std::string message = held.message + " (suppressed " + std::to_string(held.count) + ")";
  std::vector<LogField> fields = held.fields;
  fields.emplace_back("suppressed", held.count);
  write({now.wall_us, held.level, held.event, message, fields});
}

void start_log(const LogConfig& config) { process_log() = std::make_unique<Logger>(config, standard_error(), clocks); }

void set_log(const LogConfig& config) { process_log()->set(config); }

void flush_log() { process_log()->flush(); }

std::map<std::string, std::uint64_t> log_counts() { return process_log()->counts(); }

void log_trace(std::string_view event, std::string_view message, LogFields fields) {
  process_log()->log(LogLevel::kTrace, event, message, fields);
}

void log_debug(std::string_view event, std::string_view message, LogFields fields) {
  process_log()->log(LogLevel::kDebug, event, message, fields);
}

void log_info(std::string_view event, std::string_view message, LogFields fields) {
  process_log()->log(LogLevel::kInfo, event, message, fields);
}

void log_warn(std::string_view event, std::string_view message, LogFields fields) {
  process_log()->log(LogLevel::kWarn, event, message, fields);
}

void log_error(std::string_view event, std::string_view message, LogFields fields) {
  process_log()->log(LogLevel::kError, event, message, fields);
}

bool is_journal(const char* journal_stream, std::uint64_t device, std::uint64_t inode) {
  return journal_stream != nullptr && journal_stream == std::to_string(device) + ":" + std::to_string(inode);
}

}  // namespace driftd
