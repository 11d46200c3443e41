#include "daemon/table/chunk_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "daemon/decode/csv_record.h"

namespace driftd {
namespace {

constexpr std::size_t kFirstCapacity = 1 << 20;

// The rooms are zero: no token goes on in them.
std::unique_ptr<char[]> with_rooms(std::size_t capacity) {
  std::unique_ptr<char[]> bytes(new char[kFieldRoom + capacity + kFieldRoom]);
  std::fill_n(bytes.get(), kFieldRoom, '\0');
  std::fill_n(bytes.get() + kFieldRoom + capacity, kFieldRoom, '\0');
  return bytes;
}

}  // namespace

ChunkBuffer::ChunkBuffer(Input input)
    : input_(std::move(input)), bytes_(with_rooms(kFirstCapacity)), capacity_(kFirstCapacity), start_(kFieldRoom), end_(kFieldRoom) {}

const std::string& ChunkBuffer::name() const {
  return std::visit([](const auto& input) -> const std::string& { return input.name(); }, input_);
}

// Moves what is unread to the front, or doubles the memory where it fills more than half of it.
void ChunkBuffer::make_room() {
  const auto left = unread();
  if (left.size() > capacity_ / 2) {
    auto larger = with_rooms(2 * capacity_);
    std::memcpy(larger.get() + kFieldRoom, left.data(), left.size());
    bytes_ = std::move(larger);
    capacity_ *= 2;
  } else {
    std::memmove(bytes_.get() + kFieldRoom, left.data(), left.size());
  }
  start_ = kFieldRoom;
  end_ = kFieldRoom + left.size();
}

std::expected<bool, TableError> ChunkBuffer::more() {
  if (at_end_) return false;
  if (kFieldRoom + capacity_ - end_ < capacity_ / 2) make_room();
  const std::size_t free = kFieldRoom + capacity_ - end_;
  const auto got = std::visit([&](auto& input) { return input.read(bytes_.get() + end_, free); }, input_);
  if (!got) return std::unexpected(got.error());
  end_ += *got;
  at_end_ = *got == 0;
  return !at_end_;
}

}  // namespace driftd
