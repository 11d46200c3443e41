#include "daemon/cli/write_file.h"

#include <doctest/doctest.h>

#include "tests/temp_folder.h"

namespace driftd {

TEST_CASE("a file is written whole, over an older one, and nothing else stays") {
  const TempFolder folder;
  folder.write("x", "an older and longer text");
  CHECK(write_file(folder.path("x"), "new").empty());
  CHECK(folder.read("x") == "new");
  CHECK(!std::filesystem::exists(folder.path("x.part")));
}

TEST_CASE("a file that cannot be written is named") {
  const TempFolder folder;
  const auto path = folder.path("none/x");
  CHECK(write_file(path, "new") == path + ": No such file or directory");
}

}  // namespace driftd
