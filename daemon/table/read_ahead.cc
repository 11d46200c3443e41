#include "daemon/table/read_ahead.h"

#include <algorithm>
#include <cstring>
#include <thread>
#include <utility>

#include "daemon/runtime/bounded_queue.h"
#include "daemon/runtime/thread_name.h"

namespace driftd {
namespace {

constexpr std::size_t kChunkBytes = 512 << 10;
constexpr std::size_t kChunks = 4;

}  // namespace

// Chunks go round: spare, filled by the thread, emptied by read().
class ReadAhead::Reading {
 public:
  Reading(GzipInput input, Tap tap) : input_(std::move(input)), name_(input_.name()), tap_(std::move(tap)) {
    for (std::size_t i = 0; i < kChunks; ++i) spare_.try_push(std::unique_ptr<char[]>(new char[kChunkBytes]));
    thread_ = std::jthread([this] { run(); });
  }
  ~Reading() {
    spare_.close();
    filled_.close();
  }

  std::expected<std::size_t, TableError> read(char* to, std::size_t size) {
    if (at_ == end_) {
      if (chunk_.bytes) spare_.try_push(std::move(chunk_.bytes));
      chunk_ = *filled_.pop();
      if (!chunk_.size) return std::unexpected(chunk_.size.error());
      at_ = 0;
      end_ = *chunk_.size;
    }
    const std::size_t count = std::min(size, end_ - at_);
    std::memcpy(to, chunk_.bytes.get() + at_, count);
    at_ += count;
    return count;
  }
  const std::string& name() const { return name_; }

 private:
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::expected<std::size_t, TableError> size = 0;  // 0: the end
  };

  void run() {
    set_thread_name("read_ahead");
    for (bool more = true; more;) {
      auto bytes = spare_.pop();
      if (!bytes) return;
      Chunk chunk{std::move(*bytes), 0};
      chunk.size = input_.read(chunk.bytes.get(), kChunkBytes);
      more = chunk.size && *chunk.size > 0;
      if (more) tap_({chunk.bytes.get(), *chunk.size});
      filled_.try_push(std::move(chunk));
    }
  }

  GzipInput input_;
  std::string name_;
  Tap tap_;
  BoundedQueue<std::unique_ptr<char[]>> spare_{kChunks};
  BoundedQueue<Chunk> filled_{kChunks};
  Chunk chunk_;  // the one being emptied: bytes [at_, end_) are left
  std::size_t at_ = 0, end_ = 0;
  std::jthread thread_;
};

ReadAhead::ReadAhead(GzipInput input, Tap tap) : reading_(std::make_unique<Reading>(std::move(input), std::move(tap))) {}
ReadAhead::ReadAhead(ReadAhead&&) noexcept = default;
ReadAhead& ReadAhead::operator=(ReadAhead&&) noexcept = default;
ReadAhead::~ReadAhead() = default;

std::expected<std::size_t, TableError> ReadAhead::read(char* to, std::size_t size) { return reading_->read(to, size); }
const std::string& ReadAhead::name() const { return reading_->name(); }

}  // namespace driftd
