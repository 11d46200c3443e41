// A request and its answer as plain values: what a handler sees of HTTP.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/runtime/event_ring.h"

namespace driftd {

struct Request {
  std::string method;                                     // GET, HEAD or POST
  std::vector<std::string> path;                          // decoded segments: "/api/a%2Fb" is {"api", "a/b"}, "/" is {}
  std::map<std::string, std::string, std::less<>> query;  // decoded; of a repeated key the first
  std::string accept = {};                                // the header, of several lines one; "": not given
  std::string last_event_id = {};                         // of the header; "" = none
};

// An answer that never ends: server-sent events from a place in a ring on.
struct EventStream {
  std::shared_ptr<EventRing> ring;
  std::string first;        // sent before them
  std::uint64_t place = 0;  // the last event that the client has
};

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
  std::string cache_control = "no-store";
  std::string allow = {};           // for 405: the methods there are
  std::string challenge = {};       // for 401: WWW-Authenticate
  std::string vary = {};            // headers of the request that the body depends on; the server adds Accept-Encoding
  std::chrono::nanoseconds took{};  // to make it, where it was made later
  // At most one of these: the server makes the answer from it, and gives this one only where it is at its limit.
  std::function<Response()> later = {};  // for what may take long: run on the thread of run_slow, never that of run
  std::optional<EventStream> stream = {};
  std::string route = {};  // template of the route that answered, for counters; "" = none: refused by the server
};

// Both are called on the server's thread. `handle` must not throw and must not block.
struct HttpHandler {
  std::function<Response(const Request&)> handle;
  std::function<void(std::string_view method, const Response&)> answered;  // every answer, the server's own refusals included; may be empty
  std::vector<std::string_view> open_paths = {};                           // may be read without a login: "/-/healthy"
  // The JSON of a refusal by the server itself, for what is asked under /api/; empty: plain text everywhere.
  std::function<std::string(int status, std::string_view why)> api_error = {};
};

}  // namespace driftd
