#include "daemon/http/server.h"

#include <doctest/doctest.h>

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/daemon/http/gzip_inflate.h"
#include "tests/daemon/http/raw_client.h"

using namespace driftd;
using std::chrono::milliseconds;
using test::RawClient;

namespace {

using Answers = std::vector<std::pair<std::string, int>>;

// Answers every path with its segments and query, one a line.
Response echo(const Request& request) {
  Response response;
  response.body = request.method;
  for (const auto& segment : request.path) response.body += "\n" + segment;
  for (const auto& [key, value] : request.query) response.body += "\n" + key + "=" + value;
  return response;
}

// A server on a free port and the thread it serves on.
class RunningServer {
 public:
  explicit RunningServer(HttpLimits limits = {}, HttpHandler handler = {echo, {}})
      : server_(HttpServer::listen({"127.0.0.1:0", "https://drift.example", limits}, std::move(handler)).value()),
        thread_([this] { server_.run(); }) {}
  ~RunningServer() {
    server_.stop();
    thread_.join();
  }
  std::uint16_t port() const { return server_.port(); }
  // All bytes the server sends back for these, until it closes.
  std::string exchange(std::string_view bytes) const {
    RawClient client(port());
    client.send(bytes);
    return client.read_all();
  }

 private:
  HttpServer server_;
  std::thread thread_;
};

std::string get(std::string_view path, std::string_view headers = "Host: localhost\r\n") {
  return "GET " + std::string(path) + " HTTP/1.1\r\n" + std::string(headers) + "\r\n";
}

std::string status_line(const std::string& response) { return response.substr(0, response.find('\r')); }
std::string body(const std::string& response) { return response.substr(response.find("\r\n\r\n") + 4); }
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("an answer carries the handler's body and the headers of every answer") {
  const RunningServer server;
  RawClient client(server.port());
  client.send(get("/a%2Fb/c?x=1"));
  const std::string response = client.read_response();
  CHECK(status_line(response) == "HTTP/1.1 200 OK");
  CHECK(body(response) == "GET\na/b\nc\nx=1");
  for (const char* header : {"Content-Type: text/plain; charset=utf-8\r\n", "Cache-Control: no-store\r\n",
                             "X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: no-referrer\r\n",
                             "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                             "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"}) {
    CAPTURE(header);
    CHECK(has(response, header));
  }
}

TEST_CASE("HEAD has the header of GET and no body") {
  const RunningServer server;
  const std::string response = server.exchange("HEAD /ab HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  CHECK(status_line(response) == "HTTP/1.1 200 OK");
  CHECK(has(response, "Content-Length: 7\r\n"));
  CHECK(body(response).empty());
}

TEST_CASE("a long text is compressed for those who ask, in GET and in HEAD") {
  Response text;
  text.body = std::string(5000, 'x');
  std::string accept;
  const RunningServer server({}, {[&](const Request& request) {
                                    accept = request.accept;
                                    return text;
                                  },
                                  {}});
  const std::string asks = "Host: localhost\r\nAccept-Encoding: br\r\nAccept-Encoding: gzip\r\nAccept: a/b\r\nAccept: c/d;q=0.5\r\n";
  RawClient client(server.port());
  client.send(get("/", asks));
  const std::string packed = client.read_response();
  CHECK(has(packed, "Content-Encoding: gzip\r\n"));
  CHECK(has(packed, "Vary: Accept-Encoding\r\n"));
  CHECK(test::gunzip(body(packed)) == text.body);
  CHECK(accept == "a/b, c/d;q=0.5");
  client.send("HEAD" + get("/", asks + "Connection: close\r\n").substr(3));
  const std::string head = client.read_all();
  CHECK(has(head, "Content-Encoding: gzip\r\n"));
  CHECK(has(head, "Content-Length: " + std::to_string(body(packed).size()) + "\r\n"));
}

TEST_CASE("what is not asked for, short or no text is sent as it is") {
  struct Row {
    const char* name;
    std::size_t size;
    const char *type, *accept, *vary;
    bool varies;
  };
  for (const Row& row :
       {Row{"not asked for", 5000, "text/html", "identity", "", true}, Row{"short", 1023, "text/html", "gzip", "", true},
        Row{"a picture", 5000, "image/png", "gzip", "", false}, Row{"another header", 10, "text/html", "gzip", "Accept", true}}) {
    CAPTURE(row.name);
    Response response;
    response.body = std::string(row.size, 'x');
    response.content_type = row.type;
    response.vary = row.vary;
    const RunningServer server({}, {[&](const Request&) { return response; }, {}});
    const std::string got =
        server.exchange(get("/", "Host: localhost\r\nConnection: close\r\nAccept-Encoding: " + std::string(row.accept) + "\r\n"));
    CHECK(body(got) == response.body);
    CHECK_FALSE(has(got, "Content-Encoding"));
    CHECK(has(got, "Vary: ") == row.varies);
    if (*row.vary != '\0') CHECK(has(got, "Vary: Accept, Accept-Encoding\r\n"));
  }
}

TEST_CASE("a connection is kept, and requests sent together are answered in order") {
  const RunningServer server;
  RawClient client(server.port());
  client.send(get("/1") + get("/2") + "GET /3 HTTP/1.1\r\nHost: loc");
  CHECK(body(client.read_response()) == "GET\n1");
  CHECK(body(client.read_response()) == "GET\n2");
  client.send("alhost\r\nContent-Length: 3\r\n\r\nabc" + get("/4", "Host: localhost\r\nConnection: close\r\n") + get("/5"));
  CHECK(body(client.read_response()) == "GET\n3");
  CHECK(body(client.read_all()) == "GET\n4");  // and nothing after the last
}

TEST_CASE("HTTP/1.0 closes unless asked to stay") {
  const RunningServer server;
  CHECK(status_line(server.exchange("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")) == "HTTP/1.0 200 OK");
}

TEST_CASE("what is not a clear request is refused, and the connection closed") {
  struct Row {
    const char* name;
    std::string input;
    const char* want;
  };
  const std::string host = "Host: localhost\r\n";
  const Row rows[] = {
      {"bare LF", "GET / HTTP/1.1\nHost: localhost\n\n", "400 Bad Request"},
      {"bare LF in a header", "GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n", "400 Bad Request"},
      {"bare LF at the end", "GET / HTTP/1.1\r\nHost: localhost\r\n\n", "400 Bad Request"},
      {"bare CR", "GET / HTTP/1.1\r\nHost: localhost\rX: y\r\n\r\n", "400 Bad Request"},
      {"length and chunked", get("/", host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", "400 Bad Request"},
      {"chunked and length", get("/", host + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n") + "0\r\n\r\n", "400 Bad Request"},
      {"two lengths", get("/", host + "Content-Length: 3\r\nContent-Length: 4\r\n") + "abc", "400 Bad Request"},
      {"the same length twice", get("/", host + "Content-Length: 3\r\nContent-Length: 3\r\n") + "abc", "400 Bad Request"},
      {"a list of lengths", get("/", host + "Content-Length: 3, 3\r\n") + "abc", "400 Bad Request"},
      {"a signed length", get("/", host + "Content-Length: +3\r\n") + "abc", "400 Bad Request"},
      {"a negative length", get("/", host + "Content-Length: -1\r\n"), "400 Bad Request"},
      {"an empty length", get("/", host + "Content-Length:\r\n"), "400 Bad Request"},
      {"an unknown encoding", get("/", host + "Transfer-Encoding: xchunked\r\n"), "400 Bad Request"},
      {"an encoding before chunked", get("/", host + "Transfer-Encoding: gzip, chunked\r\n") + "0\r\n\r\n", "400 Bad Request"},
      {"chunked before an encoding", get("/", host + "Transfer-Encoding: chunked, identity\r\n"), "400 Bad Request"},
      {"chunked twice", get("/", host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", "400 Bad Request"},
      {"chunked in HTTP/1.0", "GET / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 Bad Request"},
      {"a broken chunk", get("/", host + "Transfer-Encoding: chunked\r\n") + "zz\r\n", "400 Bad Request"},
      {"a space before the colon", get("/", host + "Content-Length : 3\r\n") + "abc", "400 Bad Request"},
      {"a NUL in a header", get("/", host + std::string("X: a\0b\r\n", 8)), "400 Bad Request"},
      {"no version", "GET /\r\n\r\n", "400 Bad Request"},
      {"not HTTP", "\x16\x03\x01\x02\x00\x01\r\n\r\n", "400 Bad Request"},
      {"HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400 Bad Request"},
      {"HTTP/0.9", "GET / HTTP/0.9\r\n\r\n", "400 Bad Request"},
      {"no host", get("/", ""), "400 Bad Request"},
      {"two hosts", get("/", host + host), "400 Bad Request"},
      {"absolute form", get("http://localhost/"), "400 Bad Request"},
      {"a broken escape", get("/%zz"), "400 Bad Request"},
      {"a foreign host", get("/", "Host: evil.example\r\n"), "421 Misdirected Request"},
      {"HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", "421 Misdirected Request"},
      {"PUT", "PUT /-/reload HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\n{}", "405 Method Not Allowed"},
      {"an unknown method", "BREW / HTTP/1.1\r\n" + host + "\r\n", "405 Method Not Allowed"},
      {"a header over 8 KiB", get("/", host + "X: " + std::string(9000, 'a') + "\r\n"), "431 Request Header Fields Too Large"},
      {"a target over 8 KiB", get("/" + std::string(9000, 'a')), "431 Request Header Fields Too Large"},
      {"a body over 1 MiB", get("/", host + "Content-Length: 1048577\r\n"), "413 Payload Too Large"},
  };
  const RunningServer server;
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const std::string response = server.exchange(row.input + get("/smuggled"));
    const std::string line = status_line(response);
    CHECK(line.substr(line.find(' ') + 1) == std::string(row.want));
    CHECK(has(response, "Connection: close\r\n") != has(response, "HTTP/1.0"));  // HTTP/1.0 closes by itself
    CHECK_FALSE(has(response, "smuggled"));
  }
}

TEST_CASE("405 names the methods there are") {
  const RunningServer server;
  CHECK(has(server.exchange("DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n"), "Allow: GET, HEAD\r\n"));
}

TEST_CASE("a header of just under 8 KiB and a body of 1 MiB are taken") {
  const RunningServer server;
  RawClient client(server.port());
  client.send(get("/a", "Host: localhost\r\nX: " + std::string(8000, 'a') + "\r\n"));
  CHECK(body(client.read_response()) == "GET\na");
  client.send(get("/b", "Host: localhost\r\nContent-Length: 1048576\r\n"));
  client.send(std::string(1 << 20, 'x'));
  CHECK(body(client.read_response()) == "GET\nb");
  client.send(get("/c", "Host: localhost\r\nTransfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\n\r\n");
  CHECK(body(client.read_response()) == "GET\nc");
}

TEST_CASE("the host of external_url and any port are answered to") {
  const RunningServer server;
  for (const char* host : {"localhost", "LOCALHOST:1", "127.0.0.1:3738", "drift.example"}) {
    CAPTURE(host);
    RawClient client(server.port());
    client.send(get("/", "Host: " + std::string(host) + "\r\n"));
    CHECK(status_line(client.read_response()) == "HTTP/1.1 200 OK");
  }
}

TEST_CASE("the deadline of a header is absolute") {
  const RunningServer server({.header_deadline = milliseconds(100)});
  RawClient silent(server.port());
  CHECK(silent.read_all().empty());
  RawClient half(server.port());
  half.send("GET / HTTP/1.1\r\nHo");
  CHECK(status_line(half.read_all()) == "HTTP/1.1 408 Request Timeout");

  RawClient drip(server.port());
  int sent = 0;
  do {
    drip.send("G");
  } while (++sent < 50 && !drip.answered_within(milliseconds(20)));
  CHECK(sent < 50);
  CHECK(status_line(drip.read_all()) == "HTTP/1.1 408 Request Timeout");
}

TEST_CASE("a body that does not come and an idle connection end by their deadlines") {
  const RunningServer server({.request_deadline = milliseconds(100), .idle_deadline = milliseconds(100)});
  RawClient client(server.port());
  client.send(get("/a"));
  CHECK(body(client.read_response()) == "GET\na");
  CHECK(client.read_all().empty());
  CHECK(status_line(server.exchange(get("/", "Host: localhost\r\nContent-Length: 5\r\n") + "abc")) == "HTTP/1.1 408 Request Timeout");
}

TEST_CASE("a client that does not read its answer is cut") {
  const std::string large(32 << 20, 'x');
  const auto answer = [&](const Request&) {
    Response response;
    response.body = large;
    return response;
  };
  const RunningServer server({.header_deadline = milliseconds(400), .request_deadline = milliseconds(100)}, {answer, {}});
  RawClient client(server.port());
  client.send(get("/"));
  CHECK(RawClient(server.port()).read_all().empty());  // the later deadline of another one: the time has passed
  CHECK(client.read_all().size() < large.size());
}

TEST_CASE("half-open clients make room for one that asks") {
  const RunningServer server({.connections = 8, .connections_per_address = 4});
  std::vector<RawClient> half;
  for (int i = 0; i < 40; ++i) {
    const std::string from = "127.0.0." + std::to_string(1 + i % 4);
    half.emplace_back(server.port(), from.c_str());
    half.back().send("GET / HTTP/1.1\r\nHo");
  }
  for (int i = 0; i < 20; ++i) {
    RawClient client(server.port());
    client.send(get("/" + std::to_string(i)));
    CHECK(body(client.read_response()) == "GET\n" + std::to_string(i));
  }
  CHECK(half.front().read_all().empty());  // pushed out
}

TEST_CASE("an address with all its connections being answered gets 503, another one does not") {
  const RunningServer server({.connections = 8, .connections_per_address = 2});
  std::vector<RawClient> busy;
  for (int i = 0; i < 2; ++i) {
    busy.emplace_back(server.port());
    busy.back().send(get("/", "Host: localhost\r\nContent-Length: 5\r\n"));
  }
  RawClient other(server.port(), "127.0.0.2");
  other.send(get("/other"));
  CHECK(body(other.read_response()) == "GET\nother");  // by now both headers have been read
  CHECK(status_line(RawClient(server.port()).read_all()) == "HTTP/1.1 503 Service Unavailable");
  busy[0].send("abcde");
  CHECK(body(busy[0].read_response()) == "GET");
}

TEST_CASE("no encoding of a path reaches anything but the handler") {
  const RunningServer server;
  RawClient client(server.port());
  std::vector<std::string> dots{".."};
  for (const char* dot : {"%2e", "%2E", "%252e", "%c0%ae", "%e0%80%ae", "%uff0e", "."}) dots.push_back(std::string(dot) + dot);
  for (const auto& up : dots) {
    for (const char* slash : {"/", "%2f", "%5c", "\\", "//", "%252f", "%c0%af", ";/"}) {
      const std::string path = "/" + up + slash + up + slash + "etc" + slash + "passwd";
      CAPTURE(path);
      RawClient each(server.port());
      each.send(get(path, "Host: localhost\r\nConnection: close\r\n"));
      CHECK_FALSE(has(each.read_all(), "root:"));
    }
  }
}

TEST_CASE("every answer is told, the server's own too") {
  std::mutex mutex;
  Answers answers;
  {
    const RunningServer server({}, {echo, [&](std::string_view method, const Response& response) {
                                      const std::lock_guard lock(mutex);
                                      answers.emplace_back(method, response.status);
                                    }});
    RawClient client(server.port());
    client.send(get("/"));
    client.read_response();
    client.send("PUT / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.read_all();
  }
  CHECK(answers == Answers{{"GET", 200}, {"PUT", 405}});
}

TEST_CASE("a slow answer is made beside the server's thread: others are answered meanwhile") {
  std::mutex gate;
  gate.lock();
  const auto answer = [&](const Request& request) {
    Response response = echo(request);
    if (request.path.empty() || request.path[0] != "slow") return response;
    response.status = 503;
    response.later = [&gate, request] {
      const std::lock_guard wait(gate);
      return echo(request);
    };
    return response;
  };
  auto server = HttpServer::listen({"127.0.0.1:0", "", {.slow_answers = 1}, true}, {answer, {}});
  REQUIRE(server.has_value());
  std::thread serving([&] { server->run(); });
  std::thread slow([&] { server->run_slow(); });
  RawClient first(server->port()), second(server->port());
  first.send(get("/slow/1"));
  CHECK_FALSE(first.answered_within(milliseconds(100)));
  second.send(get("/slow/2"));
  RawClient quick(server->port());
  quick.send(get("/quick"));
  CHECK(body(quick.read_response()) == "GET\nquick");
  // One is being made and one waits: a third finds no room and gets what the handler had for that.
  RawClient third(server->port());
  third.send(get("/slow/3"));
  CHECK(status_line(third.read_response()) == "HTTP/1.1 503 Service Unavailable");
  gate.unlock();
  CHECK(body(first.read_response()) == "GET\nslow\n1");
  CHECK(body(second.read_response()) == "GET\nslow\n2");
  first.send(get("/slow/4"));
  CHECK(body(first.read_response()) == "GET\nslow\n4");
  server->stop();
  serving.join();
  slow.join();
}

TEST_CASE("without a thread for them slow answers are made at once") {
  const RunningServer server({}, {[](const Request& request) {
                                    Response response;
                                    response.later = [request] { return echo(request); };
                                    return response;
                                  },
                                  {}});
  RawClient client(server.port());
  client.send(get("/a"));
  CHECK(body(client.read_response()) == "GET\na");
}

namespace {

// Streams a ring from the place that ?after= says.
HttpHandler streams_of(std::shared_ptr<EventRing> ring) {
  return {[ring = std::move(ring)](const Request& request) {
            Response response;
            response.status = 503;
            const auto after = request.query.find("after");
            response.stream = EventStream{ring, "retry: 10\n\n", after == request.query.end() ? ring->last() : std::stoull(after->second)};
            if (!request.last_event_id.empty()) response.stream->first = ": " + request.last_event_id + "\n\n";
            return response;
          },
          {}};
}

}  // namespace

TEST_CASE("a stream sends what was before, what comes, and a comment when nothing does") {
  const auto ring = std::make_shared<EventRing>("run", 4);
  ring->publish("window", "1");
  ring->publish("window", "2");
  const RunningServer server({.stream_comment = milliseconds(50)}, streams_of(ring));
  RawClient client(server.port());
  client.send(get("/?after=1", "Host: localhost\r\nLast-Event-ID: run-1\r\n"));
  const std::string head = client.read_until("\r\n\r\n");
  CHECK(status_line(head) == "HTTP/1.1 200 OK");
  CHECK(has(head, "Content-Type: text/event-stream\r\n"));
  CHECK(has(head, "Cache-Control: no-store\r\n"));
  CHECK(has(head, "Connection: close\r\n"));
  CHECK(has(head, "X-Content-Type-Options: nosniff\r\n"));
  CHECK_FALSE(has(head, "Content-Length"));
  CHECK(client.read_until("2\n\n") == ": run-1\n\nid: run-2\nevent: window\ndata: 2\n\n");
  ring->publish("alert", "{\"a\":3}");
  CHECK(client.read_until("3}\n\n") == "id: run-3\nevent: alert\ndata: {\"a\":3}\n\n");
  CHECK(client.read_until("here\n\n") == ": still here\n\n");
  CHECK(client.read_until("here\n\n") == ": still here\n\n");
  ring->publish("window", "4");
  CHECK(client.read_until("4\n\n") == "id: run-4\nevent: window\ndata: 4\n\n");
}

TEST_CASE("streams are counted, one that ends makes room, and HEAD is none") {
  const auto ring = std::make_shared<EventRing>("run");
  const RunningServer server({.streams = 2}, streams_of(ring));
  CHECK(body(server.exchange("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")).empty());
  RawClient first(server.port());
  first.send(get("/"));
  first.read_until("10\n\n");
  {
    RawClient second(server.port());
    second.send(get("/"));
    second.read_until("10\n\n");
    RawClient third(server.port());
    third.send(get("/"));
    CHECK(status_line(third.read_response()) == "HTTP/1.1 503 Service Unavailable");
  }
  std::string again;
  for (int i = 0; i < 100 && status_line(again) != "HTTP/1.1 200 OK"; ++i) {
    RawClient next(server.port());
    next.send(get("/"));
    again = next.read_until("\r\n\r\n");
  }
  CHECK(status_line(again) == "HTTP/1.1 200 OK");
}

TEST_CASE("a reader that does not read is let go; others and plain requests do not notice") {
  const auto ring = std::make_shared<EventRing>("run", 256);
  const RunningServer server({}, streams_of(ring));
  RawClient lazy(server.port()), eager(server.port());
  lazy.send(get("/"));
  lazy.read_until("10\n\n");
  eager.send(get("/"));
  eager.read_until("10\n\n");
  const std::string text(100'000, 'x');
  for (int i = 0; i < 600; ++i) {
    ring->publish("window", text + std::to_string(i));
    REQUIRE(has(eager.read_until(std::to_string(i) + "\n\n"), "event: window"));
  }
  RawClient plain(server.port());
  plain.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(status_line(plain.read_until("\r\n\r\n")) == "HTTP/1.1 200 OK");
  CHECK(lazy.read_all().size() < 600 * text.size());
}

TEST_CASE("a taken port is told apart from an address that is none") {
  const RunningServer server;
  const std::string taken = "127.0.0.1:" + std::to_string(server.port());
  const auto second = HttpServer::listen({taken, "", {}}, {echo, {}});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().in_use);
  CHECK(second.error().message == "cannot listen on " + taken + ": Address already in use");
  const auto bad = HttpServer::listen({"nowhere", "", {}}, {echo, {}});
  REQUIRE_FALSE(bad.has_value());
  CHECK_FALSE(bad.error().in_use);
  CHECK(bad.error().message == "'nowhere' is not an address to listen on: expected IP:PORT");
}

TEST_CASE("the address for people, and a stop before the start") {
  auto server = HttpServer::listen({"localhost:0", "", {}}, {echo, {}});
  REQUIRE(server.has_value());
  CHECK(server->url() == "http://127.0.0.1:" + std::to_string(server->port()) + "/");
  server->stop();
  server->run();  // returns
}

TEST_CASE("a listener on all addresses answers to any host") {
  auto server = HttpServer::listen({"0.0.0.0:0", "", {}}, {echo, {}});
  REQUIRE(server.has_value());
  CHECK(server->url() == "http://localhost:" + std::to_string(server->port()) + "/");
  std::thread thread([&] { server->run(); });
  RawClient client(server->port());
  client.send(get("/a", "Host: pod.example\r\n"));
  CHECK(body(client.read_response()) == "GET\na");
  server->stop();
  thread.join();
}
