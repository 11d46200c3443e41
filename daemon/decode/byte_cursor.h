// The bytes of one binary datum, from the front: what Avro and Protobuf read alike. Every read says whether the bytes sufficed.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace driftd {

enum class BeyondSixtyFourBits : bool { kDropped, kRefused };  // of a varint

template <BeyondSixtyFourBits kBeyond>
class ByteCursor {
 public:
  explicit ByteCursor(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  bool skip(std::uint64_t count) {
    if (count > left()) return false;
    at_ += count;
    return true;
  }
  bool copy(void* to, std::size_t size) {
    if (left() < size) return false;
    std::memcpy(to, at_, size);
    at_ += size;
    return true;
  }
  bool view(std::uint64_t size, std::string_view& bytes) {
    if (size > left()) return false;
    bytes = {at_, static_cast<std::size_t>(size)};
    at_ += size;
    return true;
  }
  // Takes the bytes `prefix`, at most 2 and the first the lowest, and a finite double behind them; anything else is left where it is.
  bool number_after(std::uint16_t prefix, std::size_t prefix_bytes, double& value) {
    if (left() < prefix_bytes + sizeof value) return false;
    std::uint16_t head = 0;
    std::memcpy(&head, at_, sizeof head);
    if (((head ^ prefix) & ((1U << 8 * prefix_bytes) - 1)) != 0) return false;
    std::memcpy(&value, at_ + prefix_bytes, sizeof value);
    if (!std::isfinite(value)) return false;
    at_ += prefix_bytes + sizeof value;
    return true;
  }
  bool varint(std::uint64_t& value) {
    if (at_ != end_ && static_cast<signed char>(*at_) >= 0) [[likely]] {
      value = static_cast<unsigned char>(*at_++);
      return true;
    }
    if (left() > 1 && static_cast<signed char>(at_[1]) >= 0) {
      value = static_cast<std::uint64_t>(at_[1]) << 7 | (static_cast<unsigned char>(at_[0]) & 0x7FU);
      at_ += 2;
      return true;
    }
    return long_varint(value);
  }

 private:
  bool long_varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 70 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      if (kBeyond == BeyondSixtyFourBits::kRefused && shift == 63 && byte > 1) return false;
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  const char* at_;
  const char* end_;
};

}  // namespace driftd
