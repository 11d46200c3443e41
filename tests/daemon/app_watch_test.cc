#include "daemon/app_watch.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/temp_folder.h"

using namespace driftd;
namespace fs = std::filesystem;

namespace {

// Looks as often as `times`, a second apart by its own clock; how often it said that the file changed.
struct Looker {
  FileWatch watch;
  FileWatch::Time now{std::chrono::seconds(100)};
  int looks(int times) {
    int changes = 0;
    for (int i = 0; i < times; ++i) changes += watch.changed(now += std::chrono::seconds(1)) ? 1 : 0;
    return changes;
  }
};

}  // namespace

TEST_CASE("a file that is written again is one change, told when it rests") {
  const TempFolder folder;
  const std::string path = folder.write("driftd.yaml", "a");
  Looker looker{FileWatch(path)};
  CHECK(looker.looks(3) == 0);
  folder.write("driftd.yaml", "ab");
  CHECK(looker.looks(1) == 0);
  folder.write("driftd.yaml", "abc");
  CHECK(looker.looks(1) == 0);  // it still moves
  CHECK(looker.looks(1) == 1);
  CHECK(looker.looks(3) == 0);
  CHECK_FALSE(looker.watch.changed(looker.now));  // not twice a second
}

TEST_CASE("the link of a ConfigMap that points elsewhere is a change; a file that is gone is none until it is back") {
  const TempFolder folder;
  fs::create_directory(folder.path("one"));
  fs::create_directory(folder.path("two"));
  folder.write("one/driftd.yaml", "same");
  folder.write("two/driftd.yaml", "same");
  fs::create_directory_symlink("one", folder.path("data"));
  Looker looker{FileWatch(folder.path("data/driftd.yaml"))};
  fs::create_directory_symlink("two", folder.path("other"));
  fs::rename(folder.path("other"), folder.path("data"));
  CHECK(looker.looks(3) == 1);
  fs::remove(folder.path("two/driftd.yaml"));
  CHECK(looker.looks(3) == 0);
  folder.write("two/driftd.yaml", "back");
  CHECK(looker.looks(3) == 1);
}
