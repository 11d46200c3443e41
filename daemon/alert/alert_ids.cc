#include "daemon/alert/alert_ids.h"

#include <initializer_list>

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

constexpr char kSeparator = '\x1f';

std::string hash_of(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text.append(part) += kSeparator;
  text.pop_back();
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

}  // namespace

std::string alert_fingerprint(Kind kind, std::string_view monitor, std::string_view feature, std::string_view segment) {
  return hash_of({kind_name(kind), monitor, feature, segment});
}

std::string alert_id(std::string_view fingerprint, std::int64_t opening_window_end_us) {
  return hash_of({fingerprint, format_event_time(opening_window_end_us)});
}

std::string event_id(std::string_view alert_id, std::string_view transition, std::int64_t window_end_us) {
  return hash_of({alert_id, transition, format_event_time(window_end_us)});
}

std::string window_id(std::string_view monitor, std::int64_t start_us, std::int64_t end_us) {
  return hash_of({"window", monitor, format_event_time(start_us), format_event_time(end_us)});
}

}  // namespace driftd
