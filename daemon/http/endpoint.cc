#include "daemon/http/endpoint.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace driftd {
namespace {

struct HostPort {
  std::string_view host, port;
  bool has_port = false;
};

// "a:1", "[::1]:1", "a", "[::1]". nullopt: a bracket is not closed, text follows it, or an IPv6 address has none.
std::optional<HostPort> split_host_port(std::string_view text) {
  const bool bracket = text.starts_with('[');
  const std::size_t end = bracket ? text.find(']') : text.find(':');
  if (bracket && end == std::string_view::npos) return std::nullopt;
  const std::string_view host = bracket ? text.substr(1, end - 1) : text.substr(0, end);
  std::string_view rest = end == std::string_view::npos ? std::string_view{} : text.substr(bracket ? end + 1 : end);
  if (rest.empty()) return HostPort{host, {}, false};
  if (rest.front() != ':') return std::nullopt;
  rest.remove_prefix(1);
  if (rest.find(':') != std::string_view::npos) return std::nullopt;
  return HostPort{host, rest, true};
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto split = split_host_port(text);
  if (!split || !split->has_port || split->port.empty()) return std::nullopt;
  Endpoint out{std::string(split->host), 0};
  const std::string_view port = split->port;
  const auto [stopped, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc{} || stopped != port.data() + port.size()) return std::nullopt;
  return out;
}

std::string url_host(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  std::string_view authority = url.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  authority = authority.substr(authority.rfind('@') + 1);
  const auto split = split_host_port(authority);
  return split ? lower(split->host) : std::string{};
}

namespace {

std::optional<HttpAddress> parse_url(std::string_view url, std::string_view scheme, std::string_view port) {
  if (lower(url.substr(0, scheme.size())) != scheme || url.find_first_of("@?# ") != std::string_view::npos) return std::nullopt;
  url.remove_prefix(scheme.size());
  const std::string authority(url.substr(0, url.find('/')));
  std::string_view path = url.substr(authority.size());
  while (path.ends_with('/')) path.remove_suffix(1);
  const auto split = split_host_port(authority);
  if (!split || split->host.empty()) return std::nullopt;
  auto endpoint = parse_endpoint(split->has_port ? authority : fmt::format("{}:{}", authority, port));
  if (!endpoint) return std::nullopt;
  return HttpAddress{std::move(*endpoint), std::string(path), false};
}

}  // namespace

std::optional<HttpAddress> parse_http_url(std::string_view url) { return parse_url(url, "http://", "80"); }

std::optional<HttpAddress> parse_web_url(std::string_view url) {
  auto address = parse_url(url, "https://", "443");
  if (!address) return parse_http_url(url);
  address->tls = true;
  return address;
}

bool host_allowed(std::string_view host_header, std::string_view own, std::string_view external_host) {
  const auto split = split_host_port(host_header);
  if (!split || split->host.empty()) return false;
  const std::string host = lower(split->host);
  return host == "localhost" || host == own || host == external_host;
}

}  // namespace driftd
