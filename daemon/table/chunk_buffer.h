// The text of a file through a window that moves on: records are views into it, never copied. Memory: one record and a chunk.
// One thread.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string_view>

#include "daemon/table/gzip_input.h"

namespace driftd {

inline constexpr std::size_t kMaxRecordBytes = 64 << 20;

class ChunkBuffer {
 public:
  // tap, where given, sees every byte once, in order.
  using Tap = std::function<void(std::string_view)>;
  explicit ChunkBuffer(GzipInput input, Tap tap = {});

  // What was read and not yet consumed. Lives until the next more().
  std::string_view unread() const { return {bytes_.get() + start_, end_ - start_}; }
  void consume(std::size_t count) { start_ += count; }

  // Reads more behind unread(); false at the end of the file. More than kMaxRecordBytes unread is refused by the caller.
  std::expected<bool, TableError> more();
  bool at_end() const { return at_end_; }
  const std::string& name() const { return input_.name(); }

 private:
  void make_room();

  GzipInput input_;
  Tap tap_;
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_, start_ = 0, end_ = 0;
  bool at_end_ = false;
};

}  // namespace driftd
