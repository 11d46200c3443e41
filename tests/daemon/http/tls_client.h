// A client that speaks TLS and sends exactly the bytes it is told to; waits at most ten seconds for anything.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tests/daemon/http/raw_client.h"

namespace driftd::test {

struct TlsClientOptions {
  std::string ca_file = {}, cert_file = {}, key_file = {};  // "" = none
  std::string host = "localhost";                           // that the server's certificate must name
  int newest = 0;                                           // version of TLS; 0 = any
};

class TlsClient : public ReadsAnswers<TlsClient> {
 public:
  explicit TlsClient(std::uint16_t port, const TlsClientOptions& options)
      : raw_(port), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    if (!options.ca_file.empty()) SSL_CTX_load_verify_locations(context_.get(), options.ca_file.c_str(), nullptr);
    if (!options.cert_file.empty()) {
      SSL_CTX_use_certificate_file(context_.get(), options.cert_file.c_str(), SSL_FILETYPE_PEM);
      SSL_CTX_use_PrivateKey_file(context_.get(), options.key_file.c_str(), SSL_FILETYPE_PEM);
    }
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (options.newest != 0) SSL_CTX_set_max_proto_version(context_.get(), options.newest);
    if (options.newest != 0) SSL_CTX_set_min_proto_version(context_.get(), options.newest);
    SSL_CTX_set_security_level(context_.get(), 0);  // so that it is the server that refuses
    ssl_ = {SSL_new(context_.get()), SSL_free};
    SSL_set1_host(ssl_.get(), options.host.c_str());
    SSL_set_fd(ssl_.get(), raw_.descriptor());
    connected_ = SSL_connect(ssl_.get()) == 1;
    ERR_clear_error();
  }

  bool connected() const { return connected_; }
  void send(std::string_view bytes) { SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())); }
  bool ended_in_order() const { return ended_; }  // by a close_notify: nothing was cut off

 private:
  friend class ReadsAnswers<TlsClient>;
  bool read_some() {
    char chunk[4096];
    const int n = SSL_read(ssl_.get(), chunk, sizeof chunk);
    if (n > 0) held_.append(chunk, static_cast<std::size_t>(n));
    if (n <= 0) ended_ = SSL_get_error(ssl_.get(), n) == SSL_ERROR_ZERO_RETURN;
    return n > 0;
  }

  RawClient raw_;
  std::shared_ptr<SSL_CTX> context_;
  std::shared_ptr<SSL> ssl_;
  bool connected_ = false, ended_ = false;
};

}  // namespace driftd::test
