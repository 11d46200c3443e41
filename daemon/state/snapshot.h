// A snapshot: sections of bytes that together are the whole state of a daemon at one cut, offsets and outbox included.
// File format (reliability 3.5): magic `DRFT`, format version, writer version, flags; sections {id, version, length, checksum};
// trailer with a checksum over everything. Little-endian; equal state gives equal bytes.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

struct SnapshotSection {
  std::string id;            // at most 255 bytes, unique, kept in the given order
  std::uint32_t version = 1;
  bool mandatory = true;     // a reader that does not know a mandatory section refuses the snapshot
  std::string bytes;
  friend bool operator==(const SnapshotSection&, const SnapshotSection&) = default;
};

struct Snapshot {
  std::uint64_t generation = 0;
  std::vector<SnapshotSection> sections;
  const SnapshotSection* find(std::string_view id) const;
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

std::string encode_snapshot(const Snapshot& snapshot);
std::expected<Snapshot, std::string> decode_snapshot(std::string_view bytes);  // the error says what is wrong and where

}  // namespace driftd
