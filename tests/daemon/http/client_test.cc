#include "daemon/http/client.h"

#include <doctest/doctest.h>

#include <thread>

#include "daemon/http/server.h"
#include "tests/daemon/http/answering_server.h"
#include "tests/daemon/http/raw_client.h"

using namespace driftd;
using std::chrono::milliseconds;

namespace {

// Listens, takes one connection and answers with these bytes; "" = says nothing until the client goes.
class RawServer {
 public:
  explicit RawServer(std::string answer) : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&own), sizeof own);
    ::listen(listener_, 1);
    socklen_t size = sizeof own;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&own), &size);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(own.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~RawServer() {
    thread_.join();
    ::close(listener_);
  }
  const std::string& url() const { return url_; }

 private:
  void serve() {
    const int peer = ::accept(listener_, nullptr, nullptr);
    char chunk[4096];
    if (answer_.empty()) {
      while (::recv(peer, chunk, sizeof chunk, 0) > 0) {
      }
    } else if (::recv(peer, chunk, sizeof chunk, 0) > 0) {
      ::send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }
    ::close(peer);
  }
  std::string answer_, url_;
  int listener_;
  std::thread thread_;
};

Response echo(const Request& request) {
  Response response;
  response.status = request.path.size() == 2 ? 200 : 404;
  for (const auto& segment : request.path) response.body += segment + "/";
  for (const auto& [key, value] : request.query) response.body += key + "=" + value;
  return response;
}

}  // namespace

TEST_CASE("a GET brings status and body") {
  auto server = HttpServer::listen({"127.0.0.1:0", "", {}}, {echo, {}});
  REQUIRE(server.has_value());
  std::thread thread([&] { server->run(); });
  const std::string url = "http://localhost:" + std::to_string(server->port());
  const auto found = http_fetch({url + "/base/a%20b?x=1"}, {});
  const auto missing = http_fetch({url + "/one"}, {});
  server->stop();
  thread.join();
  REQUIRE(found.has_value());
  CHECK(found->status == 200);
  CHECK(found->body == "base/a b/x=1");
  REQUIRE(missing.has_value());
  CHECK(missing->status == 404);
}

TEST_CASE("a POST brings status, body and Retry-After; the receiver sees target, headers and body") {
  AnsweringServer server({http_answer(429, "later", "Retry-After: 7\r\n"), http_answer(301, "", "Location: http://127.0.0.1:1/\r\n")});
  const HttpReceiver receiver{.url = server.url() + "/a?b=c"};
  const auto answer = http_post(receiver, {"{}", {{"Content-Type", "application/json"}, {"X-A", "b"}}});
  REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error()));
  CHECK(answer->status == 429);
  CHECK(answer->body == "later");
  CHECK(answer->retry_after == "7");
  const auto redirect = http_post(receiver, {});
  REQUIRE(redirect.has_value());
  CHECK(redirect->status == 301);  // and nobody went there
  const std::string& asked = server.requests()[0];
  CHECK(asked.starts_with("POST /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:"));
  CHECK(asked.find("X-A: b\r\n") != std::string::npos);
  CHECK(asked.find("Content-Length: 2\r\n") != std::string::npos);
  CHECK(asked.ends_with("\r\n\r\n{}"));
}

TEST_CASE("of a long answer the start is read, and its status counts") {
  const std::string endless =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string("80000\r\n") + std::string(0x80000, 'x');
  AnsweringServer server({http_answer(500, std::string(10 << 20, 'y')), endless});
  const auto large = http_post({.url = server.url()}, {});
  REQUIRE_MESSAGE(large.has_value(), (large ? "" : large.error()));
  CHECK(large->status == 500);
  CHECK(large->body == std::string(64 << 10, 'y'));
  const auto chunked = http_post({.url = server.url()}, {});
  REQUIRE_MESSAGE(chunked.has_value(), (chunked ? "" : chunked.error()));
  CHECK(chunked->status == 200);
  CHECK(chunked->body.size() == 64 << 10);
}

TEST_CASE("a POST that is not answered says why, without the URL") {
  AnsweringServer server({"", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK"});
  const HttpReceiver receiver{.url = server.url(), .ca_file = "", .timeout = milliseconds(300)};
  CHECK(http_post(receiver, {"x", {}}).error() == "no answer in time");
  CHECK(http_post(receiver, {"x", {}}).error() == "bad version");
  CHECK(http_post(receiver, {"x", {}}).error() == "partial message");
  CHECK(http_post({.url = "http://127.0.0.1:1/secret"}, {}).error() == "Connection refused");
  CHECK(http_post({.url = "http://no-such-host.invalid/"}, {}).error().starts_with("DNS: "));
  CHECK(http_post({.url = "ftp://a"}, {}).error() == "not an address to send to: expected http:// or https://");
}

TEST_CASE("https to somebody who speaks no TLS, and with certificates that cannot be read") {
  AnsweringServer server({http_answer(200), http_answer(200)});
  const std::string url = "https" + server.url().substr(4);
  CHECK(http_post({.url = url}, {}).error().starts_with("TLS: "));
  CHECK(http_reach({.url = url, .ca_file = "/nowhere.pem"}).error().starts_with("TLS: "));
}

TEST_CASE("reached: a connection, and nothing is sent") {
  AnsweringServer server({http_answer(200)});
  CHECK(http_reach({.url = server.url()}).has_value());
  CHECK(server.requests()[0].empty());
  CHECK(http_reach({.url = "http://127.0.0.1:1"}).error() == "Connection refused");
}
