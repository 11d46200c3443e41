// A snapshot: sections of bytes that together are the whole state of a daemon at one cut, offsets and outbox included.
// Values; any thread. Equal state written by one version of driftd gives equal bytes.
// File format 1, little-endian, in the words of runtime/codec.h:
//   raw `DRFT`, u32 format version, string writer version, u32 flags (0), u64 generation, u32 number of sections
//   a section: string id, u32 version, boolean mandatory, u64 length, u64 XXH3-64 of the section from its id to its
//   length and of its bytes, raw bytes
//   trailer: the XXH3-128 of everything before it, low half first
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

struct SnapshotSection {
  std::string id;  // at most 255 bytes, unique, kept in the given order
  std::uint32_t version = 1;
  bool mandatory = true;  // a reader that does not know a mandatory section refuses the snapshot
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
// The error says what is wrong and where. Any changed bit, any cut and any exchange of sections is noticed. Cost: two hashes
// and one copy of the bytes.
std::expected<Snapshot, std::string> decode_snapshot(std::string_view bytes);

std::uint64_t section_checksum(const SnapshotSection& section);  // as the file holds it

// What a reader that knows `known` must refuse: the first mandatory section it does not know, as a sentence; "" = none.
std::string unknown_mandatory_section(const Snapshot& snapshot, std::span<const std::string_view> known);

}  // namespace driftd
