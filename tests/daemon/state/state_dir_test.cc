#include "daemon/state/state_dir.h"

#include <doctest/doctest.h>

#include <vector>

namespace driftd {

TEST_CASE("the state directory is the first that applies") {
  struct Row {
    const char* name;
    const char* configured;
    StateSurroundings surroundings;
    const char* want;
  };
  const std::vector<Row> rows{
      {"configured", "here", {"/run/s", "/xdg", "/home/a", true}, "here"},
      {"systemd", "", {"/run/s", "/xdg", "/home/a", true}, "/run/s"},
      {"systemd, several", "", {"/run/s:/run/t", "", "", true}, "/run/s"},
      {"the system's", "", {"", "/xdg", "/home/a", true}, "/var/lib/driftd"},
      {"XDG", "", {"", "/xdg", "/home/a", false}, "/xdg/driftd"},
      {"home", "", {"", "", "/home/a", false}, "/home/a/.local/state/driftd"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(choose_state_dir(row.configured, row.surroundings) == row.want);
  }
}

TEST_CASE("the surroundings of this process choose some directory, a configured one is kept") {
  CHECK(state_dir("x/y") == "x/y");
  CHECK_FALSE(state_dir("").empty());
}

}  // namespace driftd
