// A small HTTP/1.1 server for GET and HEAD, in clear or by TLS, made to be left open to strangers: every limit is absolute, a slow client
// costs others nothing, and a request that could be read in two ways is refused, and nothing behind it is read (request_head.h; a body has
// a Content-Length, or there is none).
//   Who may: with HttpCredentials::token every other method needs it; with HttpCredentials::logins every path but HttpHandler::open_paths
//   needs a login, or the token. A refused one learns nothing but that.
//   Thread: run() serves on the caller's thread; the handler is called there. Answers that may take long (Response::later) are made on
//   the thread that calls run_slow(), passwords are checked on the one that calls run_logins(), so that they delay nobody. stop() and
//   set_credentials() may be called from any thread.
//   Errors: binding returns a ListenError; nothing else can fail to the outside.
//   Cost: one connection object and its buffer a client, at most limits.connections of them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "daemon/http/credentials.h"
#include "daemon/http/message.h"

namespace driftd {

struct HttpLimits {
  std::size_t header_bytes = 8 << 10;
  std::size_t header_fields = 100;
  std::size_t body_bytes = 1 << 20;
  std::size_t connections = 256;
  std::size_t connections_per_address = 64;
  std::size_t slow_answers = 64;  // that wait for the thread of run_slow
  std::size_t streams = 32;       // of events
  std::size_t logins = 16;        // different ones that wait to be checked
  std::size_t logins_per_address = 2;
  std::chrono::milliseconds header_deadline{
      10'000};  // from the first byte of a request (of a connection, for its first, TLS included) to the last of its header
  std::chrono::milliseconds request_deadline{30'000};  // from there to the last byte of the answer
  std::chrono::milliseconds idle_deadline{60'000};     // between two requests of one connection
  std::chrono::milliseconds stream_comment{15'000};    // a stream of events says at least so often that it lives
};

struct HttpOptions {
  std::string listen = "127.0.0.1:3738";  // "127.0.0.1:3738", "[::1]:0" (port 0 = any), "localhost:3738", ":3738" (all addresses)
  std::string external_url = {};          // its host is answered to as well, on a loopback listener
  HttpLimits limits = {};
  bool slow_thread = false;                                 // run_slow() will be called: without it slow answers are made by run()
  bool login_thread = false;                                // the same for run_logins() and the checks of passwords
  std::shared_ptr<const HttpCredentials> credentials = {};  // null: plain HTTP, open to everybody
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
  // beside run(), until stop(); only with HttpOptions::login_thread. Rests after each wrong password, three times as long as it took, so
  // that guesses cost a quarter of a core at most.
  void run_logins();
  void stop();  // cuts what is open; run() returns soon, also when it has not begun
  // From now on. Nothing happens where the files held the same. Streams of events are cut (their readers come again), connections end with
  // their next answer, those with a client certificate before it.
  void set_credentials(std::shared_ptr<const HttpCredentials> credentials);
  std::uint16_t port() const;
  std::string url() const;  // "http://127.0.0.1:3738/", or https

 private:
  class Loop;
  class Session;
  explicit HttpServer(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace driftd
