// Certificates for tests, made as they are needed: an authority, and what it signs. Keys are P-256, which is quick.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace driftd::test {

struct PemPair {
  std::string certificate, key;
};

// From now on, in seconds.
struct Lifetime {
  long from_s = -3600, until_s = 30 * 86'400;
};

class Authority {
 public:
  explicit Authority(Lifetime life = {}) : key_(new_key()), own_(make("test authority", key_.get(), life, nullptr)) {}

  std::string certificate() const { return text(own_.get()); }
  // Of the host `name`, which stands in subjectAltName too.
  PemPair sign(const std::string& name, Lifetime life = {}) const {
    const Key key = new_key();
    const Certificate made = make(name, key.get(), life, own_.get());
    return {text(made.get()), text(key.get())};
  }

 private:
  using Key = std::shared_ptr<EVP_PKEY>;
  using Certificate = std::shared_ptr<X509>;

  static Key new_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

  Certificate make(const std::string& name, EVP_PKEY* key, Lifetime life, X509* issuer) const {
    static long serial = 1;
    Certificate made(X509_new(), X509_free);
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial++);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), life.from_s);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), life.until_s);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()),
                               -1, -1, 0);
    X509_set_issuer_name(made.get(), X509_get_subject_name(issuer == nullptr ? made.get() : issuer));
    X509_set_pubkey(made.get(), key);
    const bool authority = issuer == nullptr;
    add(made.get(), NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE");
    if (!authority) add(made.get(), NID_subject_alt_name, "DNS:" + name);
    X509_sign(made.get(), key_.get(), EVP_sha256());
    return made;
  }
  static void add(X509* to, int what, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
    X509_add_ext(to, extension, -1);
    X509_EXTENSION_free(extension);
  }
  static std::string taken(BIO* memory) {
    char* begin = nullptr;
    const long size = BIO_get_mem_data(memory, &begin);
    std::string out(begin, static_cast<std::size_t>(size));
    BIO_free(memory);
    return out;
  }
  static std::string text(X509* certificate) {
    BIO* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, certificate);
    return taken(memory);
  }
  static std::string text(EVP_PKEY* key) {
    BIO* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
    return taken(memory);
  }

  Key key_;
  Certificate own_;
};

}  // namespace driftd::test
