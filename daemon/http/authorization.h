// What an Authorization header says (RFC 7617, RFC 6750). Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace driftd {

struct BasicLogin {
  std::string user, password;
  friend bool operator==(const BasicLogin&, const BasicLogin&) = default;
};

// "Basic " and base64 of user:password. nullopt: another scheme, no base64, no colon, a NUL byte (crypt(3) would stop there).
std::optional<BasicLogin> parse_basic(std::string_view header);

// "Bearer " and a token; a view into `header`. nullopt: another scheme, no token.
std::optional<std::string_view> parse_bearer(std::string_view header);

}  // namespace driftd
