#include "daemon/http/credentials.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/substitute.h"
#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

constexpr std::size_t kShortestToken = 32;
constexpr std::int64_t kWarnAheadS = 14 * 86'400;

std::expected<std::string, std::string> read(std::string_view key, const std::string& file) {
  auto text = read_small_file(file);
  if (!text) return std::unexpected(fmt::format("{}: {}", key, text.error()));
  return text;
}

std::expected<SecretDigest, std::string> read_token(const std::string& file) {
  constexpr std::string_view kKey = "http.token_file";
  auto text = read(kKey, file);
  if (!text) return std::unexpected(std::move(text.error()));
  if (!std::ranges::all_of(*text, [](char c) { return c > 0x20 && c < 0x7f; }))
    return std::unexpected(fmt::format("{}: {} must hold one line of visible ASCII characters, without spaces", kKey, file));
  if (text->size() < kShortestToken) {
    return std::unexpected(fmt::format("{}: the token in {} has {} bytes, and {} is the least; make one with openssl rand -hex 32", kKey,
                                       file, text->size(), kShortestToken));
  }
  return digest_of({*text});
}

std::expected<Logins, std::string> read_logins(const std::string& file) {
  constexpr std::string_view kKey = "http.basic_auth_file";
  auto text = read(kKey, file);
  if (!text) return std::unexpected(std::move(text.error()));
  auto logins = Logins::parse(*text);
  if (!logins) return std::unexpected(fmt::format("{}: {}: {}", kKey, file, logins.error()));
  return logins;
}

}  // namespace

std::expected<std::shared_ptr<const HttpCredentials>, std::string> read_http_credentials(const HttpConfig& config, std::int64_t now_s) {
  auto out = std::make_shared<HttpCredentials>();
  // First: of a file that is replaced meanwhile the old content is noted, and the next look finds it changed.
  std::string content;
  for (const std::string* file :
       {&config.tls.cert_file, &config.tls.key_file, &config.tls.client_ca_file, &config.token_file, &config.basic_auth_file}) {
    content += fmt::format("{}\n", file->empty() ? std::string() : read_small_file(*file).value_or(""));
  }
  out->content = digest_of({content});
  if (!config.tls.cert_file.empty()) {
    auto tls = read_tls_identity(config.tls, now_s);
    if (!tls) return std::unexpected(std::move(tls.error()));
    out->tls = std::move(*tls);
    out->client_certificates = !config.tls.client_ca_file.empty();
  }
  if (!config.token_file.empty()) {
    auto token = read_token(config.token_file);
    if (!token) return std::unexpected(std::move(token.error()));
    out->token = *token;
  }
  if (!config.basic_auth_file.empty()) {
    auto logins = read_logins(config.basic_auth_file);
    if (!logins) return std::unexpected(std::move(logins.error()));
    out->logins = std::move(*logins);
  }
  return out;
}

std::string expiry_warning(const HttpConfig& config, const HttpCredentials& credentials, std::int64_t now_s) {
  if (!credentials.tls || credentials.tls->expires_s - now_s > kWarnAheadS) return {};
  return fmt::format("http.tls.cert_file: the certificate in {} expires at {}; renew it", config.tls.cert_file,
                     format_event_time(credentials.tls->expires_s * 1'000'000));
}

}  // namespace driftd
