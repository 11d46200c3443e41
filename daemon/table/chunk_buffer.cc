#include "daemon/table/chunk_buffer.h"

#include <cstring>
#include <utility>

namespace driftd {
namespace {

constexpr std::size_t kFirstCapacity = 1 << 20;

}  // namespace

ChunkBuffer::ChunkBuffer(GzipInput input, Tap tap)
    : input_(std::move(input)), tap_(std::move(tap)), bytes_(new char[kFirstCapacity]), capacity_(kFirstCapacity) {}

// Moves what is unread to the front, or doubles the memory where it fills more than half of it.
void ChunkBuffer::make_room() {
  const auto left = unread();
  if (left.size() > capacity_ / 2) {
    std::unique_ptr<char[]> larger(new char[2 * capacity_]);
    std::memcpy(larger.get(), left.data(), left.size());
    bytes_ = std::move(larger);
    capacity_ *= 2;
  } else {
    std::memmove(bytes_.get(), left.data(), left.size());
  }
  start_ = 0;
  end_ = left.size();
}

std::expected<bool, TableError> ChunkBuffer::more() {
  if (at_end_) return false;
  if (capacity_ - end_ < capacity_ / 2) make_room();
  const auto got = input_.read(bytes_.get() + end_, capacity_ - end_);
  if (!got) return std::unexpected(got.error());
  if (tap_) tap_({bytes_.get() + end_, *got});
  end_ += *got;
  at_end_ = *got == 0;
  return !at_end_;
}

}  // namespace driftd
