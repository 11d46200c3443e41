// How clients of a schema registry begin a record: 0x00, then the schema's id as four bytes, most significant first. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace driftd {

inline constexpr std::size_t kFrameBytes = 5;

// nullopt: not framed, or an id that no registry gives (they begin at 1).
inline std::optional<std::int32_t> framed_schema_id(std::string_view payload) {
  if (payload.size() < kFrameBytes || payload[0] != 0) return std::nullopt;
  std::uint32_t id = 0;
  for (std::size_t i = 1; i < kFrameBytes; ++i) id = id << 8 | static_cast<unsigned char>(payload[i]);
  if (id == 0 || id > INT32_MAX) return std::nullopt;
  return static_cast<std::int32_t>(id);
}

}  // namespace driftd
