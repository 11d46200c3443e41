#include "daemon/table/gzip_input.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include "tests/temp_folder.h"

namespace driftd {
namespace {

// One gzip member.
std::string gzip(std::string_view text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())) + 64, '\0');
  std::string in(text);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// The whole text, or the message of the error.
std::string read_whole(const std::string& path, std::size_t step) {
  auto input = GzipInput::open(path);
  if (!input) return input.error().message;
  std::string text, part(step, '\0');
  for (;;) {
    const auto got = input->read(part.data(), step);
    if (!got) return got.error().message;
    if (*got == 0) return text;
    text.append(part, 0, *got);
  }
}

}  // namespace

TEST_CASE("plain and gzip give the same text, in steps of any size") {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919) + "\n";
  const auto plain = folder.write("plain", text), packed = folder.write("packed", gzip(text));
  for (const std::size_t step : {997U, 65'536U, 1U << 20}) {
    CHECK(read_whole(plain, step) == text);
    CHECK(read_whole(packed, step) == text);
  }
}

TEST_CASE("several members are one text; an empty one is nothing") {
  const TempFolder folder;
  CHECK(read_whole(folder.write("a", gzip("one ") + gzip("") + gzip("two")), 3) == "one two");
  CHECK(read_whole(folder.write("b", gzip("")), 3).empty());
  CHECK(read_whole(folder.write("c", ""), 3).empty());
}

TEST_CASE("damaged gzip is bad input") {
  const TempFolder folder;
  std::string text(10'000, 'x');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i * i % 17);
  const std::string good = gzip(text);
  const auto cut = folder.write("cut", good.substr(0, good.size() - 4));
  CHECK(read_whole(cut, 4096) == cut + ": the gzip data is cut off");
  std::string flipped = good;
  flipped[good.size() - 6] = static_cast<char>(flipped[good.size() - 6] ^ 1);  // in the checksum
  const auto damaged = folder.write("damaged", flipped);
  CHECK(read_whole(damaged, 4096) == damaged + ": the gzip data is damaged");
  const auto tail = folder.write("tail", good + "garbage");
  CHECK(read_whole(tail, 4096) == tail + ": the gzip data is damaged");
}

TEST_CASE("a file that is not there, and a folder") {
  const TempFolder folder;
  const auto missing = GzipInput::open(folder.path("missing"));
  REQUIRE(!missing);
  CHECK(missing.error() == TableError{TableError::Kind::kIo, folder.path("missing") + ": No such file or directory"});
  const auto directory = GzipInput::open(folder.path("."));
  REQUIRE(!directory);
  CHECK(directory.error() == TableError{TableError::Kind::kIo, folder.path(".") + ": Is a directory"});
}

}  // namespace driftd
