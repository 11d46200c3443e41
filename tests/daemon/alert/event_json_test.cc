#include "daemon/alert/event_json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace driftd {

TEST_CASE("p-values, and what is too small for one") {
  CHECK(p_value_of(0) == 1);
  CHECK(std::isnan(p_value_of(kNoNumber)));
  CHECK_FALSE(underflows(kNoNumber));
  CHECK_FALSE(underflows(-700));
  CHECK(p_value_of(-700) > 0);
  CHECK(underflows(-710));  // a denormal: no longer exact
  CHECK(p_value_of(-710) == 0);
  CHECK(underflows(-1e6));
  CHECK_FALSE(underflows(-std::numeric_limits<double>::infinity()));  // exactly 0
  CHECK(p_value_of(-std::numeric_limits<double>::infinity()) == 0);
}

TEST_CASE("share of missing values") {
  const ClassCounts classes{90, 1, 2, 3, 1, 1, 2};
  CHECK(missing_ratio(classes) == 0.06);
  CHECK(std::isnan(missing_ratio({})));
}

TEST_CASE("times") {
  JsonWriter json;
  json.begin_object();
  write_time(json, "a", 0);
  write_time(json, "b", kNoTime);
  CHECK(json.end_object().text() == R"({"a":"1970-01-01T00:00:00Z","b":null})");
}

TEST_CASE("offsets take the bytes they are given") {
  const std::vector<OffsetRange> offsets{{{"t", 0}, 1, 2}, {{"t", 1}, 3, 4}};
  const std::string first = R"({"from":1,"partition":0,"to":2,"topic":"t"})", second = R"({"from":3,"partition":1,"to":4,"topic":"t"})";
  const auto text = [&](std::size_t bytes) {
    JsonWriter json;
    json.begin_object();
    write_offsets(json, offsets, bytes);
    return json.end_object().take();
  };
  const std::size_t all = first.size() + second.size() + 2;
  CHECK(text(all) == "{\"offsets\":[" + first + "," + second + "]}");
  CHECK(text(all - 1) == "{\"offsets\":[" + first + "],\"offsets_omitted\":1}");
  CHECK(text(0) == R"({"offsets":[],"offsets_omitted":2})");
}

}  // namespace driftd
