// One GET over plain HTTP/1.1 and its answer: what a verb asks of a running daemon. Blocks for the limits at most, and for as long as
// the system looks the name up. No redirects, no TLS. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <string>

namespace driftd {

struct HttpGetLimits {
  std::chrono::milliseconds connect{3'000};  // to each address of the name
  std::chrono::milliseconds answer{10'000};  // from the connection to the last byte
  std::size_t body_bytes = std::size_t{8} << 20;
};

struct HttpAnswer {
  int status = 0;
  std::string body;
};

// url: "http://host[:port][/base]"; target: a path with its query, put behind the base. The error is one line that names the URL.
std::expected<HttpAnswer, std::string> http_get(const std::string& url, const std::string& target, const HttpGetLimits& limits = {});

}  // namespace driftd
