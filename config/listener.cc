#include "config/listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>

namespace driftd {

bool is_loopback(std::string_view listen) {
  std::string host(listen.substr(0, listen.rfind(':')));
  if (host == "localhost") return true;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  return ::inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

std::optional<std::string> listener_problem(const HttpConfig& http) {
  if (http.enable_lifecycle && http.token_file.empty() && !(is_loopback(http.listen) && http.basic_auth_file.empty()))
    return "http.enable_lifecycle lets whoever reaches " + http.listen + " end driftd: set http.token_file";
  const bool encrypted = !http.tls.cert_file.empty();
  const bool login = !http.basic_auth_file.empty() || !http.tls.client_ca_file.empty();
  if (http.allow_insecure || (encrypted && login) || is_loopback(http.listen)) return std::nullopt;
  const std::string_view tls = "http.tls.cert_file and key_file", who = "http.basic_auth_file or http.tls.client_ca_file";
  const std::string missing = encrypted ? std::string(who) : login ? std::string(tls) : fmt::format("{}, and {}", tls, who);
  return fmt::format("other machines reach {}: set {}; or set http.allow_insecure to true, where something else keeps strangers out",
                     http.listen, missing);
}

}  // namespace driftd
