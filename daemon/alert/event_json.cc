#include "daemon/alert/event_json.h"

#include <cmath>
#include <limits>

#include "daemon/runtime/event_time.h"
#include "daemon/status.h"

namespace driftd {
namespace {

std::string range_text(const OffsetRange& range) {
  JsonWriter json;
  json.begin_object();
  json.field("from", range.from).field("partition", range.id.partition).field("to", range.to).field("topic", range.id.topic);
  return json.end_object().take();
}

}  // namespace

bool underflows(double log_p) { return std::isfinite(log_p) && std::exp(log_p) < std::numeric_limits<double>::min(); }

double p_value_of(double log_p) { return underflows(log_p) ? 0 : std::exp(log_p); }

void write_time(JsonWriter& json, std::string_view key, std::int64_t time_us) {
  json.key(key);
  if (time_us == kNoTime) {
    json.null();
  } else {
    json.string(format_event_time(time_us));
  }
}

double missing_ratio(const ClassCounts& classes) {
  const std::uint64_t rows = total_rows(classes);
  return rows == 0 ? kNoNumber : static_cast<double>(missing_rows(classes)) / static_cast<double>(rows);
}

void write_offsets(JsonWriter& json, std::span<const OffsetRange> offsets, std::size_t bytes) {
  json.key("offsets").begin_array();
  std::size_t written = 0, used = 0;
  for (; written < offsets.size(); ++written) {
    const auto text = range_text(offsets[written]);
    used += text.size() + 1;
    if (used > bytes) break;
    json.raw(text);
  }
  json.end_array();
  if (written < offsets.size()) json.field("offsets_omitted", offsets.size() - written);
}

}  // namespace driftd
