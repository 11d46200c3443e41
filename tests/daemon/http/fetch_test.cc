#include "daemon/http/fetch.h"

#include <doctest/doctest.h>

#include "tests/daemon/http/raw_server.h"

using namespace driftd;
using std::chrono::milliseconds;

TEST_CASE("a GET sends its headers, and brings status and body") {
  const test::RawServer server("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nthere");
  FetchOptions options;
  options.headers = {{"Authorization", "Bearer x"}};
  const auto answer = http_fetch(server.url() + "/base/", "/schemas/ids/7", options);
  REQUIRE(answer);
  CHECK(answer->status == 404);
  CHECK(answer->body == "there");
  const std::string asked = server.asked();
  CHECK(asked.starts_with("GET /base/schemas/ids/7 HTTP/1.1\r\n"));
  CHECK(asked.find("\r\nAuthorization: Bearer x\r\n") != std::string::npos);
}

TEST_CASE("what is not an answer says why") {
  FetchOptions options;
  options.timeout = milliseconds(200);
  options.body_bytes = 10;
  struct Row {
    std::string name, answer, want;
  };
  const Row rows[] = {
      {"silence", "", "no answer in time"},
      {"a body beyond the limit", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n12345678901", "the answer is larger than 10 bytes"},
      {"not HTTP", "SSH-2.0-x\r\n\r\n", "what answers does not speak HTTP: bad version"},
      {"cut short", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12", "what answers does not speak HTTP: partial message"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const test::RawServer server(row.answer);
    const auto answer = http_fetch(server.url(), "/", options);
    REQUIRE_FALSE(answer);
    CHECK(answer.error() == row.want);
  }
  CHECK(http_fetch("http://127.0.0.1:1", "/", options).error() == "Connection refused");
  CHECK(http_fetch("ftp://a", "/", options).error() == "not an address to ask: expected http://HOST:PORT or https://HOST:PORT");
}

TEST_CASE("a question can be given up") {
  const test::RawServer server("");
  int times = 0;
  FetchOptions options;
  options.timeout = milliseconds(60'000);
  options.give_up = [&] { return ++times == 3; };
  CHECK(http_fetch(server.url(), "/", options).error() == "Operation canceled");
  CHECK(times == 3);
}

TEST_CASE("TLS is wanted of https, and its certificates are checked") {
  FetchOptions options;
  options.timeout = milliseconds(5'000);
  {
    const test::RawServer plain("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    const auto answer = http_fetch("https" + plain.url().substr(4), "/", options);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().starts_with("TLS: "));
  }
  options.ca_file = "/nowhere/ca.pem";
  const auto answer = http_fetch("https://127.0.0.1:1", "/", options);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().starts_with("the certificates in '/nowhere/ca.pem' cannot be read: "));
}
