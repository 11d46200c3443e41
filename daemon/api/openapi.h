// The API as OpenAPI 3.1, from the table of routes: every route is in it, with its summary and the keys of its query. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

// What a reader of the documents is told of a route.
struct RouteDocument {
  std::string_view pattern;  // "/api/v1/monitors/{monitor}"
  std::string_view summary;
  std::string_view query;  // its keys, separated by blanks
  bool changes = false;    // POST; else GET and HEAD
};

std::string openapi_json(std::span<const RouteDocument> routes, std::string_view version);

// Keys of queries that openapi_json can tell about; a route must not name another.
std::vector<std::string_view> known_query_keys();

}  // namespace driftd
