#include "daemon/http/server.h"

#include <doctest/doctest.h>

#include <chrono>
#include <ctime>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/runtime/base64.h"
#include "tests/daemon/http/gzip_inflate.h"
#include "tests/daemon/http/raw_client.h"
#include "tests/daemon/http/refused_requests.h"
#include "tests/daemon/http/tls_client.h"
#include "tests/daemon/http/tls_files.h"
#include "tests/temp_folder.h"

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
      : RunningServer(std::move(handler), {.external_url = "https://drift.example", .limits = limits}) {}
  RunningServer(HttpHandler handler, HttpOptions options)
      : server_(HttpServer::listen(on_free_port(options), std::move(handler)).value()),
        thread_([this] { server_.run(); }),
        logins_([this, wanted = options.login_thread] {
          if (wanted) server_.run_logins();
        }) {}
  ~RunningServer() {
    server_.stop();
    thread_.join();
    logins_.join();
  }
  HttpServer& server() { return server_; }
  std::uint16_t port() const { return server_.port(); }
  // All bytes the server sends back for these, until it closes.
  std::string exchange(std::string_view bytes) const {
    RawClient client(port());
    client.send(bytes);
    return client.read_all();
  }

 private:
  static HttpOptions on_free_port(HttpOptions options) {
    options.listen = "127.0.0.1:0";
    return options;
  }
  HttpServer server_;
  std::thread thread_, logins_;
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

