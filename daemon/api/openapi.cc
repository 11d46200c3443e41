#include "daemon/api/openapi.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "daemon/runtime/json_writer.h"

namespace driftd {

namespace {

struct QueryKey {
  std::string_view name, help, type;  // type: of JSON Schema
};

constexpr std::array kQueryKeys{
    QueryKey{"after", "Id of the last event that is known, where the header Last-Event-ID cannot be sent.", "string"},
    QueryKey{"at", "The newest window that ended by this time: RFC 3339, or milliseconds since 1970.", "string"},
    QueryKey{"feature", "A feature; without it the monitor as a whole.", "string"},
    QueryKey{"from", "Windows that end at or after this time: RFC 3339, or milliseconds since 1970.", "string"},
    QueryKey{"limit", "Items of the list, 1 to 1000; 100 where it is not given.", "integer"},
    QueryKey{"list", "all: long lists whole.", "string"},
    QueryKey{"live", "off: the page does not refresh itself.", "string"},
    QueryKey{"monitor", "Of this monitor only.", "string"},
    QueryKey{"next", "Where the list goes on: what the last answer gave as next.", "string"},
    QueryKey{"scale", "log: shares on a logarithmic scale.", "string"},
    QueryKey{"segment", "A segment, such as all or country=DE.", "string"},
    QueryKey{"sort", "ratio: the worst first.", "string"},
    QueryKey{"state", "pending, firing or resolved.", "string"},
    QueryKey{"step", "One point for each such duration, such as 15m: the worst window of it.", "string"},
    QueryKey{"to", "Windows that end at or before this time: RFC 3339, or milliseconds since 1970.", "string"},
};

void parameter(JsonWriter& json, std::string_view name, std::string_view where, std::string_view help, std::string_view type) {
  json.begin_object().field("name", name).field("in", where).field("required", where == "path");
  if (!help.empty()) json.field("description", help);
  json.key("schema").begin_object().field("type", type).end_object().end_object();
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void parameters(JsonWriter& json, const RouteDocument& route) {
  json.key("parameters").begin_array();
  for (std::size_t open = route.pattern.find('{'); open != std::string_view::npos; open = route.pattern.find('{', open + 1)) {
    parameter(json, route.pattern.substr(open + 1, route.pattern.find('}', open) - open - 1), "path", "", "string");
  }
  for (const std::string_view key : words(route.query)) {
    const auto* const known = std::ranges::find(kQueryKeys, key, &QueryKey::name);
    assert(known != kQueryKeys.end());
    parameter(json, known->name, "query", known->help, known->type);
  }
  json.end_array();
}

void content(JsonWriter& json, std::string_view type, std::string_view schema) {
  json.key("content").begin_object().key(type).begin_object().key("schema").begin_object();
  schema.empty() ? json.field("type", "string") : json.field("$ref", schema);
  json.end_object().end_object().end_object();
}

void responses(JsonWriter& json, const RouteDocument& route) {
  const bool is_api = route.pattern.starts_with("/api/");
  const bool is_stream = route.pattern == "/api/v1/events";
  const bool is_json = is_api || route.pattern.ends_with(".json") || route.changes;
  const bool is_page = route.pattern == "/" || route.pattern.starts_with("/ui/");
  json.key("responses").begin_object().key("200").begin_object().field("description", route.summary);
  if (is_stream) {
    content(json, "text/event-stream", "");
  } else if (is_api || route.changes) {
    content(json, "application/json", "#/components/schemas/Success");
  } else {
    content(json, is_json ? "application/json" : is_page ? "text/html" : "text/plain", "");
  }
  json.end_object();
  if (is_api || route.changes) {
    json.key("default").begin_object().field("description", "What was wrong with the request, or why there is no answer.");
    content(json, "application/json", "#/components/schemas/Error");
    json.end_object();
  }
  json.end_object();
}

void schemas(JsonWriter& json) {
  json.key("components").begin_object().key("schemas").begin_object();
  json.key("Success").begin_object().field("type", "object").key("required").begin_array().string("status").string("data");
  json.string("warnings").end_array().key("properties").begin_object();
  json.key("status").begin_object().field("const", "success").end_object();
  json.key("data").begin_object().field("description", "An object, or the items of a list.").end_object();
  json.key("next").begin_object().field("description", "Of a list: the value of ?next= for what follows; null at the end.");
  json.key("type").begin_array().string("string").string("null").end_array().end_object();
  json.key("warnings").begin_object().field("type", "array").key("items").begin_object().field("type", "string").end_object().end_object();
  json.end_object().end_object();
  json.key("Error").begin_object().field("type", "object").key("required").begin_array().string("status").string("errorType");
  json.string("error").end_array().key("properties").begin_object();
  json.key("status").begin_object().field("const", "error").end_object();
  json.key("errorType").begin_object().key("enum").begin_array();
  for (const char* type :
       {"bad_data", "unauthorized", "forbidden", "not_found", "timeout", "conflict", "too_large", "internal", "unavailable"})
    json.string(type);
  json.end_array().end_object().key("error").begin_object().field("type", "string").end_object();
  json.end_object().end_object().end_object().end_object();
}

}  // namespace

std::vector<std::string_view> known_query_keys() {
  std::vector<std::string_view> names;
  for (const QueryKey& key : kQueryKeys) names.push_back(key.name);
  return names;
}

std::string openapi_json(std::span<const RouteDocument> routes, std::string_view version) {
  JsonWriter json(2);
  json.begin_object().field("openapi", "3.1.0").key("info").begin_object().field("title", "driftd").field("version", version);
  json.field("description",
             "What a running driftd says of itself. Times are UTC, a number that is not known is null. GET and HEAD change nothing.");
  json.end_object().key("paths").begin_object();
  for (const RouteDocument& route : routes) {
    json.key(route.pattern).begin_object().key(route.changes ? "post" : "get").begin_object().field("summary", route.summary);
    parameters(json, route);
    responses(json, route);
    json.end_object().end_object();
  }
  json.end_object();
  schemas(json);
  return json.end_object().take() + "\n";
}

}  // namespace driftd
