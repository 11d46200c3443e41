// Bytes of a file of ours with every checksum made right, as far as they can be walked: behind the checksums lies what a fuzzer wants.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <string>
#include <string_view>

#include "daemon/runtime/codec.h"

namespace driftd::fuzz {

inline std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

inline void put_u64(std::string& bytes, std::size_t at, std::uint64_t value) {
  ByteWriter writer;
  writer.u64(value);
  bytes.replace(at, sizeof value, writer.bytes());
}

// File format of state/snapshot.h.
inline std::string sealed_snapshot(std::string bytes) {
  constexpr std::size_t kTrailer = 16;
  if (bytes.size() < kTrailer) return bytes;
  const std::size_t end = bytes.size() - kTrailer;
  ByteReader in(std::string_view(bytes).substr(0, end));
  in.raw(8);
  in.string();
  in.raw(12);
  for (std::uint32_t sections = in.u32(); sections > 0 && in.ok(); --sections) {
    const std::size_t start = in.position();
    in.string();
    in.raw(5);
    const std::uint64_t length = in.u64();
    const std::size_t checksum_at = in.position();
    in.u64();
    const std::string_view payload = in.raw(length);
    if (!in.ok()) break;
    const std::string_view head = std::string_view(bytes).substr(start, checksum_at - start);
    put_u64(bytes, checksum_at, hash64(payload, hash64(head)));
  }
  const XXH128_hash_t all = XXH3_128bits(bytes.data(), end);
  put_u64(bytes, end, all.low64);
  put_u64(bytes, end + 8, all.high64);
  return bytes;
}

// Layout of reference/reference_format.h.
inline std::string sealed_reference(std::string bytes) {
  ByteReader in(bytes);
  in.raw(12);
  while (in.ok() && in.remaining() > 0) {
    const std::size_t start = in.position();
    const bool tail = in.raw(4) == "tail";
    const std::uint64_t length = in.u64();
    const std::size_t payload_at = in.position();
    in.raw(length);
    const std::size_t checksum_at = in.position();
    in.u64();
    if (!in.ok()) break;
    if (tail && length >= 16) put_u64(bytes, payload_at + 8, hash64(std::string_view(bytes).substr(0, start)));
    put_u64(bytes, checksum_at, hash64(std::string_view(bytes).substr(start, checksum_at - start)));
  }
  return bytes;
}

}  // namespace driftd::fuzz
