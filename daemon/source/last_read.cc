#include "daemon/source/last_read.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace driftd {

RecordMark mark_of(const Message& message) {
  const std::uint64_t key = XXH3_64bits_withSeed(message.key.data(), message.key.size(), message.tombstone ? 1 : 0);
  return {message.offset, message.record_time_us, XXH3_64bits_withSeed(message.payload.data(), message.payload.size(), key)};
}

}  // namespace driftd
