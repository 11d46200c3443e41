#include "config/formats.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace driftd;

TEST_CASE("texts that have a form, and texts that do not") {
  struct Row {
    const char* name;
    std::optional<std::string> (*expected)(const std::string&);
    std::vector<std::string> good, bad;
  };
  const Row rows[] = {
      {"broker",
       expect_broker,
       {"localhost", "a.b-c_d:9092", "10.0.0.1:1", "[::1]:9092", "[fe80::1]"},
       {"", " ", "a b", "a:", "a:0", "a:65536", "a:x", "a,b", "http://a", ":9092", "::1"}},
      {"listen",
       expect_listen,
       {"127.0.0.1:3738", "[::1]:0", "localhost:65535"},
       {"", ":3738", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:-1", "a b:1", "::1:80"}},
      {"url", expect_http_url, {"", "http://a", "https://a/b?c=d"}, {"a", "ftp://a", "http://", "https://a b", "http://a\"b", " "}},
      {"topic", expect_topic, {"a", "A.b_c-1", std::string(249, 'x')}, {"", ".", "..", "a b", "a/b", "é", std::string(250, 'x')}},
      {"monitor",
       expect_monitor_name,
       {"a", "0", "a-b_c", std::string(63, 'x')},
       {"", "_a", "-a", "A", "a.b", "a b", std::string(64, 'x')}},
      {"receiver",
       expect_receiver_url,
       {"", "http://a", "https://a.b-c_d:8443/x?y=%20&z=1", "http://[::1]:9093/", "http://10.0.0.1/a@b"},
       {"a", "ftp://a", "http://", "http://a b", "http://u:p@a", "http://a#x", "http://a:0", "http://a:65536", "http://a:", "http://a?x",
        "http://a/\"", "http://a/\n", "HTTP://a", "http://a/" + std::string(2000, 'x')}},
      {"label", expect_label_name, {"a", "_a", "Team_1"}, {"", "1a", "a-b", "__a", "é", "alertname", "severity", "monitor"}},
      {"header",
       expect_header_name,
       {"X-A", "Authorization", "a"},
       {"", "a b", "a:", "a\n", "é", "Host", "content-length", "Idempotency-Key"}},
      {"transition", expect_transition, {"pending", "firing", "updated", "resolved"}, {"", "closed", "Firing"}},
      {"kind", expect_alert_kind, {"drift", "prediction", "performance", "quality"}, {"", "drifts"}},
      {"text", expect_text, {"a", " a"}, {"", " "}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    for (const auto& text : row.good) {
      CAPTURE(text);
      CHECK_FALSE(row.expected(text).has_value());
    }
    for (const auto& text : row.bad) {
      CAPTURE(text);
      CHECK(row.expected(text).has_value());
    }
  }
}
