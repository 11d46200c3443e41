#include "daemon/http/endpoint.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("listen addresses") {
  struct Row {
    const char* input;
    std::optional<Endpoint> want;
  };
  const Row rows[] = {
      {"127.0.0.1:3738", Endpoint{"127.0.0.1", 3738}},
      {"[::1]:0", Endpoint{"::1", 0}},
      {"localhost:65535", Endpoint{"localhost", 65535}},
      {":80", Endpoint{"", 80}},
      {"", std::nullopt},
      {"127.0.0.1", std::nullopt},
      {"127.0.0.1:", std::nullopt},
      {"127.0.0.1:65536", std::nullopt},
      {"127.0.0.1:-1", std::nullopt},
      {"127.0.0.1:80x", std::nullopt},
      {"::1:80", std::nullopt},
      {"[::1:80", std::nullopt},
      {"[::1]80", std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.input);
    CHECK(parse_endpoint(row.input) == row.want);
  }
}

TEST_CASE("the host of a URL") {
  struct Row {
    const char *input, *want;
  };
  const Row rows[] = {
      {"https://Drift.example:8443/x", "drift.example"},
      {"http://a.example", "a.example"},
      {"http://[2001:db8::1]:80/", "2001:db8::1"},
      {"http://u:p@b.example?q", "b.example"},
      {"b.example", ""},
      {"", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.input);
    CHECK(url_host(row.input) == row.want);
  }
}

TEST_CASE("a path behind a URL that has one") {
  CHECK(url_under("http://a:1", "/x?y=1") == "http://a:1/x?y=1");
  CHECK(url_under("https://[::1]/a/b//", "/x") == "https://[::1]/a/b/x");
}

TEST_CASE("whom to send to for a URL") {
  struct Row {
    const char* input;
    std::optional<ReceiverAddress> want;
    const char* host;
  };
  const Row rows[] = {
      {"http://am-1:9093/api/v2/alerts", ReceiverAddress{false, {"am-1", 9093}, "/api/v2/alerts"}, "am-1:9093"},
      {"https://hooks.example", ReceiverAddress{true, {"hooks.example", 443}, "/"}, "hooks.example"},
      {"HTTPS://h:80?x=1", ReceiverAddress{true, {"h", 80}, "/?x=1"}, "h:80"},
      {"http://[::1]/a@b", ReceiverAddress{false, {"::1", 80}, "/a@b"}, "[::1]"},
      {"https://[::1]:8443/", ReceiverAddress{true, {"::1", 8443}, "/"}, "[::1]:8443"},
      {"http://u:p@h/", std::nullopt, ""},
      {"http://h/#x", std::nullopt, ""},
      {"http://h /", std::nullopt, ""},
      {"ftp://h", std::nullopt, ""},
      {"h:80", std::nullopt, ""},
      {"http://", std::nullopt, ""},
      {"http://:80", std::nullopt, ""},
      {"http://h:0", std::nullopt, ""},
      {"http://h:65536", std::nullopt, ""},
      {"", std::nullopt, ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.input);
    const auto address = parse_receiver_url(row.input);
    CHECK(address == row.want);
    if (address) CHECK(host_header(*address) == row.host);
  }
}

TEST_CASE("a loopback listener knows its own names only") {
  struct Row {
    const char *host, *own;
    bool want;
  };
  const Row rows[] = {
      {"localhost", "127.0.0.1", true},
      {"LocalHost:9", "127.0.0.1", true},
      {"127.0.0.1:3738", "127.0.0.1", true},
      {"drift.example", "127.0.0.1", true},
      {"[::1]:3738", "::1", true},
      {"127.0.0.1", "::1", false},
      {"evil.example", "127.0.0.1", false},
      {"localhost.evil.example", "127.0.0.1", false},
      {"127.0.0.1.evil.example", "127.0.0.1", false},
      {"localhost@evil.example", "127.0.0.1", false},
      {"", "127.0.0.1", false},
      {":80", "127.0.0.1", false},
      {"[::1", "::1", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.host);
    CHECK(host_allowed(row.host, row.own, "drift.example") == row.want);
  }
  CHECK_FALSE(host_allowed("", "127.0.0.1", ""));
}
