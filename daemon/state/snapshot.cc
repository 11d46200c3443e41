#include "daemon/state/snapshot.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cassert>

#include "daemon/runtime/codec.h"
#include "daemon/runtime/version.h"

namespace driftd {
namespace {

constexpr std::string_view kMagic = "DRFT";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kTrailerBytes = 16;
constexpr std::size_t kSmallestSection = 1 + 4 + 1 + 8 + 8;

using Problem = std::string;  // "" = none

std::string trailer_of(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  ByteWriter writer;
  writer.u64(hash.low64);
  writer.u64(hash.high64);
  return writer.take();
}

std::string section_head(const SnapshotSection& section) {
  ByteWriter writer;
  writer.string(section.id);
  writer.u32(section.version);
  writer.boolean(section.mandatory);
  writer.u64(section.bytes.size());
  return writer.take();
}

std::uint64_t section_checksum(std::string_view head, std::string_view bytes) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), XXH3_64bits(head.data(), head.size()));
}

Problem read_head(ByteReader& reader, Snapshot& snapshot, std::uint32_t& sections) {
  if (reader.raw(kMagic.size()) != kMagic) return "is not a snapshot: it does not begin with DRFT";
  const std::uint32_t format = reader.u32();
  if (reader.ok() && format != kFormat) return fmt::format("has format {}; this driftd reads format {}", format, kFormat);
  reader.string();  // the writer's version, for a person with a hex dump
  const std::uint32_t flags = reader.u32();
  snapshot.generation = reader.u64();
  sections = reader.u32();
  if (!reader.ok()) return "ends within its head";
  return flags == 0 ? Problem() : fmt::format("has unknown flags {:#x}", flags);
}

Problem read_section(ByteReader& reader, std::string_view file, Snapshot& snapshot) {
  const std::size_t start = reader.position();
  SnapshotSection section;
  section.id = reader.string();
  section.version = reader.u32();
  section.mandatory = reader.boolean();
  const std::uint64_t length = reader.u64();
  const std::size_t head_end = reader.position();
  const std::uint64_t checksum = reader.u64();
  section.bytes = reader.raw(length);
  if (!reader.ok()) return fmt::format("section {} at byte {} does not fit the file", snapshot.sections.size() + 1, start);
  if (section_checksum(file.substr(start, head_end - start), section.bytes) != checksum) {
    return fmt::format("section {} at byte {}: its checksum differs", snapshot.sections.size() + 1, start);
  }
  if (snapshot.find(section.id) != nullptr) return fmt::format("section '{}' is there twice", section.id);
  snapshot.sections.push_back(std::move(section));
  return "";
}

Problem read_file(std::string_view file, Snapshot& snapshot) {
  if (file.size() < kTrailerBytes) return fmt::format("has {} bytes only", file.size());
  const std::string_view body = file.substr(0, file.size() - kTrailerBytes);
  ByteReader reader(body);
  std::uint32_t sections = 0;
  Problem problem = read_head(reader, snapshot, sections);
  if (problem.empty() && sections > reader.remaining() / kSmallestSection) problem = "is too short for its sections";
  for (std::uint32_t i = 0; i < sections && problem.empty(); ++i) problem = read_section(reader, body, snapshot);
  if (!problem.empty()) return problem;
  if (!reader.done()) return fmt::format("has {} bytes after its last section", reader.remaining());
  return trailer_of(body) == file.substr(body.size()) ? Problem() : "its checksum over everything differs";
}

}  // namespace

const SnapshotSection* Snapshot::find(std::string_view id) const {
  const auto it = std::ranges::find(sections, id, &SnapshotSection::id);
  return it == sections.end() ? nullptr : &*it;
}

std::string encode_snapshot(const Snapshot& snapshot) {
  ByteWriter writer;
  writer.raw(kMagic);
  writer.u32(kFormat);
  writer.string(version());
  writer.u32(0);
  writer.u64(snapshot.generation);
  writer.u32(static_cast<std::uint32_t>(snapshot.sections.size()));
  for (const auto& section : snapshot.sections) {
    assert(section.id.size() <= 255 && snapshot.find(section.id) == &section);
    const std::string head = section_head(section);
    writer.raw(head);
    writer.u64(section_checksum(head, section.bytes));
    writer.raw(section.bytes);
  }
  writer.raw(trailer_of(writer.bytes()));
  return writer.take();
}

std::uint64_t section_checksum(const SnapshotSection& section) { return section_checksum(section_head(section), section.bytes); }

std::expected<Snapshot, std::string> decode_snapshot(std::string_view bytes) {
  Snapshot snapshot;
  Problem problem = read_file(bytes, snapshot);
  if (!problem.empty()) return std::unexpected(std::move(problem));
  return snapshot;
}

std::string unknown_mandatory_section(const Snapshot& snapshot, std::span<const std::string_view> known) {
  for (const auto& section : snapshot.sections) {
    if (section.mandatory && std::ranges::find(known, section.id) == known.end()) {
      return fmt::format("the snapshot has a section '{}' that this driftd does not know: it was written by a newer one", section.id);
    }
  }
  return "";
}

}  // namespace driftd
