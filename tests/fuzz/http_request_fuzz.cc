// Bytes as what a client sends on one connection, through the server and the daemon's routes: every answer is a whole one with a status
// that we know, a handler sees clear requests only, and a head is read the same however its bytes arrive.
#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "daemon/http/authorization.h"
#include "daemon/http/request_head.h"
#include "daemon/http/server.h"
#include "daemon/http/target.h"
#include "daemon/routes.h"
#include "daemon/runtime/base64.h"
#include "tests/daemon/http/raw_client.h"
#include "tests/daemon/status_fixture.h"
#include "tests/fuzz/target.h"

namespace driftd::fuzz {
namespace {

constexpr std::array kStatus{"200", "400", "403", "404", "405", "411", "413", "414", "421", "431", "503", "505"};

class RunningServer {
 public:
  RunningServer()
      : routes_({[status = std::make_shared<const DaemonStatus>(test::make_status())] { return status; }, [] { return test::kNow; }},
                {.max_series = 1'000}),
        server_(HttpServer::listen({"127.0.0.1:0", "https://drift.example", {}}, handler()).value()),
        thread_([this] { server_.run(); }) {}
  ~RunningServer() {
    server_.stop();
    thread_.join();
  }
  std::uint16_t port() const { return server_.port(); }

 private:
  HttpHandler handler() {
    HttpHandler handler = routes_.handler();
    handler.handle = [routed = handler.handle](const Request& request) {
      require(request.method == "GET" || request.method == "HEAD" || request.method == "POST", "a handler sees three methods only");
      return routed(request);
    };
    return handler;
  }
  Routes routes_;
  HttpServer server_;
  std::thread thread_;
};

// Every connection from another address of 127/8: the ports of one would run out.
std::string next_address() {
  static std::uint32_t number = 0;
  number = (number + 1) % (200U * 200 * 200);
  return "127." + std::to_string(1 + number / 40'000) + "." + std::to_string(1 + number / 200 % 200) + "." +
         std::to_string(2 + number % 200);
}

// A machine with a hundred thousand connections that just ended may want a moment.
test::RawClient connect(std::uint16_t port) {
  constexpr int kTries = 50;
  for (int tries = 1;; ++tries) {
    test::RawClient client(port, next_address().c_str());
    if (client.connected() || tries == kTries) return client;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

void targets_come_back(std::string_view input) {
  const auto target = parse_target(input.substr(0, input.find('\n')));
  if (!target) return;
  std::string written;
  for (const std::string& segment : target->path) written += "/" + percent_encode(segment);
  const auto again = parse_target(written.empty() ? "/" : written);
  require(again && again->path == target->path, "a path is read as it was written");
}

void heads_are_read_in_parts(std::string_view input) {
  RequestHead whole({}), parts({});
  const bool more = whole.needs_more(input);
  std::size_t given = 0;
  while (given < input.size() && parts.needs_more(input.substr(0, ++given))) {
  }
  require(parts.fault() == whole.fault() && (more || parts.size() == whole.size()), "a head is read the same byte by byte");
  require(whole.size() <= input.size() && parts.size() <= given, "nothing is read behind what came");
}

void logins_come_back(std::string_view input) {
  const std::string_view header = input.substr(0, input.find('\r'));
  if (const auto token = parse_bearer(header)) require(!token->empty(), "a token is something");
  const auto login = parse_basic(header);
  if (!login) return;
  const auto again = parse_basic("Basic " + base64(login->user + ":" + login->password));
  require(again == login, "a login is read as it was written");
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> out;
  for (const std::string_view pattern : route_patterns()) {
    out.push_back("GET " + std::string(pattern) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  out.emplace_back(
      "GET /api/v1/monitors?limit=1&next=2 HTTP/1.1\r\nHost: drift.example\r\nContent-Length: 3\r\n\r\nabcHEAD / HTTP/1.0\r\n\r\n");
  out.emplace_back("GET /a%2Fb HTTP/1.1\r\nHost: [::1]:1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\nx\r\n0\r\n\r\n");
  out.emplace_back("POST http://x/ HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n");
  out.emplace_back("POST /-/reload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer abc\r\nOrigin: null\r\n\r\n");
  out.emplace_back("Basic dXNlcjpwYXNzd29yZA==");
  return out;
}

void try_input(std::string_view input) {
  static const RunningServer server;
  targets_come_back(input);
  heads_are_read_in_parts(input);
  logins_come_back(input);
  test::RawClient client = connect(server.port());
  require(client.connected(), "the server takes connections");
  client.send(input);
  client.finish_sending();
  const std::string answer = client.read_all();
  if (answer.empty()) return;
  require(answer.starts_with("HTTP/1.1 ") || answer.starts_with("HTTP/1.0 "), "an answer is HTTP");
  require(std::ranges::find(kStatus, answer.substr(9, 3)) != kStatus.end(), "the status is one that we give");
  require(answer.find("\r\n\r\n") != std::string::npos, "an answer is whole");
}

}  // namespace driftd::fuzz
