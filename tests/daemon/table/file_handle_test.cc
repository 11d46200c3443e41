#include "daemon/table/file_handle.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("a temporary file holds what is written, at any offset") {
  const auto file = open_temporary();
  REQUIRE(file);
  const std::string text(1 << 20, 'x');
  REQUIRE(write_all(*file, text + "end"));
  std::string read(8, '\0');
  CHECK(read_at(*file, read.data(), read.size(), text.size() - 2) == 5U);
  CHECK(read.substr(0, 5) == "xxend");
  CHECK(read_at(*file, read.data(), read.size(), text.size() + 3) == 0U);
}

TEST_CASE("a handle closes its file once") {
  auto first = open_temporary();
  REQUIRE(first);
  FileHandle second(std::move(*first));
  CHECK(first->get() == -1);
  CHECK(second.get() >= 0);
  second = FileHandle();
  CHECK(second.get() == -1);
}

}  // namespace driftd
