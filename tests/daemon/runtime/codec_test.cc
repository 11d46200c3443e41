#include "daemon/runtime/codec.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace driftd {

TEST_CASE("bytes are little-endian, as written in the format") {
  ByteWriter writer;
  writer.u8(0xab);
  writer.boolean(true);
  writer.u32(0x01020304);
  writer.u64(0x0102030405060708);
  writer.i64(-2);
  writer.f64(1.0);
  writer.varint(300);
  writer.string("ab");
  const std::string want(
      "\xab\x01\x04\x03\x02\x01\x08\x07\x06\x05\x04\x03\x02\x01"
      "\xfe\xff\xff\xff\xff\xff\xff\xff"
      "\x00\x00\x00\x00\x00\x00\xf0\x3f\xac\x02\x02"
      "ab",
      35);
  CHECK(writer.size() == 35);
  CHECK(writer.bytes() == want);
}

TEST_CASE("every value comes back, and nothing is left") {
  const std::vector<std::uint64_t> numbers{0, 1, 127, 128, 16383, 16384, 1ULL << 32, (1ULL << 63) - 1, 1ULL << 63, ~0ULL};
  const std::vector<double> doubles{
      0.0, -0.0, 1.5, std::numeric_limits<double>::denorm_min(), -std::numeric_limits<double>::infinity(), std::nan("0x123")};
  ByteWriter writer;
  for (const auto number : numbers) writer.varint(number);
  for (const auto number : numbers) writer.i64(static_cast<std::int64_t>(number));
  for (const auto number : doubles) writer.f64(number);
  writer.string("");
  writer.string(std::string("a\0b", 3));
  writer.boolean(false);

  ByteReader reader(writer.bytes());
  for (const auto number : numbers) CHECK(reader.varint() == number);
  for (const auto number : numbers) CHECK(reader.i64() == static_cast<std::int64_t>(number));
  for (const auto number : doubles) CHECK(std::bit_cast<std::uint64_t>(reader.f64()) == std::bit_cast<std::uint64_t>(number));
  CHECK(reader.string().empty());
  CHECK(reader.string() == std::string_view("a\0b", 3));
  CHECK_FALSE(reader.boolean());
  CHECK(reader.done());
}

TEST_CASE("a read that does not fit fails the reader for good") {
  ByteReader reader("\x01\x02\x03");
  CHECK(reader.u32() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.u8() == 0);  // would have fitted
  CHECK(reader.string().empty());
  CHECK(reader.remaining() == 0);
  CHECK_FALSE(reader.done());
}

TEST_CASE("bytes that no writer writes are refused") {
  struct Row {
    std::string_view name;
    std::string_view bytes;
    void (*read)(ByteReader&);
  };
  const auto varint = [](ByteReader& reader) { reader.varint(); };
  const auto string = [](ByteReader& reader) { reader.string(); };
  const std::vector<Row> rows{
      {"boolean 2", "\x02", [](ByteReader& reader) { reader.boolean(); }},
      {"varint without an end", "\x80\x80", varint},
      {"varint of 11 bytes", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", varint},
      {"varint over 64 bits", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", varint},
      {"varint longer than needed", std::string_view("\x80\x00", 2), varint},
      {"string longer than the bytes",
       "\x03"
       "ab",
       string},
      {"string of 2^64-1 bytes", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", string},
      {"more elements than the bytes can hold",
       "\x03"
       "12345678",
       [](ByteReader& reader) { reader.count(4); }},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    ByteReader reader(row.bytes);
    row.read(reader);
    CHECK_FALSE(reader.ok());
  }
}

TEST_CASE("count accepts as many elements as fit") {
  ByteReader reader(
      "\x02"
      "12345678");
  CHECK(reader.count(4) == 2);
  CHECK(reader.remaining() == 8);
}

TEST_CASE("a reader that its caller failed is not done") {
  ByteReader reader("");
  CHECK(reader.done());
  reader.fail();
  CHECK_FALSE(reader.done());
}

TEST_CASE("every truncation of a message is noticed") {
  ByteWriter writer;
  writer.u64(7);
  writer.string("hello");
  writer.varint(1ULL << 40);
  for (std::size_t size = 0; size < writer.size(); ++size) {
    CAPTURE(size);
    ByteReader reader(std::string_view(writer.bytes()).substr(0, size));
    reader.u64();
    reader.string();
    reader.varint();
    CHECK_FALSE(reader.ok());
  }
}

}  // namespace driftd
