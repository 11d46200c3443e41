#include "config/librdkafka_rules.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("options that pass, and why others do not") {
  struct Row {
    const char *name, *value;
    bool from_outside;
    const char* want;  // "" = passes
  };
  const Row rows[] = {
      {"fetch.wait.max.ms", "100", false, ""},
      {"ssl.keystore.location", "/etc/x.p12", false, ""},
      {"debug", "broker,topic", false, ""},
      {"ssl.keystore.password", "pw", true, ""},
      {"ssl.keystore.password", "pw", false, "is a secret: write ${file:/path} or ${env:NAME} in place of the value"},
      {"bootstrap.servers", "a", false, "belongs to driftd; set kafka.brokers"},
      {"auto.offset.reset", "latest", false, "belongs to driftd; set start of the stream"},
      {"check.crcs", "false", false, "belongs to driftd and cannot be changed"},
      {"sasl.password", "pw", true, "belongs to driftd; set kafka.security.password_file"},
      {"sasl.oauthbearer.client.secret", "pw", true, "belongs to driftd; set kafka.security.oauth.client_secret_file"},
      {"sasl.kerberos.keytab", "x", false, "belongs to driftd; set kafka.security"},
      {"plugin.library.paths", "x.so", false, "is refused: it loads code into driftd"},
      {"ssl.engine.location", "x.so", false, "is refused: it loads code into driftd"},
      {"enable.sasl.oauthbearer.unsecure.jwt", "true", false, "is refused: it accepts tokens that nobody signed"},
      {"ssl.certificate.pem", "x", true, "is refused: keys and certificates come from files (kafka.security.cert_file, key_file, ca_file)"},
      {"debug", "all", false, "may not be security or all: that would log secrets"},
      {"debug", "broker , security", false, "may not be security or all: that would log secrets"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CAPTURE(row.value);
    CHECK(refuse_librdkafka(row.name, row.value, row.from_outside).value_or("") == std::string(row.want));
  }
}
