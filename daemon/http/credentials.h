// What a listener knows of secrets: its certificate, the token of what changes something, and who may read. Read from the files of
// HttpConfig by one function, at the start, by `driftd check` and again on a reload; immutable from then on; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"
#include "daemon/http/logins.h"
#include "daemon/http/secret_digest.h"
#include "daemon/http/tls_identity.h"

namespace driftd {

struct HttpCredentials {
  std::optional<TlsIdentity> tls;     // nullopt: plain HTTP
  bool client_certificates = false;   // are demanded
  std::optional<SecretDigest> token;  // nullopt: there is none
  std::optional<Logins> logins;       // nullopt: everybody may read
  SecretDigest content{};             // of all files: equal when nothing has changed

  bool is_token(std::string_view given) const { return token && equal_digests(*token, digest_of({given})); }
};

// The error is a line that names key, file and way out. now_s: seconds since 1970.
std::expected<std::shared_ptr<const HttpCredentials>, std::string> read_http_credentials(const HttpConfig& config, std::int64_t now_s);

// A certificate that ends within two weeks, in words; "" else.
std::string expiry_warning(const HttpConfig& config, const HttpCredentials& credentials, std::int64_t now_s);

}  // namespace driftd
