// Little-endian bytes <-> numbers and strings: the one way state is written. Values only; any thread.
// Equal values give equal bytes on every machine. A double is its 64 bits, so NaN and -0 survive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace driftd {

// Appends to a string it owns.
class ByteWriter {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void boolean(bool value) { u8(value ? 1 : 0); }
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  void i64(std::int64_t value) { u64(static_cast<std::uint64_t>(value)); }
  void f64(double value);
  void varint(std::uint64_t value);     // LEB128: 1 to 10 bytes, small numbers are short
  void string(std::string_view value);  // varint length, then the bytes
  void raw(std::string_view value) { bytes_.append(value); }

  std::size_t size() const { return bytes_.size(); }
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what ByteWriter wrote. Never reads outside its bytes and never throws: the first read that does not fit, or that
// ByteWriter would not have written so, fails the reader for good. From then on every read returns 0 or "", so a caller
// reads a whole value and asks ok() once at its end (and done() where nothing may follow).
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t u8();
  bool boolean();  // any byte but 0 and 1 fails
  std::uint32_t u32();
  std::uint64_t u64();
  std::int64_t i64() { return static_cast<std::int64_t>(u64()); }
  double f64();
  std::uint64_t varint();     // a form longer than needed, or over 64 bits, fails
  std::string_view string();  // lives as long as the bytes
  std::string_view raw(std::size_t size);
  // Number of elements of a list whose elements take at least `element_bytes` (> 0) each: fails where the rest is too
  // short for them, so that damaged bytes never lead to a large allocation.
  std::size_t count(std::size_t element_bytes);

  void fail() { ok_ = false; }  // for a caller that finds a value out of range
  bool ok() const { return ok_; }
  bool done() const { return ok_ && position_ == bytes_.size(); }
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return ok_ ? bytes_.size() - position_ : 0; }

 private:
  template <class Unsigned>
  Unsigned little_endian();

  std::string_view bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace driftd
