// A rejected record as it is written to the dead-letter topic: why, where it stood, and, when asked, its first bytes.
#pragma once

#include <string>

#include "config/config.h"
#include "daemon/decode/record_batch.h"
#include "daemon/source/message.h"

namespace driftd {

inline constexpr std::size_t kDeadLetterPayload = 4096;  // bytes of the payload that are copied

struct DeadLetter {
  std::string key;    // topic/partition/offset: each bad record once by key
  std::string value;  // JSON object, deterministic
  std::string original_key;
  std::int64_t time_us = 0;
};

DeadLetter make_dead_letter(const TopicPartition& id, const Message& message, Reject reject, bool with_payload);

}  // namespace driftd
