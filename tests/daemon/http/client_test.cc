#include "daemon/http/client.h"

#include <doctest/doctest.h>

#include <thread>

#include "daemon/http/server.h"
#include "tests/daemon/http/raw_server.h"

using namespace driftd;
using std::chrono::milliseconds;

namespace {

Response echo(const Request& request) {
  Response response;
  response.status = request.path.size() == 2 ? 200 : 404;
  for (const auto& segment : request.path) response.body += segment + "/";
  for (const auto& [key, value] : request.query) response.body += key + "=" + value;
  return response;
}

}  // namespace

TEST_CASE("a GET brings status and body; the path of the URL comes first") {
  auto server = HttpServer::listen({"127.0.0.1:0", "", {}}, {echo, {}});
  REQUIRE(server.has_value());
  std::thread thread([&] { server->run(); });
  const std::string url = "http://localhost:" + std::to_string(server->port());
  const auto found = http_get(url + "/base/", "/a%20b?x=1");
  const auto missing = http_get(url, "/one");
  server->stop();
  thread.join();
  REQUIRE(found.has_value());
  CHECK(found->status == 200);
  CHECK(found->body == "base/a b/x=1");
  REQUIRE(missing.has_value());
  CHECK(missing->status == 404);
}

TEST_CASE("what is not an answer says why, and names the URL") {
  HttpGetLimits limits;
  limits.answer = milliseconds(200);
  limits.body_bytes = 10;
  struct Row {
    std::string name, answer, want;
  };
  const Row rows[] = {
      {"silence", "", ": no answer in time"},
      {"a body beyond the limit", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n12345678901", ": the answer is larger than 10 bytes"},
      {"not HTTP", "SSH-2.0-x\r\n\r\n", ": bad version"},
      {"cut short", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12", ": partial message"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const test::RawServer server(row.answer);
    const auto answer = http_get(server.url(), "/", limits);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error() == server.url() + row.want);
  }
}

TEST_CASE("nobody there, and no address") {
  CHECK(http_get("http://127.0.0.1:1", "/").error() == "http://127.0.0.1:1: Connection refused");
  CHECK(http_get("https://a", "/").error() == "'https://a' is not an address to ask: expected http://HOST:PORT");
}
