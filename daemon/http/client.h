// Requests as a client, one connection each: a GET that a verb asks of a running daemon, a POST to a receiver of alerts, a GET of a server
// that the configuration names. HTTP/1.1, with TLS for https. No redirects. Blocks for the limits at most. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace driftd {

struct HttpAnswer {
  int status = 0;
  std::string body;
  std::string retry_after = {};  // the header; "" = none
};

// Whom to ask or to POST to, and how long that may take.
struct HttpReceiver {
  std::string url;                                 // as parse_receiver_url takes it
  std::string ca_file = {};                        // certificates that are trusted (PEM); "" = the system's
  std::string cert_file = {}, key_file = {};       // who we are, where TLS asks (PEM); "" = nobody
  std::chrono::milliseconds timeout{10'000};       // for the whole exchange, from the name to the last byte of the answer
  std::size_t body_bytes = std::size_t{64} << 10;  // of the answer that are read; what is longer is cut
};

struct HttpPost {
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};  // Host, Content-Length and Connection are added
};

// The error is one line without the URL, which may be a secret: "Connection refused", "TLS: certificate verify failed". stop: asked
// every few milliseconds, true ends the exchange with an error.
std::expected<HttpAnswer, std::string> http_post(const HttpReceiver& receiver, const HttpPost& post,
                                                 const std::function<bool()>& stop = {});

// The same as a GET of its URL, without a body.
std::expected<HttpAnswer, std::string> http_fetch(const HttpReceiver& receiver, const HttpPost& request,
                                                  const std::function<bool()>& stop = {});

// Whether it can be reached: name, connection and TLS, nothing is sent. The error as of http_post.
std::expected<void, std::string> http_reach(const HttpReceiver& receiver);

}  // namespace driftd
