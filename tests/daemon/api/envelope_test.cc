#include "daemon/api/envelope.h"

#include <doctest/doctest.h>

#include "daemon/source/message.h"

using namespace driftd;

TEST_CASE("the envelope, with and without warnings, and that of an error") {
  CHECK(document([](JsonWriter& json) { json.field("a", 1); }) == "{\"status\":\"success\",\"data\":{\"a\":1},\"warnings\":[]}\n");
  CHECK(document([](JsonWriter& json) { time_field(json, "t", 0); }, {"one", "\"two\""}) ==
        "{\"status\":\"success\",\"data\":{\"t\":\"1970-01-01T00:00:00Z\"},\"warnings\":[\"one\",\"\\\"two\\\"\"]}\n");
  CHECK(document([](JsonWriter& json) { time_field(json, "t", kNoTime); }) ==
        "{\"status\":\"success\",\"data\":{\"t\":null},\"warnings\":[]}\n");
  CHECK(error_json("bad_data", "a \"b\"") == "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"a \\\"b\\\"\"}\n");
}
