#include "daemon/http/tls_identity.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <string_view>
#include <vector>

#include "config/substitute.h"
#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

template <class T, void (*kFree)(T*)>
struct Freed {
  void operator()(T* held) const { kFree(held); }
};
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;
using Result = std::expected<void, std::string>;

constexpr std::string_view kCertKey = "http.tls.cert_file", kKeyKey = "http.tls.key_file", kClientKey = "http.tls.client_ca_file";

// Nobody is there to be asked for a password.
int no_password(char*, int, int, void*) { return -1; }

std::string last_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "unknown reason" : reason;
}

std::int64_t seconds(const ASN1_TIME* time) {
  std::tm broken{};
  return ASN1_TIME_to_tm(time, &broken) == 1 ? static_cast<std::int64_t>(timegm(&broken)) : 0;
}

std::string written(std::int64_t time_s) { return format_event_time(time_s * 1'000'000); }

std::expected<std::vector<Certificate>, std::string> read_certificates(std::string_view key, const std::string& file) {
  const auto text = read_small_file(file);
  if (!text) return std::unexpected(fmt::format("{}: {}", key, text.error()));
  const Memory memory(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  std::vector<Certificate> out;
  while (X509* each = PEM_read_bio_X509(memory.get(), nullptr, no_password, nullptr)) out.emplace_back(each);
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string reason = last_reason();
  if (!ended) return std::unexpected(fmt::format("{}: {}: a certificate in it cannot be read: {}", key, file, reason));
  if (out.empty()) return std::unexpected(fmt::format("{}: {} holds no certificate (PEM)", key, file));
  return out;
}

Result in_its_time(const X509& certificate, const std::string& file, std::int64_t now_s) {
  const std::int64_t from = seconds(X509_get0_notBefore(&certificate)), until = seconds(X509_get0_notAfter(&certificate));
  if (now_s > until)
    return std::unexpected(fmt::format("{}: the certificate in {} expired at {}; renew it", kCertKey, file, written(until)));
  if (now_s < from) {
    return std::unexpected(
        fmt::format("{}: the certificate in {} is not valid before {}; check it, and the clock", kCertKey, file, written(from)));
  }
  return {};
}

std::expected<Key, std::string> read_key(const std::string& file) {
  const auto text = read_small_file(file);
  if (!text) return std::unexpected(fmt::format("{}: {}", kKeyKey, text.error()));
  const Memory memory(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  Key key(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (key) return key;
  if (text->find("ENCRYPTED") != std::string::npos) {
    return std::unexpected(fmt::format("{}: the key in {} is encrypted; decrypt it (openssl pkey) and guard the file", kKeyKey, file));
  }
  return std::unexpected(fmt::format("{}: {} holds no private key (PEM)", kKeyKey, file));
}

Result use_certificate(SSL_CTX* context, const HttpConfig::Tls& files, std::vector<Certificate>& chain) {
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1) {
    return std::unexpected(fmt::format("{}: the certificate in {} is refused: {}", kCertKey, files.cert_file, last_reason()));
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) {
      return std::unexpected(fmt::format("{}: certificate {} in {} is refused: {}", kCertKey, i + 1, files.cert_file, last_reason()));
    }
  }
  const auto key = read_key(files.key_file);
  if (!key) return std::unexpected(key.error());
  if (X509_check_private_key(chain.front().get(), key->get()) != 1) {
    ERR_clear_error();
    return std::unexpected(fmt::format("{}: the key in {} is not that of the first certificate in {}; take the pair that was made together",
                                       kKeyKey, files.key_file, files.cert_file));
  }
  if (SSL_CTX_use_PrivateKey(context, key->get()) != 1) {
    return std::unexpected(fmt::format("{}: the key in {} is refused: {}", kKeyKey, files.key_file, last_reason()));
  }
  return {};
}

Result demand_clients(SSL_CTX* context, const std::string& file, std::int64_t now_s) {
  const auto authorities = read_certificates(kClientKey, file);
  if (!authorities) return std::unexpected(authorities.error());
  bool alive = false;
  for (const Certificate& authority : *authorities) {
    alive = alive || seconds(X509_get0_notAfter(authority.get())) >= now_s;
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1 ||
        SSL_CTX_add_client_CA(context, authority.get()) != 1) {
      return std::unexpected(fmt::format("{}: a certificate in {} is refused: {}", kClientKey, file, last_reason()));
    }
  }
  if (!alive) return std::unexpected(fmt::format("{}: every certificate in {} is expired; renew them", kClientKey, file));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {};
}

}  // namespace

std::expected<TlsIdentity, std::string> read_tls_identity(const HttpConfig::Tls& files, std::int64_t now_s) {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Without sessions to resume every connection is held against the certificates of now.
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");  // of TLS 1.2: forward secrecy and authenticated encryption
  auto chain = read_certificates(kCertKey, files.cert_file);
  if (!chain) return std::unexpected(std::move(chain.error()));
  if (auto timely = in_its_time(*chain->front(), files.cert_file, now_s); !timely) return std::unexpected(std::move(timely.error()));
  if (auto used = use_certificate(context.get(), files, *chain); !used) return std::unexpected(std::move(used.error()));
  if (!files.client_ca_file.empty()) {
    if (auto clients = demand_clients(context.get(), files.client_ca_file, now_s); !clients)
      return std::unexpected(std::move(clients.error()));
  }
  return TlsIdentity{context, seconds(X509_get0_notAfter(chain->front().get()))};
}

}  // namespace driftd
