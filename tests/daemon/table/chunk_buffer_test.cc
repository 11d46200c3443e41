#include "daemon/table/chunk_buffer.h"

#include <doctest/doctest.h>

#include "tests/temp_folder.h"

namespace driftd {

TEST_CASE("what is not consumed stays, in front of what is read") {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 600'000; ++i) text += std::to_string(i) + ",";
  auto input = GzipInput::open(folder.write("x", text));
  REQUIRE(input);
  ChunkBuffer buffer(std::move(*input));
  std::string seen;
  for (std::size_t step = 1; !buffer.at_end(); step = step * 3 + 1) {
    REQUIRE(buffer.more());
    const auto part = buffer.unread().substr(0, step);
    seen += part;
    buffer.consume(part.size());
  }
  CHECK(seen + std::string(buffer.unread()) == text);
  CHECK(buffer.more() == false);
}

}  // namespace driftd
