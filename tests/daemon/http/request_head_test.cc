#include "daemon/http/request_head.h"

#include <doctest/doctest.h>

#include <string>
#include <tuple>

using namespace driftd;

namespace {

struct Read {
  bool more = false;
  HeadFault fault = HeadFault::kNone;
  std::size_t size = 0;
  friend bool operator==(const Read&, const Read&) = default;
};

Read read(const std::string& text, HeadLimits limits = {}) {
  RequestHead head(limits);
  const bool more = head.needs_more(text);
  return {more, head.fault(), head.size()};
}

}  // namespace

TEST_CASE("a head ends with its empty line, and nothing behind it is looked at") {
  const std::string head = "GET /a?b=%20c HTTP/1.1\r\nHost: a\r\nX-Y:\r\nZ: \t\xC3\xA9 \"x\"\r\n\r\n";
  CHECK(read(head) == Read{false, HeadFault::kNone, head.size()});
  CHECK(read(head + std::string("\0\n body", 7)) == Read{false, HeadFault::kNone, head.size()});
  CHECK(read("GET / HTTP/1.0\r\n\r\n") == Read{false, HeadFault::kNone, 18});
}

TEST_CASE("however the bytes arrive, the answer is the same") {
  const std::string whole = "GET / HTTP/1.1\r\nHost: a\r\n\r\n", folded = "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n";
  for (const std::string& text : {whole, folded}) {
    RequestHead head({});
    std::size_t taken = 1;
    while (taken < text.size() && head.needs_more(text.substr(0, taken))) ++taken;
    std::ignore = head.needs_more(text);
    const Read at_once = read(text);
    CHECK(head.fault() == at_once.fault);
    CHECK(head.size() == at_once.size);
  }
}

TEST_CASE("every byte where it may not stand is refused") {
  const std::string good = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char bad : {'\0', '\x01', '\n', '\r', '\x7f', '\x1b'}) {
      if (good[at] == bad) continue;
      std::string text = good;
      text[at] = bad;
      CAPTURE(at);
      CAPTURE(static_cast<int>(bad));
      CHECK(read(text + good).fault == HeadFault::kMalformed);
    }
  }
}

TEST_CASE("forms of the request line") {
  using enum HeadFault;
  const std::pair<const char*, HeadFault> rows[] = {
      {"\r\n", kMalformed},  // an empty line before it
      {" GET / HTTP/1.1\r\n", kMalformed},
      {"GET  / HTTP/1.1\r\n", kMalformed},
      {"GET /  HTTP/1.1\r\n", kMalformed},
      {"GET / HTTP/1.1 \r\n", kMalformed},
      {"GET\t/ HTTP/1.1\r\n", kMalformed},
      {"GET /\xC3\xA9 HTTP/1.1\r\n", kMalformed},
      {"GET /\r\n", kMalformed},  // HTTP/0.9
      {"G:T / HTTP/1.1\r\n", kMalformed},
      {"GET / http/1.1\r\n", kMalformed},
      {"GET / HTTP/1.1x\r\n", kMalformed},
      {"GET / HTTP/1\r\n", kMalformed},
      {"GET / HTTP/11\r\n", kMalformed},
      {"GET / HTTP/0.9\r\n", kVersion},
      {"GET / HTTP/1.2\r\n", kVersion},
      {"PRI * HTTP/2.0\r\n", kVersion},
  };
  for (const auto& [line, want] : rows) {
    CAPTURE(line);
    CHECK(read(std::string(line) + "Host: a\r\n\r\n").fault == want);
  }
}

TEST_CASE("forms of a field") {
  for (const char* line : {"Host : a", " Host: a", "\tHost: a", "Host", ": a", "Ho st: a", "H(st: a", "X: a\r\n b", "X:\r\n\tb"}) {
    CAPTURE(line);
    CHECK(read("GET / HTTP/1.1\r\n" + std::string(line) + "\r\n\r\n").fault == HeadFault::kMalformed);
  }
}

TEST_CASE("limits count bytes and fields") {
  const HeadLimits limits{.bytes = 40, .fields = 2};
  const std::string start = "GET / HTTP/1.1\r\n";
  CHECK(read(start + "A: " + std::string(17, 'a') + "\r\n\r\n", limits) == Read{false, HeadFault::kNone, 40});
  CHECK(read(start + "A: " + std::string(18, 'a') + "\r\n\r\n", limits).fault == HeadFault::kTooLarge);
  CHECK(read("GET /" + std::string(35, 'a'), limits) == Read{true, HeadFault::kNone, 40});
  CHECK(read("GET /" + std::string(36, 'a'), limits).fault == HeadFault::kTargetTooLong);
  CHECK(read(start + "A:\r\nB:\r\n\r\n", limits) == Read{false, HeadFault::kNone, 26});
  CHECK(read(start + "A:\r\nB:\r\nC:\r\n\r\n", limits).fault == HeadFault::kTooLarge);
}