namespace {

// The status of an answer that is the only one and the last one of its connection; 0: there is another.
int only_status(const std::string& answer) {
  const bool closes = has(answer, "Connection: close\r\n") != has(answer, "HTTP/1.0 ");  // HTTP/1.0 closes by itself
  const bool one = answer.find("HTTP/1.", 1) == std::string::npos && !has(answer, "smuggled");
  return closes && one && answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

}  // namespace

TEST_CASE("what is not a clear request is refused, the connection closed, and what follows never answered") {
  const RunningServer server;
  for (const auto& row : test::refused_requests()) {
    CAPTURE(row.name);
    CHECK(only_status(server.exchange(row.bytes + get("/smuggled"))) == row.status);
    // Byte by byte is no other request.
    RawClient drip(server.port());
    for (const char byte : row.bytes.substr(0, 600)) drip.send({&byte, 1});
    if (row.bytes.size() > 600) drip.send(row.bytes.substr(600));
    drip.send(get("/smuggled"));
    CHECK(only_status(drip.read_all()) == row.status);
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
  std::string fields = "Host: localhost\r\n";
  for (int i = 0; i < 99; ++i) fields += "X: y\r\n";
  client.send(get("/c", fields));
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

// ---- Refusals under /api/ ----

TEST_CASE("a refusal is JSON under /api/ and text elsewhere, whole head or not") {
  HttpHandler handler{echo, {}};
  handler.api_error = [](int status, std::string_view why) { return "{" + std::to_string(status) + ": " + std::string(why) + "}"; };
  const RunningServer server({.header_deadline = milliseconds(100)}, handler);
  struct Row {
    const char* name;
    std::string bytes;
    const char* body;
  };
  const std::string host = "Host: localhost\r\n";
  for (const Row& row : {Row{"method", "PUT /api/v1/a HTTP/1.1\r\n" + host + "\r\n", "{405: GET and HEAD only}"},
                         Row{"method elsewhere", "PUT /a/api/ HTTP/1.1\r\n" + host + "\r\n", "GET and HEAD only\n"},
                         Row{"too large", get("/api/", "X: " + std::string(9000, 'x')), "{431: the header is too large}"},
                         Row{"malformed", "GET /api/ HTTP/1.1\r\nHost : a\r\n\r\n", "{400: not a valid HTTP request}"},
                         Row{"too slow", "GET /api/ HTTP/1.1\r\nHo", "{408: the header took too long}"},
                         Row{"too slow elsewhere", "GET / HTTP/1.1\r\nHo", "the header took too long\n"},
                         Row{"no target yet", "GET", "the header took too long\n"}}) {
    CAPTURE(row.name);
    const std::string answer = server.exchange(row.bytes);
    CHECK(body(answer) == row.body);
    CHECK(has(answer, "Content-Type: application/json\r\n") == (row.body[0] == '{'));
  }
}

// ---- Who may ----

namespace {

const std::string kToken = "0123456789abcdef0123456789abcdef";
const std::string kReader = "reader:$2b$04$JlHxLN20aQ9rFBWuKiyEIuMOMfM5vJt6wSN9UJamtqr6eWXqMaZbK";  // correct horse
const std::string kRight = "Authorization: Basic " + base64("reader:correct horse") + "\r\n";

std::string with(const std::string& authorization, const std::string& path = "/a") {
  return get(path, "Host: localhost\r\nConnection: close\r\n" + authorization);
}

// Secrets in files of a folder, and what is read of them.
class Secrets {
 public:
  Secrets& token(const std::string& text) { return http_.token_file = folder_.write("token", text), *this; }
  Secrets& logins(const std::string& text) { return http_.basic_auth_file = folder_.write("logins", text), *this; }
  Secrets& certificate(const test::PemPair& pair) {
    http_.tls.cert_file = folder_.write("cert.pem", pair.certificate);
    http_.tls.key_file = folder_.write("key.pem", pair.key);
    return *this;
  }
  Secrets& clients(const test::Authority& authority) {
    return http_.tls.client_ca_file = folder_.write("clients.pem", authority.certificate()), *this;
  }
  std::shared_ptr<const HttpCredentials> read() const { return read_http_credentials(http_, std::time(nullptr)).value(); }

 private:
  TempFolder folder_;
  HttpConfig http_;
};

}  // namespace

TEST_CASE("with a token every method that may change something needs it, and a wrong one looks like none") {
  Secrets secrets;
  const RunningServer server({echo, {}}, {.credentials = secrets.token(kToken).read()});
  const auto post = [&](const std::string& fields, const std::string& method = "POST") {
    return server.exchange(method + " /-/reload HTTP/1.1\r\nHost: localhost\r\n" + fields + "Content-Length: 2\r\n\r\n{}" +
                           get("/smuggled"));
  };
  const std::string refused = post("");
  CHECK(only_status(refused) == 401);
  CHECK(has(refused, "WWW-Authenticate: Bearer realm=\"driftd\"\r\n"));
  CHECK(body(refused) == "unauthorized\n");
  for (const std::string& fields : {"Authorization: Bearer " + kToken + "x\r\n", "Authorization: Bearer " + kToken.substr(1) + "\r\n",
                                    std::string("Authorization: Bearer \r\n"), "Authorization: Basic " + base64("x:" + kToken) + "\r\n",
                                    "Authorization: " + kToken + "\r\n"}) {
    CAPTURE(fields);
    CHECK(post(fields) == refused);
  }
  for (const char* method : {"PUT", "DELETE", "PATCH", "TRACE", "BREW", "get"}) CHECK(only_status(post("", method)) == 401);
  CHECK(has(post("Authorization: bearer " + kToken + "\r\nOrigin: https://elsewhere.example\r\n"), "POST\n-\nreload"));
  CHECK(only_status(post("", "OPTIONS")) == 405);
  CHECK(status_line(server.exchange(with(""))) == "HTTP/1.1 200 OK");  // reading is open
}

TEST_CASE("where there is no token a reader's login changes nothing") {
  Secrets secrets;
  const RunningServer server({echo, {}}, {.credentials = secrets.logins(kReader).read()});
  CHECK(only_status(server.exchange("POST /-/quit HTTP/1.1\r\nHost: localhost\r\n" + kRight + "\r\n")) == 403);
}

TEST_CASE("with logins every path but the open ones needs one") {
  for (const bool beside : {false, true}) {
    CAPTURE(beside);
    Secrets secrets;
    HttpHandler handler{echo, {}};
    handler.open_paths = {"/-/healthy"};
    const RunningServer server(handler, {.login_thread = beside, .credentials = secrets.logins(kReader).token(kToken).read()});
    const std::string refused = server.exchange(with(""));
    CHECK(only_status(refused) == 401);
    CHECK(has(refused, "WWW-Authenticate: Basic realm=\"driftd\", charset=\"UTF-8\"\r\n"));
    CHECK(body(refused) == "unauthorized\n");
    for (const std::string& wrong : {base64("reader:wrong"), base64("nobody:correct horse"), base64("reader"), std::string("?")}) {
      for (int i = 0; i < 2; ++i) CHECK(server.exchange(with("Authorization: Basic " + wrong + "\r\n")) == refused);
    }
    CHECK(server.exchange(with(kRight + kRight)) == refused);
    CHECK(server.exchange(with("Authorization: Bearer wrong\r\n")) == refused);
    for (int i = 0; i < 2; ++i) CHECK(body(server.exchange(with(kRight))) == "GET\na");
    CHECK(body(server.exchange(with("Authorization: Bearer " + kToken + "\r\n"))) == "GET\na");
    CHECK(body(server.exchange(with("", "/-/healthy"))) == "GET\n-\nhealthy");
    CHECK(body(server.exchange(with("", "/-/healthy?x"))) == "GET\n-\nhealthy\nx=");
    for (const char* path : {"/", "/-/healthy/", "/-/./healthy", "/-/healthy/../a", "/-%2fhealthy", "//-/healthy"})
      CHECK(server.exchange(with("", path)) == refused);
    CHECK(only_status(server.exchange("POST /a HTTP/1.1\r\nHost: localhost\r\n" + kRight + "\r\n")) == 401);  // who reads does not change
    RawClient kept(server.port());
    kept.send(get("/1", "Host: localhost\r\n" + kRight) + get("/2", "Host: localhost\r\n" + kRight) + get("/3"));
    CHECK(body(kept.read_response()) == "GET\n1");
    CHECK(body(kept.read_response()) == "GET\n2");
    CHECK(only_status(kept.read_all()) == 401);
  }
}

TEST_CASE("a check of a password holds up nobody, same ones are one check, and few may wait") {
  // Nobody calls run_logins yet: every login that is not known waits.
  Secrets secrets;
  HttpHandler handler{echo, {}};
  handler.open_paths = {"/open"};
  HttpOptions options{
      .limits = {.logins = 3, .logins_per_address = 2}, .login_thread = true, .credentials = secrets.logins(kReader).read()};
  options.listen = "127.0.0.1:0";
  auto server = HttpServer::listen(options, handler);
  REQUIRE(server.has_value());
  std::thread serving([&] { server->run(); });
  const auto ask = [&](const std::string& login, const char* from = "127.0.0.1") {
    RawClient client(server->port(), from);
    client.send(with("Authorization: Basic " + base64(login) + "\r\n"));
    return client;
  };
  RawClient first = ask("reader:correct horse"), same = ask("reader:correct horse"), wrong = ask("reader:wrong");
  CHECK_FALSE(first.answered_within(milliseconds(50)));
  CHECK_FALSE(wrong.answered_within(milliseconds(50)));
  CHECK(status_line(ask("reader:third").read_all()) == "HTTP/1.1 503 Service Unavailable");  // of this address
  RawClient other = ask("reader:wrong 2", "127.0.0.2");
  CHECK_FALSE(other.answered_within(milliseconds(50)));
  CHECK(status_line(ask("reader:wrong 3", "127.0.0.3").read_all()) == "HTTP/1.1 503 Service Unavailable");  // of all
  RawClient open(server->port());
  open.send(with("", "/open"));
  CHECK(body(open.read_all()) == "GET\nopen");
  std::thread logins([&] { server->run_logins(); });
  CHECK(body(first.read_all()) == "GET\na");
  CHECK(body(same.read_all()) == "GET\na");
  CHECK(only_status(wrong.read_all()) == 401);
  CHECK(only_status(other.read_all()) == 401);
  server->stop();
  serving.join();
  logins.join();
}

TEST_CASE("secrets can be changed while the server runs") {
  Secrets secrets;
  const auto ring = std::make_shared<EventRing>("run");
  HttpHandler handler{[&](const Request& request) {
                        Response response = echo(request);
                        if (request.path == std::vector<std::string>{"events"}) response.stream = EventStream{ring, "first\n\n", 0};
                        return response;
                      },
                      {}};
  RunningServer server(handler, {.credentials = secrets.logins(kReader).read()});
  RawClient kept(server.port()), stream(server.port());
  kept.send(get("/1", "Host: localhost\r\n" + kRight));
  CHECK(body(kept.read_response()) == "GET\n1");
  stream.send(get("/events", "Host: localhost\r\n" + kRight));
  stream.read_until("first\n\n");
  server.server().set_credentials(secrets.read());  // the same
  kept.send(get("/2", "Host: localhost\r\n" + kRight));
  CHECK(has(kept.read_response(), "GET\n2"));
  server.server().set_credentials(secrets.logins("# was " + kReader + "\nnew:" + kReader.substr(7)).read());
  ring->publish("window", "1");
  CHECK_FALSE(has(stream.read_until("1\n\n"), "data: 1"));  // cut: its reader has to come again
  kept.send(get("/3", "Host: localhost\r\n" + kRight));
  CHECK(only_status(kept.read_all()) == 401);
  RawClient again(server.port());
  again.send(get("/4", "Host: localhost\r\nAuthorization: Basic " + base64("new:correct horse") + "\r\n"));
  CHECK(body(again.read_response()) == "GET\n4");
}

// ---- TLS ----

namespace {

// An authority whose certificate is in a file, and a server that has one of it for localhost.
struct TlsBed {
  test::Authority authority;
  TempFolder folder;
  Secrets secrets;
  test::TlsClientOptions client{.ca_file = folder.write("ca.pem", authority.certificate())};

  TlsBed() { secrets.certificate(authority.sign("localhost")); }
  HttpOptions options(HttpLimits limits = {}) const { return {.limits = limits, .credentials = secrets.read()}; }
};

}  // namespace

TEST_CASE("by TLS everything is as in clear") {
  const TlsBed bed;
  const RunningServer server({echo, {}}, bed.options());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto options = bed.client;
    options.newest = version;
    test::TlsClient client(server.port(), options);
    REQUIRE(client.connected());
    client.send(get("/1") + get("/2"));  // in one record
    CHECK(has(client.read_until("GET\n1"), "200 OK"));
    CHECK(has(client.read_until("GET\n2"), "200 OK"));
    client.send(get("/3", "Host: localhost\r\nContent-Length: 100000\r\nConnection: close\r\n") + std::string(100'000, 'x') +
                get("/smuggled"));
    const std::string last = client.read_all();
    CHECK(has(last, "GET\n3"));
    CHECK_FALSE(has(last, "smuggled"));
    CHECK(client.ended_in_order());
  }
  for (const auto& row : test::refused_requests()) {
    CAPTURE(row.name);
    test::TlsClient client(server.port(), bed.client);
    client.send(row.bytes + get("/smuggled"));
    CHECK(only_status(client.read_all()) == row.status);
  }
}

TEST_CASE("who does not trust the authority, or asks for another host, does not get through; nor does an old TLS") {
  const TlsBed bed;
  const RunningServer server({echo, {}}, bed.options());
  auto stranger = bed.client, elsewhere = bed.client, old = bed.client;
  stranger.ca_file = "";
  elsewhere.host = "drift.example";
  old.newest = TLS1_1_VERSION;
  CHECK(test::TlsClient(server.port(), bed.client).connected());
  CHECK_FALSE(test::TlsClient(server.port(), stranger).connected());
  CHECK_FALSE(test::TlsClient(server.port(), elsewhere).connected());
  CHECK_FALSE(test::TlsClient(server.port(), old).connected());
}

TEST_CASE("a request in clear is told that this is TLS; other bytes are not answered") {
  const TlsBed bed;
  const RunningServer server({echo, {}}, bed.options());
  const std::string answer = server.exchange(get("/"));
  CHECK(only_status(answer) == 400);
  CHECK(body(answer) == "this listener speaks TLS: ask with https://\n");
  CHECK(has(answer, "Content-Length: " + std::to_string(body(answer).size()) + "\r\n"));
  CHECK_FALSE(has(server.exchange(std::string("\0\1\2 no TLS, no HTTP\r\n\r\n", 23)), "HTTP/"));
}

TEST_CASE("where clients need a certificate, only one of the right authority is let in") {
  TlsBed bed;
  const test::Authority clients, others;
  bed.secrets.clients(clients);
  RunningServer server({echo, {}}, bed.options());
  const auto as = [&](const test::PemPair& pair, const char* name) {
    auto options = bed.client;
    options.cert_file = bed.folder.write(std::string(name) + ".pem", pair.certificate);
    options.key_file = bed.folder.write(std::string(name) + ".key", pair.key);
    return options;
  };
  const auto answer_to = [&](const test::TlsClientOptions& options) {
    test::TlsClient client(server.port(), options);
    client.send(get("/a", "Host: localhost\r\nConnection: close\r\n"));
    return client.read_all();
  };
  const auto known = as(clients.sign("prometheus"), "known");
  CHECK(has(answer_to(known), "GET\na"));
  CHECK(answer_to(bed.client).empty());
  CHECK(answer_to(as(others.sign("prometheus"), "stranger")).empty());
  CHECK(answer_to(as(clients.sign("prometheus", {.from_s = -100, .until_s = -10}), "expired")).empty());

  // An authority that is no longer trusted: open connections get nothing more.
  test::TlsClient kept(server.port(), known);
  kept.send(get("/1"));
  CHECK(has(kept.read_until("GET\n1"), "200 OK"));
  server.server().set_credentials(bed.secrets.clients(others).read());
  test::TlsClient fresh(server.port(), as(others.sign("prometheus"), "fresh"));
  fresh.send(get("/2"));
  CHECK(has(fresh.read_until("GET\n2"), "200 OK"));  // the change is in force
  kept.send(get("/3"));
  CHECK(kept.read_all().empty());
  CHECK(answer_to(known).empty());
}

TEST_CASE("a certificate is changed while the server runs") {
  TlsBed bed;
  RunningServer server({echo, {}}, bed.options());
  test::TlsClient kept(server.port(), bed.client);
  kept.send(get("/1"));
  CHECK(has(kept.read_until("GET\n1"), "200 OK"));
  server.server().set_credentials(bed.secrets.certificate(bed.authority.sign("drift.example")).read());
  kept.send(get("/2"));
  CHECK(has(kept.read_until("GET\n2"), "200 OK"));
  kept.send(get("/3"));
  CHECK_FALSE(has(kept.read_all(), "GET\n3"));  // the answer before was the last one
  auto next = bed.client;
  next.host = "drift.example";
  CHECK(test::TlsClient(server.port(), next).connected());
  CHECK_FALSE(test::TlsClient(server.port(), bed.client).connected());
}

TEST_CASE("half-open TLS handshakes make room for one that asks, and end by their deadline") {
  const TlsBed bed;
  const std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);  // begins one of 512 bytes
  {
    const RunningServer server({echo, {}}, bed.options({.connections = 8, .connections_per_address = 4}));
    std::vector<RawClient> half;
    for (int i = 0; i < 40; ++i) {
      half.emplace_back(server.port(), ("127.0.0." + std::to_string(1 + i % 4)).c_str());
      if (i % 2 == 0) half.back().send(hello);
    }
    for (int i = 0; i < 10; ++i) {
      test::TlsClient client(server.port(), bed.client);
      REQUIRE(client.connected());
      client.send(get("/a"));
      CHECK(has(client.read_until("GET\na"), "200 OK"));
    }
    CHECK(half.front().read_all().empty());
  }
  const RunningServer server({echo, {}}, bed.options({.header_deadline = milliseconds(100)}));
  CHECK_FALSE(has(server.exchange(hello), "HTTP"));
  CHECK(server.exchange("").empty());
  test::TlsClient slow(server.port(), bed.client);  // the handshake counts: the header has what is left
  slow.send("GET / HTTP/1.1\r\nHo");
  CHECK(status_line(slow.read_all()) == "HTTP/1.1 408 Request Timeout");
}

TEST_CASE("events stream by TLS") {
  const TlsBed bed;
  const auto ring = std::make_shared<EventRing>("run", 4);
  const RunningServer server(streams_of(ring), bed.options());
  test::TlsClient client(server.port(), bed.client);
  client.send(get("/"));
  CHECK(has(client.read_until("10\n\n"), "text/event-stream"));
  ring->publish("window", "1");
  CHECK(client.read_until("1\n\n") == "id: run-1\nevent: window\ndata: 1\n\n");
}

TEST_CASE("the address for people says https") {
  const TlsBed bed;
  RunningServer server({echo, {}}, bed.options());
  CHECK(server.server().url() == "https://127.0.0.1:" + std::to_string(server.port()) + "/");
}
