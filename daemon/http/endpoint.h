// Listen addresses, addresses of servers and Host headers. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace driftd {

struct Endpoint {
  std::string host;  // without brackets; "" = all addresses
  std::uint16_t port = 0;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// "127.0.0.1:3738", "[::1]:3738", "localhost:0", ":3738". nullopt: no port, a bad port, an IPv6 address without brackets.
std::optional<Endpoint> parse_endpoint(std::string_view text);

// The host of an absolute URL, without brackets: "https://a.example:8/x" -> "a.example". "": none.
std::string url_host(std::string_view url);

// A path and its query behind a URL that may have a path of its own: "https://a/x/" and "/y?z" -> "https://a/x/y?z".
std::string url_under(std::string base, std::string_view target);

// Whom to POST to: "https://a.example:8443/x?y=1". Port 443 or 80 where none is named; target: path and query, at least "/".
struct ReceiverAddress {
  bool tls = false;
  Endpoint endpoint;
  std::string target;
  friend bool operator==(const ReceiverAddress&, const ReceiverAddress&) = default;
};
std::optional<ReceiverAddress> parse_receiver_url(
    std::string_view url);  // nullopt: another scheme, no host, a login, a fragment, a bad port

// The Host header for it: with brackets around an IPv6 address, and with a port that is not the scheme's own.
std::string host_header(const ReceiverAddress& address);

// Whether a listener on the loopback address `own` answers to this Host header: localhost, its own address, or the host of
// external_url; the port does not matter (a tunnel changes it). Anything else may be a page that re-bound its own name to us.
bool host_allowed(std::string_view host_header, std::string_view own, std::string_view external_host);

}  // namespace driftd
