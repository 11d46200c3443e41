// The certificate of a listener, read and held against its key and the clock. Thread: any; what is made is immutable.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "config/config.h"

struct ssl_ctx_st;  // OpenSSL's

namespace driftd {

struct TlsIdentity {
  std::shared_ptr<ssl_ctx_st> context;  // TLS 1.2 or newer; no tickets, no renegotiation
  std::int64_t expires_s = 0;           // the certificate, in seconds since 1970
};

// Reads the files. The error names key, file and way out: not readable, no certificate in it, expired or not valid yet, a key of another
// certificate, an encrypted key, an authority that is expired. now_s: seconds since 1970.
std::expected<TlsIdentity, std::string> read_tls_identity(const HttpConfig::Tls& files, std::int64_t now_s);

}  // namespace driftd
