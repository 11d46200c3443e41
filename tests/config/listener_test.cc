#include "config/listener.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("loopback is what this machine alone reaches") {
  for (const char* listen : {"127.0.0.1:3738", "127.8.9.10:0", "localhost:1", "[::1]:3738", "[0:0:0:0:0:0:0:1]:1"}) {
    CAPTURE(listen);
    CHECK(is_loopback(listen));
  }
  for (const char* listen : {"0.0.0.0:3738", "[::]:3738", "10.0.0.1:1", "128.0.0.1:1", "127.evil.example:1", "localhost.example:1", ":3738",
                             "[::ffff:127.0.0.1]:1", "[::2]:1", ""}) {
    CAPTURE(listen);
    CHECK_FALSE(is_loopback(listen));
  }
}

TEST_CASE("other machines reach a listener by TLS and a login, or because somebody says so") {
  const std::string who = "http.basic_auth_file or http.tls.client_ca_file", tls = "http.tls.cert_file and key_file";
  const std::string begin = "other machines reach [::]:3738: set ",
                    end = "; or set http.allow_insecure to true, where something else keeps strangers out";
  HttpConfig http;
  CHECK_FALSE(listener_problem(http));
  http.listen = "[::]:3738";
  CHECK(listener_problem(http) == begin + tls + ", and " + who + end);
  http.token_file = "t";  // reading stays open
  CHECK(listener_problem(http) == begin + tls + ", and " + who + end);
  http.basic_auth_file = "f";
  CHECK(listener_problem(http) == begin + tls + end);
  http.tls.cert_file = http.tls.key_file = "f";
  CHECK_FALSE(listener_problem(http));
  http.basic_auth_file = "";
  CHECK(listener_problem(http) == begin + who + end);
  http.tls.client_ca_file = "f";
  CHECK_FALSE(listener_problem(http));
  http.tls = {};
  http.allow_insecure = true;
  CHECK_FALSE(listener_problem(http));
}

TEST_CASE("what ends driftd wants a token where others reach the listener, or readers have a login") {
  HttpConfig http;
  http.enable_lifecycle = true;
  CHECK_FALSE(listener_problem(http));
  http.basic_auth_file = "f";
  CHECK(listener_problem(http) == "http.enable_lifecycle lets whoever reaches 127.0.0.1:3738 end driftd: set http.token_file");
  http.basic_auth_file = "";
  http.listen = "[::]:3738";
  http.allow_insecure = true;
  CHECK(listener_problem(http) == "http.enable_lifecycle lets whoever reaches [::]:3738 end driftd: set http.token_file");
  http.token_file = "t";
  CHECK_FALSE(listener_problem(http));
}
