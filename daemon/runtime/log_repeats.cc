#include "daemon/runtime/log_repeats.h"

#include <utility>

namespace driftd {

namespace {

// Parts are separated by a byte that no UTF-8 text holds.
std::string kind_of(const LogRecord& record) {
  std::string kind(log_level_name(record.level));
  kind.append("\xff").append(record.event).append("\xff").append(record.message);
  for (const auto& field : record.fields) {
    if (field.is_text) kind.append("\xff").append(field.key).append("\xff").append(field.text);
  }
  return kind;
}

LogRepeats::Held hold(const LogRecord& record) {
  LogRepeats::Held held{record.level, std::string(record.event), std::string(record.message), {}, 0};
  for (const auto& field : record.fields) {
    if (field.is_text) held.fields.push_back(field);
  }
  return held;
}

}  // namespace

bool LogRepeats::admit(const LogRecord& record, Time now) {
  if (limit_ <= Milliseconds(0)) return true;
  std::string kind = kind_of(record);
  const auto [it, first] = kinds_.try_emplace(kind, hold(record));
  if (first) {
    starts_.emplace_back(now, std::move(kind));
  } else {
    ++it->second.count;
  }
  return first;
}

std::vector<LogRepeats::Held> LogRepeats::expired(Time now) { return take_until(now - limit_); }

std::vector<LogRepeats::Held> LogRepeats::all() { return take_until(Time::max()); }

std::vector<LogRepeats::Held> LogRepeats::take_until(Time last_start) {
  std::vector<Held> over;
  while (!starts_.empty() && starts_.front().first <= last_start) {
    auto node = kinds_.extract(starts_.front().second);
    starts_.pop_front();
    if (node.mapped().count > 0) over.push_back(std::move(node.mapped()));
  }
  return over;
}

}  // namespace driftd
