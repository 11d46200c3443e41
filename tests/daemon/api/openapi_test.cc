#include "daemon/api/openapi.h"

#include <doctest/doctest.h>

#include <array>

using namespace driftd;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a route with its places in the path and the keys of its query") {
  const std::array routes{RouteDocument{"/api/v1/monitors/{monitor}/features/{feature}/distribution", "Both sides.", "segment at"},
                          RouteDocument{"/metrics", "Metrics.", ""}, RouteDocument{"/api/v1/events", "Events.", "after"},
                          RouteDocument{"/ui/alerts/{id}", "A page.", ""}, RouteDocument{"/schema/event.json", "A schema.", ""}};
  const std::string text = openapi_json(routes, "1.2.3");
  CHECK(has(text, "\"openapi\": \"3.1.0\""));
  CHECK(has(text, "\"version\": \"1.2.3\""));
  CHECK(has(text,
            "\"/api/v1/monitors/{monitor}/features/{feature}/distribution\": {\n      \"get\": {\n        \"summary\": \"Both sides.\""));
  CHECK(has(text, "\"name\": \"monitor\",\n            \"in\": \"path\",\n            \"required\": true"));
  CHECK(has(text, "\"name\": \"feature\",\n            \"in\": \"path\""));
  CHECK(has(
      text,
      "\"name\": \"at\",\n            \"in\": \"query\",\n            \"required\": false,\n            \"description\": \"The newest"));
  CHECK(has(text, "\"text/event-stream\""));
  CHECK(has(text, "\"text/html\""));
  CHECK(has(text, "\"$ref\": \"#/components/schemas/Success\""));
  CHECK(has(text, "\"too_large\""));
}

TEST_CASE("keys of queries are sorted and unique") {
  const auto keys = known_query_keys();
  REQUIRE(keys.size() > 5);
  for (std::size_t i = 1; i < keys.size(); ++i) CHECK(keys[i - 1] < keys[i]);
}
