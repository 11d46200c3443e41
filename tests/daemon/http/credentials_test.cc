#include "daemon/http/credentials.h"

#include <doctest/doctest.h>

#include <ctime>

#include "tests/daemon/http/tls_files.h"
#include "tests/temp_folder.h"

using namespace driftd;

namespace {

const std::string kToken = "0123456789abcdef0123456789abcdef";
const std::string kUser = "reader:$2b$04$JlHxLN20aQ9rFBWuKiyEIuMOMfM5vJt6wSN9UJamtqr6eWXqMaZbK";  // correct horse

std::string error_of(const HttpConfig& http) {
  const auto read = read_http_credentials(http, std::time(nullptr));
  return read ? "" : read.error();
}

}  // namespace

TEST_CASE("without files there is nothing to know, and nobody holds the token") {
  const auto read = read_http_credentials({}, 0);
  REQUIRE(read.has_value());
  CHECK_FALSE((*read)->tls.has_value());
  CHECK_FALSE((*read)->logins.has_value());
  CHECK_FALSE((*read)->is_token(""));
}

TEST_CASE("every file is read") {
  const TempFolder folder;
  const test::Authority authority;
  const test::PemPair pair = authority.sign("localhost");
  HttpConfig http;
  http.tls = {folder.write("cert.pem", pair.certificate), folder.write("key.pem", pair.key),
              folder.write("ca.pem", authority.certificate())};
  http.token_file = folder.write("token", kToken + "\n");
  http.basic_auth_file = folder.write("logins", kUser + "\n");
  const auto read = read_http_credentials(http, std::time(nullptr));
  REQUIRE(read.has_value());
  CHECK((*read)->tls.has_value());
  CHECK((*read)->client_certificates);
  CHECK((*read)->is_token(kToken));
  CHECK_FALSE((*read)->is_token(kToken + "\n"));
  CHECK_FALSE((*read)->is_token(kToken.substr(1)));
  CHECK((*read)->logins->check({"reader", "correct horse"}));
}

TEST_CASE("the content changes with any file, and with nothing else") {
  const TempFolder folder;
  HttpConfig http;
  http.token_file = folder.write("token", kToken);
  http.basic_auth_file = folder.write("logins", kUser);
  const auto content = [&] { return read_http_credentials(http, 0).value()->content; };
  const SecretDigest first = content();
  CHECK(content() == first);
  folder.write("logins", kUser + "\n# more");
  CHECK(content() != first);
  folder.write("logins", kUser);
  folder.write("token", kToken + "x");
  CHECK(content() != first);
}

TEST_CASE("a token that is too short, or more than one word, is refused") {
  const TempFolder folder;
  HttpConfig http;
  http.token_file = folder.write("token", kToken.substr(1));
  CHECK(error_of(http) ==
        "http.token_file: the token in " + http.token_file + " has 31 bytes, and 32 is the least; make one with openssl rand -hex 32");
  const std::string form = "http.token_file: " + http.token_file + " must hold one line of visible ASCII characters, without spaces";
  for (const std::string& text : {kToken + "\n" + kToken, kToken + " ", kToken + "\xC3\xA9"}) {
    folder.write("token", text);
    CHECK(error_of(http) == form);
  }
  http.token_file = folder.path("none");
  CHECK(error_of(http) == "http.token_file: cannot read " + http.token_file + ": No such file or directory");
}

TEST_CASE("what is wrong with the logins or the certificate is said with the key") {
  const TempFolder folder;
  HttpConfig http;
  http.basic_auth_file = folder.write("logins", "reader");
  CHECK(error_of(http) == "http.basic_auth_file: " + http.basic_auth_file + ": line 1: expected user:hash");
  http.basic_auth_file = "";
  http.tls.cert_file = http.tls.key_file = folder.write("cert.pem", "");
  CHECK(error_of(http) == "http.tls.cert_file: " + http.tls.cert_file + " holds no certificate (PEM)");
}

TEST_CASE("a certificate that ends within two weeks is warned of") {
  HttpConfig http;
  http.tls.cert_file = "c.pem";
  HttpCredentials credentials;
  CHECK(expiry_warning(http, credentials, 0).empty());
  credentials.tls = TlsIdentity{nullptr, 1'800'000'000};
  CHECK(expiry_warning(http, credentials, 1'800'000'000 - 14 * 86'400 - 1).empty());
  CHECK(expiry_warning(http, credentials, 1'800'000'000 - 14 * 86'400) ==
        "http.tls.cert_file: the certificate in c.pem expires at 2027-01-15T08:00:00Z; renew it");
}
