#include "daemon/http/client_login.h"

#include <fmt/format.h>

#include "config/substitute.h"
#include "daemon/runtime/base64.h"

namespace driftd {
namespace {

// A value that could end a header early is refused.
std::expected<std::string, std::string> one_line_of(const std::string& key, const std::string& file) {
  auto content = read_small_file(file);
  if (!content) return std::unexpected(fmt::format("{}: {}", key, content.error()));
  for (const unsigned char c : *content) {
    if (c < 0x20 || c == 0x7f) return std::unexpected(fmt::format("{}: {} holds more than one line", key, file));
  }
  if (content->empty()) return std::unexpected(fmt::format("{}: {} is empty", key, file));
  return content;
}

}  // namespace

std::expected<std::string, std::string> bearer_login(const std::string& key, const std::string& file) {
  auto token = one_line_of(key, file);
  if (token) token->insert(0, "Bearer ");
  return token;
}

std::expected<std::string, std::string> basic_login(const std::string& key, const std::string& file) {
  const auto login = one_line_of(key, file);
  if (!login) return login;
  if (login->find(':') == std::string::npos) return std::unexpected(fmt::format("{}: expected user:password in {}", key, file));
  return "Basic " + base64(*login);
}

}  // namespace driftd
