// The text of a file through a window that moves on: records are views into it, never copied. Memory: one record and a chunk.
// kFieldRoom bytes before and behind the text can be read. One thread.
#pragma once

#include <expected>
#include <memory>
#include <string_view>
#include <variant>

#include "daemon/table/gzip_input.h"
#include "daemon/table/read_ahead.h"

namespace driftd {

inline constexpr std::size_t kMaxRecordBytes = 64 << 20;

class ChunkBuffer {
 public:
  using Input = std::variant<GzipInput, ReadAhead>;
  explicit ChunkBuffer(Input input);

  // What was read and not yet consumed. Lives until the next more().
  std::string_view unread() const { return {bytes_.get() + start_, end_ - start_}; }
  void consume(std::size_t count) { start_ += count; }

  // Reads more behind unread(); false at the end of the file. More than kMaxRecordBytes unread is refused by the caller.
  std::expected<bool, TableError> more();
  bool at_end() const { return at_end_; }
  const std::string& name() const;

 private:
  void make_room();

  Input input_;
  std::unique_ptr<char[]> bytes_;  // room, capacity_ bytes, room; offsets count from the first room's start
  std::size_t capacity_, start_, end_;
  bool at_end_ = false;
};

}  // namespace driftd
