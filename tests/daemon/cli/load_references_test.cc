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

TEST_CASE("training rows need not have every field of the stream: no time, no prediction, no segment column") {
  const TempFolder folder;
  Config config = config_of(folder.write("r.csv", "x,label\n1,0\n2,1\n2,1\n5,0\n"));
  config.streams[0].fields.event_time = "at";
  config.streams[0].fields.prediction = "predicted";
  config.streams[0].fields.label = "label";
  config.monitors[0].segments.by = {"country"};
  const auto references = load_references(config);
  REQUIRE(references);
  CHECK((*references)[0]->time_column.empty());
  CHECK((*references)[0]->prediction_column.empty());
  CHECK((*references)[0]->label_column == "label");
  CHECK((*references)[0]->segment_by.empty());
  CHECK((*references)[0]->find("error") == nullptr);
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

TEST_CASE("asked for all of them, every one that cannot be had is named") {
  const TempFolder folder;
  Config config = config_of(folder.path("none.ref"));
  config.monitors.push_back(config.monitors[0]);
  config.monitors[1].reference = folder.write("r.csv", "x,c\n1,a\n2,b\n2,a\n5,b\n");
  config.monitors[2].name = "c";
  const auto failed = load_all_references(config);
  REQUIRE_FALSE(failed);
  REQUIRE(failed.error().size() == 2);
  CHECK(failed.error()[0].first == 0);
  CHECK(failed.error()[1].first == 2);
  CHECK(failed.error()[1].second.message == "monitor 'c': " + folder.path("none.ref") + ": No such file or directory");
  config.monitors = {config.monitors[1], config.monitors[1]};
  const auto all = load_all_references(config);
  REQUIRE(all);
  CHECK((*all)[0] == (*all)[1]);
}

}  // namespace driftd
