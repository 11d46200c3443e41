// A small HTTP/1.1 server for GET and HEAD, made to be left open to strangers: every limit is absolute, a slow client costs
// others nothing, and a request whose length could be read in two ways is refused.
//   Thread: run() serves on the caller's thread; the handler is called there. Answers that may take long (Response::later) are made on
//   the thread that calls run_slow(), so that they delay nobody. stop() may be called from any thread.
//   Errors: binding returns a ListenError; nothing else can fail to the outside.
//   Cost: one connection object and its buffer a client, at most limits.connections of them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "daemon/http/message.h"

namespace driftd {

struct HttpLimits {
  std::size_t header_bytes = 8 << 10;
  std::size_t body_bytes = 1 << 20;
  std::size_t connections = 256;
  std::size_t connections_per_address = 64;
  std::size_t slow_answers = 64;  // that wait for the thread of run_slow
  std::size_t streams = 32;       // of events
  std::chrono::milliseconds header_deadline{
      10'000};  // from the first byte of a request (of a connection, for its first) to the last of its header
  std::chrono::milliseconds request_deadline{30'000};  // from there to the last byte of the answer
  std::chrono::milliseconds idle_deadline{60'000};     // between two requests of one connection
  std::chrono::milliseconds stream_comment{15'000};    // a stream of events says at least so often that it lives
};

struct HttpOptions {
  std::string listen = "127.0.0.1:3738";  // "127.0.0.1:3738", "[::1]:0" (port 0 = any), "localhost:3738", ":3738" (all addresses)
  std::string external_url;               // its host is answered to as well, on a loopback listener
  HttpLimits limits;
  bool slow_thread = false;  // run_slow() will be called: without it slow answers are made by run()
};

struct ListenError {
  bool in_use = false;  // the port is taken: another one may be free
  std::string message;  // names the address
};

class HttpServer {
 public:
  // Bound and listening when it returns: a client that connects before run() waits.
  static std::expected<HttpServer, ListenError> listen(HttpOptions options, HttpHandler handler);

  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) noexcept;
  ~HttpServer();

  void run();       // until stop()
  void run_slow();  // beside run(), until stop(); only with HttpOptions::slow_thread
  void stop();      // cuts what is open; run() returns soon, also when it has not begun
  std::uint16_t port() const;
  std::string url() const;  // "http://127.0.0.1:3738/"

 private:
  class Loop;
  class Session;
  explicit HttpServer(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace driftd
