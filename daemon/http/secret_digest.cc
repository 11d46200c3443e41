#include "daemon/http/secret_digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <string>

namespace driftd {
namespace {

using Key = std::array<unsigned char, 32>;

Key random_key() {
  Key key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) std::abort();  // a system without randomness keeps no secrets
  return key;
}

}  // namespace

SecretDigest digest_of(std::initializer_list<std::string_view> parts) {
  static const Key key = random_key();
  std::string text;
  for (const std::string_view part : parts) text.append(std::to_string(part.size())).append(":").append(part);
  SecretDigest digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       digest.data(), &size);
  OPENSSL_cleanse(text.data(), text.size());
  return digest;
}

bool equal_digests(const SecretDigest& a, const SecretDigest& b) { return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0; }

}  // namespace driftd
