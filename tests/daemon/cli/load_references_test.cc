#include "daemon/cli/load_references.h"

#include <doctest/doctest.h>

#include "tests/temp_folder.h"

namespace driftd {

namespace {

Config config_of(const std::string& reference) {
  Config config;
  StreamConfig stream;
  stream.name = "t";
  stream.topics = {"t"};
  config.streams = {stream};
  for (const char* name : {"a", "b"}) {
    MonitorConfig monitor;
    monitor.name = name;
    monitor.stream = "t";
    monitor.reference = reference;
    config.monitors.push_back(monitor);
  }
  return config;
}

}  // namespace

TEST_CASE("monitors with the same rows share one reference; other segment columns need one of their own") {
  const TempFolder folder;
  Config config = config_of(folder.write("r.csv", "x,c\n1,a\n2,b\n2,a\n5,b\n"));
  const auto shared = load_references(config);
  REQUIRE(shared);
  CHECK((*shared)[0] == (*shared)[1]);
  config.monitors[1].segments.by = {"c"};
  const auto apart = load_references(config);
  REQUIRE(apart);
  CHECK((*apart)[0] != (*apart)[1]);
  CHECK((*apart)[1]->segments == std::vector<std::string>{"c=a", "c=b"});
}

TEST_CASE("what is wrong names the monitor and the file") {
  const TempFolder folder;
  const auto missing = load_references(config_of(folder.path("none.ref")));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message == "monitor 'a': " + folder.path("none.ref") + ": No such file or directory");
  const auto ragged = load_references(config_of(folder.write("r.csv", "x,c\n1\n")));
  REQUIRE_FALSE(ragged);
  CHECK(ragged.error().exit_code == 65);
}

}  // namespace driftd
