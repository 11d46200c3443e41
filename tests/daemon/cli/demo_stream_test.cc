#include "daemon/cli/demo_stream.h"

#include <doctest/doctest.h>

#include "tests/temp_folder.h"

namespace driftd {

TEST_CASE("rows before 2016 become the reference as they are, later ones become JSON records") {
  const TempFolder folder;
  const std::string rows = folder.write("stream.csv",
                                        "id,event_time,agep,score\r\n0,2015-12-31T00:00:00Z,62,0.1\r\n1,2016-01-01T00:00:00Z,48,0.8160\r\n"
                                        "2,2016-01-02T00:00:00Z,7,1\r\n");
  auto stream = DemoStream::open(rows, folder.path("2015.csv"));
  REQUIRE(stream);
  CHECK(folder.read("2015.csv") == "id,event_time,agep,score\n0,2015-12-31T00:00:00Z,62,0.1\n");
  REQUIRE((*stream)->peek() != nullptr);
  CHECK((*stream)->peek()->json == R"({"id":1,"event_time":"2016-01-01T00:00:00Z","agep":48,"score":0.816})");
  CHECK((*stream)->peek()->time_us == 1'451'606'400'000'000);
  REQUIRE((*stream)->advance());
  CHECK((*stream)->peek()->json == R"({"id":2,"event_time":"2016-01-02T00:00:00Z","agep":7,"score":1})");
  REQUIRE((*stream)->advance());
  CHECK((*stream)->peek() == nullptr);
}

TEST_CASE("a file that is not the demo's is refused") {
  const TempFolder folder;
  CHECK_FALSE(DemoStream::open(folder.path("none"), folder.path("out")));
  CHECK_FALSE(DemoStream::open(folder.write("a.csv", "x,y\n1,2\n"), folder.path("out")));
}

}  // namespace driftd
