#include "daemon/source/kafka_reports.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <utility>

namespace driftd {
namespace {

LogLevel level_of(int syslog_level) {
  if (syslog_level <= 3) return LogLevel::kError;
  if (syslog_level <= 4) return LogLevel::kWarn;
  return syslog_level <= 6 ? LogLevel::kInfo : LogLevel::kDebug;
}

}  // namespace

KafkaReports::KafkaReports(KafkaLog log, std::vector<std::string> secrets, KafkaUse use, Milliseconds repeat_limit)
    : log_(std::move(log)), secrets_(std::move(secrets)), use_(use), repeat_limit_(repeat_limit) {}

bool KafkaReports::take(rd_kafka_op_s* event) {
  switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_ERROR: error(rd_kafka_event_error(event), rd_kafka_event_error_string(event)); return true;
    case RD_KAFKA_EVENT_LOG: {
      const char *facility = nullptr, *text = nullptr;
      int level = 0;
      if (rd_kafka_event_log(event, &facility, &text, &level) == 0) log(level, facility, text);
      return true;
    }
    default: return false;
  }
}

void KafkaReports::log(int level, std::string_view facility, std::string_view text) {
  if (facility == "SSLCERTVRFY") certificate_fault_ = text.substr(std::min(text.find("the broker's"), text.size()));
  say(level_of(level), "kafka_log", fmt::format("{}: {}", facility, text));
}

void KafkaReports::error(int code, std::string_view reason) {
  const char* name = rd_kafka_err2name(static_cast<rd_kafka_resp_err_t>(code));
  ++counts_[name];
  std::string text = masked(reason);
  // One and the same text for every fault of a certificate: the callback that was asked about it knew more.
  if (text.contains("certificate verify failed") && !certificate_fault_.empty()) text = certificate_fault_;
  // "All brokers down" follows the error that says why, and would hide it.
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && !last_error_.empty()) return;
  last_error_ = fmt::format("{}: {}", name, text);
  say(LogLevel::kWarn, "kafka_error", last_failure());
}

void KafkaReports::say(LogLevel level, std::string_view event, std::string_view text) {
  if (!log_) return;
  // librdkafka numbers its threads and states in the text; what comes before the first colon tells messages apart well enough.
  auto& repeat = repeats_[fmt::format("{} {}", event, text.substr(0, text.find(':')))];
  const auto now = std::chrono::steady_clock::now();
  if (now < repeat.next) {
    ++repeat.suppressed;
    return;
  }
  repeat.next = now + repeat_limit_;
  std::string line = masked(text);
  if (const auto before = std::exchange(repeat.suppressed, 0); before > 0) line += fmt::format(" ({} more like it before)", before);
  log_(level, event, line);
}

std::string KafkaReports::masked(std::string_view text) const {
  std::string result(text);
  for (const auto& secret : secrets_) {
    for (std::size_t at = 0; (at = result.find(secret, at)) != std::string::npos; at += 3) result.replace(at, secret.size(), "***");
  }
  return result;
}

}  // namespace driftd
