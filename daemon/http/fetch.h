// One GET over HTTP/1.1, plain or by TLS, and its answer: what the daemon asks of a server that its configuration names. No redirects are
// followed, so that nobody but that server is asked. Blocks for the timeout at most, and for as long as the system looks the name up.
// Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/http/client.h"

namespace driftd {

struct FetchOptions {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string ca_file;                       // PEM; "": the certificates that the system trusts
  std::chrono::milliseconds timeout{5'000};  // from the name to the last byte
  std::size_t body_bytes = std::size_t{4} << 20;
  std::function<bool()> give_up;  // asked every few milliseconds; may be empty
};

// url: "http[s]://host[:port][/base]"; target: a path with its query, put behind the base. The certificate must be valid for the host.
// The error is one line without the URL.
std::expected<HttpAnswer, std::string> http_fetch(const std::string& url, const std::string& target, const FetchOptions& options);

}  // namespace driftd
