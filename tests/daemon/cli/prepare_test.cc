#include "daemon/cli/prepare.h"

#include <doctest/doctest.h>

#include "tests/temp_folder.h"

using namespace driftd;

namespace {

struct Files {
  TempFolder folder;
  Files() { folder.write("good.csv", "x,c\n1,a\n2,b\n2,a\n5,b\n"); }
  std::expected<Prepared, Problems> prepared(const std::string& monitors) const {
    const auto loaded = load("kafka: {brokers: [\"h:1\"]}\nmonitors:\n" + monitors, "driftd.yaml", {.base_dir = folder.path()});
    if (!loaded) FAIL(render(loaded.error()));
    return prepare(*loaded);
  }
  std::string refused(const std::string& monitors) const {
    const auto made = prepared(monitors);
    if (made) FAIL("nothing was wrong");
    std::string lines;
    for (const Problem& problem : made.error()) lines += one_line(problem) + "\n";
    return lines;
  }
};

}  // namespace

TEST_CASE("a configuration comes with its plan") {
  const Files files;
  const auto made = files.prepared("  - {name: a, topic: t, reference: good.csv}\n");
  REQUIRE(made);
  CHECK(made->plan->monitors.size() == 1);
  CHECK(made->plan->config_hash == made->config.hash);
}

TEST_CASE("every reference that cannot be had is a problem at its place") {
  const Files files;
  CHECK(files.refused("  - {name: a, topic: t, reference: none.csv}\n  - {name: b, topic: t, reference: good.csv}\n"
                      "  - name: c\n    topic: t\n    reference: gone.ref\n") ==
        "driftd.yaml:3:36: monitor 'a': " + files.folder.path("none.csv") + ": No such file or directory\n" +
            "driftd.yaml:7:16: monitor 'c': " + files.folder.path("gone.ref") + ": No such file or directory\n");
}

TEST_CASE("so is every monitor of which no plan can be made") {
  const Files files;
  const std::string nothing = "reference: good.csv, features: {include: [z]}}\n";
  CHECK(files.refused("  - {name: a, topic: t, " + nothing + "  - {name: b, topic: t, reference: good.csv}\n  - {name: c, topic: t, " +
                      nothing) ==
        "driftd.yaml:3:5: monitor 'a': no column of its reference is left to be monitored\n"
        "driftd.yaml:5:5: monitor 'c': no column of its reference is left to be monitored\n");
}
