#include "daemon/decode/dead_letter.h"

#include <algorithm>

#include "daemon/runtime/base64.h"
#include "daemon/runtime/event_time.h"
#include "daemon/runtime/json_writer.h"

namespace driftd {

DeadLetter make_dead_letter(const TopicPartition& id, const Message& message, Reject reject, bool with_payload) {
  DeadLetter letter;
  letter.key = id.topic + '/' + std::to_string(id.partition) + '/' + std::to_string(message.offset);
  letter.original_key = message.key;
  letter.time_us = message.record_time_us == kNoTime ? 0 : message.record_time_us;
  JsonWriter json;
  json.begin_object();
  json.field("offset", message.offset).field("partition", static_cast<std::int64_t>(id.partition));
  if (with_payload && !message.tombstone) {
    json.field("payload_base64", base64(message.payload.substr(0, std::min(message.payload.size(), kDeadLetterPayload))));
  }
  json.field("reason", reject_name(reject));
  const bool has_time = message.record_time_us >= kMinEventTime && message.record_time_us <= kMaxEventTime;
  if (has_time) json.field("record_time", format_event_time(message.record_time_us));
  json.field("size_bytes", static_cast<std::uint64_t>(message.payload.size())).field("topic", id.topic);
  json.end_object();
  letter.value = json.take();
  return letter;
}

}  // namespace driftd
