#include "daemon/http/endpoint.h"

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

std::string url_under(std::string base, std::string_view target) {
  while (base.ends_with('/')) base.pop_back();
  return base.append(target);
}

std::optional<ReceiverAddress> parse_receiver_url(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos || url.find_first_of("# ") != std::string_view::npos) return std::nullopt;
  const std::string scheme = lower(url.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  url.remove_prefix(scheme_end + 3);
  const std::string authority(url.substr(0, url.find_first_of("/?")));
  std::string target(url.substr(authority.size()));
  if (!target.starts_with('/')) target.insert(0, 1, '/');
  const auto split = split_host_port(authority);
  if (!split || split->host.empty() || authority.find('@') != std::string::npos) return std::nullopt;
  const bool tls = scheme == "https";
  auto endpoint = parse_endpoint(split->has_port ? authority : authority + (tls ? ":443" : ":80"));
  if (!endpoint || endpoint->port == 0) return std::nullopt;
  return ReceiverAddress{tls, std::move(*endpoint), std::move(target)};
}

std::string host_header(const ReceiverAddress& address) {
  const std::string& host = address.endpoint.host;
  std::string header = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (address.endpoint.port != (address.tls ? 443 : 80)) header += ":" + std::to_string(address.endpoint.port);
  return header;
}

bool host_allowed(std::string_view host_header, std::string_view own, std::string_view external_host) {
  const auto split = split_host_port(host_header);
  if (!split || split->host.empty()) return false;
  const std::string host = lower(split->host);
  return host == "localhost" || host == own || host == external_host;
}

}  // namespace driftd
