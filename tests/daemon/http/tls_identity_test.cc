#include "daemon/http/tls_identity.h"

#include <doctest/doctest.h>

#include <ctime>

#include "tests/daemon/http/tls_files.h"
#include "tests/temp_folder.h"

using namespace driftd;
using test::Authority;
using test::PemPair;

namespace {

std::string error_of(const HttpConfig::Tls& files) {
  const auto identity = read_tls_identity(files, std::time(nullptr));
  return identity ? "" : identity.error();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The files of one pair.
HttpConfig::Tls written(const TempFolder& folder, const PemPair& pair) {
  return {folder.write("cert.pem", pair.certificate), folder.write("key.pem", pair.key), ""};
}

}  // namespace

TEST_CASE("a certificate with its key, its chain and authorities of clients is taken") {
  const TempFolder folder;
  const Authority authority;
  PemPair pair = authority.sign("localhost", {.until_s = 1000});
  pair.certificate += authority.certificate();
  HttpConfig::Tls files = written(folder, pair);
  files.client_ca_file = folder.write("ca.pem", authority.certificate() + Authority({.from_s = -100, .until_s = -10}).certificate());
  const std::time_t now = std::time(nullptr);
  const auto identity = read_tls_identity(files, now);
  REQUIRE(identity.has_value());
  CHECK(identity->expires_s - now >= 990);
  CHECK(identity->expires_s - now <= 1001);
}

TEST_CASE("files that cannot serve are refused by key, name and way out") {
  const TempFolder folder;
  const Authority authority;
  const PemPair pair = authority.sign("localhost");
  const HttpConfig::Tls good = written(folder, pair);
  const std::string cert = "http.tls.cert_file: ", key = "http.tls.key_file: ", client = "http.tls.client_ca_file: ";
  const std::string none = folder.path("none.pem"), empty = folder.write("empty.pem", "");
  CHECK(error_of(good).empty());
  CHECK(error_of({none, good.key_file, ""}) == cert + "cannot read " + none + ": No such file or directory");
  CHECK(error_of({good.cert_file, none, ""}) == key + "cannot read " + none + ": No such file or directory");
  CHECK(error_of({good.cert_file, good.key_file, none}) == client + "cannot read " + none + ": No such file or directory");
  CHECK(error_of({empty, good.key_file, ""}) == cert + empty + " holds no certificate (PEM)");
  CHECK(error_of({good.key_file, good.key_file, ""}) == cert + good.key_file + " holds no certificate (PEM)");
  CHECK(error_of({good.cert_file, good.cert_file, ""}) == key + good.cert_file + " holds no private key (PEM)");
  CHECK(error_of({good.cert_file, good.key_file, empty}) == client + empty + " holds no certificate (PEM)");

  const std::string other = folder.write("other.pem", authority.sign("localhost").key);
  CHECK(error_of({good.cert_file, other, ""}) == key + "the key in " + other + " is not that of the first certificate in " +
                                                     good.cert_file + "; take the pair that was made together");
  const std::string locked =
      folder.write("locked.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
  CHECK(error_of({good.cert_file, locked, ""}) ==
        key + "the key in " + locked + " is encrypted; decrypt it (openssl pkey) and guard the file");
  const std::string torn = folder.write("torn.pem", pair.certificate.substr(0, 200) + "\n-----END CERTIFICATE-----\n");
  CHECK(has(error_of({torn, good.key_file, ""}), cert + torn + ": a certificate in it cannot be read: "));
}

TEST_CASE("certificates out of their time are refused") {
  const TempFolder folder;
  const Authority authority;
  const std::string old = error_of(written(folder, authority.sign("localhost", {.from_s = -100, .until_s = -10})));
  CHECK(has(old, "http.tls.cert_file: the certificate in " + folder.path("cert.pem") + " expired at 20"));
  CHECK(has(old, "Z; renew it"));
  const std::string early = error_of(written(folder, authority.sign("localhost", {.from_s = 1000, .until_s = 2000})));
  CHECK(has(early, " is not valid before 20"));
  HttpConfig::Tls files = written(folder, authority.sign("localhost"));
  files.client_ca_file = folder.write("ca.pem", Authority({.from_s = -100, .until_s = -10}).certificate());
  CHECK(error_of(files) == "http.tls.client_ca_file: every certificate in " + files.client_ca_file + " is expired; renew them");
}
