#include "daemon/sink/push_queue.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("which answers are taken, tried again, refused") {
  for (const int status : {200, 201, 202, 204, 299}) CHECK(result_of({.status = status}) == PushResult::kTaken);
  for (const int status : {0, 100, 408, 429, 500, 502, 503, 504, 599}) CHECK(result_of({.status = status}) == PushResult::kTryAgain);
  for (const int status : {300, 301, 302, 307, 308, 400, 401, 403, 404, 409, 413, 422}) {
    CHECK(result_of({.status = status}) == PushResult::kRefused);
  }
}

TEST_CASE("an answer in words is one line that is safe to print") {
  CHECK(words_of({.error = "Connection refused"}) == "Connection refused");
  CHECK(words_of({.status = 204}) == "answered 204");
  CHECK(words_of({.status = 500, .body = "a\nb\x1b[31m\xff"}) == "answered 500: a b [31m");
  CHECK(words_of({.status = 400, .body = std::string(1000, 'x')}).size() == std::string("answered 400: ").size() + 200);
  CHECK(words_of({.status = 302, .body = "<html>"}) == "answered 302: a redirect, which is not followed");
}

TEST_CASE("Retry-After in seconds and as a date") {
  CHECK(retry_after_us("0", 0) == 0);
  CHECK(retry_after_us("120", 5) == 120'000'000);
  const std::int64_t then_us = 784'111'777'000'000;  // RFC 9110: Sun, 06 Nov 1994 08:49:37 GMT
  CHECK(retry_after_us("Sun, 06 Nov 1994 08:49:37 GMT", then_us - 30'000'000) == 30'000'000);
  CHECK(retry_after_us("Sun, 06 Nov 1994 08:49:37 GMT", then_us + 1) == 0);
  for (const char* bad : {"", "soon", "-1", "1.5", "99999999999999", "Sun, 06 Nov 1994 08:49:37 GMT; x"})
    CHECK(retry_after_us(bad, 0) == 0);
}
