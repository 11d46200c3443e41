#include "daemon/runtime/codec.h"

#include <bit>

namespace driftd {

namespace {

template <class Unsigned>
void append_little_endian(std::string& bytes, Unsigned value) {
  for (std::size_t i = 0; i < sizeof value; ++i) bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

}  // namespace

void ByteWriter::u32(std::uint32_t value) { append_little_endian(bytes_, value); }

void ByteWriter::u64(std::uint64_t value) { append_little_endian(bytes_, value); }

void ByteWriter::f64(double value) { u64(std::bit_cast<std::uint64_t>(value)); }

void ByteWriter::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) u8(static_cast<std::uint8_t>(value | 0x80));
  u8(static_cast<std::uint8_t>(value));
}

void ByteWriter::string(std::string_view value) {
  varint(value.size());
  raw(value);
}

std::string_view ByteReader::raw(std::size_t size) {
  if (size > remaining()) ok_ = false;
  if (!ok_) return {};
  position_ += size;
  return bytes_.substr(position_ - size, size);
}

template <class Unsigned>
Unsigned ByteReader::little_endian() {
  Unsigned value = 0;
  const std::string_view bytes = raw(sizeof value);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value = static_cast<Unsigned>(value | static_cast<Unsigned>(static_cast<unsigned char>(bytes[i])) << (8 * i));
  }
  return value;
}

std::uint8_t ByteReader::u8() { return little_endian<std::uint8_t>(); }

std::uint32_t ByteReader::u32() { return little_endian<std::uint32_t>(); }

std::uint64_t ByteReader::u64() { return little_endian<std::uint64_t>(); }

double ByteReader::f64() { return std::bit_cast<double>(u64()); }

bool ByteReader::boolean() {
  const std::uint8_t value = u8();
  if (value > 1) ok_ = false;
  return value == 1;
}

std::uint64_t ByteReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint64_t byte = u8();
    if (!ok_) return 0;
    value |= (byte & 0x7f) << shift;
    if (byte >= 0x80) continue;
    const bool longer_than_needed = byte == 0 && shift > 0;
    const bool over_64_bits = shift == 63 && byte > 1;
    if (longer_than_needed || over_64_bits) break;
    return value;
  }
  ok_ = false;
  return 0;
}

std::string_view ByteReader::string() { return raw(varint()); }

std::size_t ByteReader::count(std::size_t element_bytes) {
  const std::uint64_t elements = varint();
  if (elements > remaining() / element_bytes) ok_ = false;
  return ok_ ? elements : 0;
}

}  // namespace driftd
