#include "daemon/http/gzip_body.h"

#include <doctest/doctest.h>

#include "tests/daemon/http/gzip_inflate.h"

using namespace driftd;

TEST_CASE("what was compressed comes back, of any size") {
  std::string noise;
  for (std::uint32_t i = 0, x = 1; i < 100'000; ++i, x = x * 1664525 + 1013904223) noise += static_cast<char>(x >> 24);
  for (const std::string& body : {std::string(), std::string("a"), std::string(3'000'000, 'x'), noise}) {
    CAPTURE(body.size());
    CHECK(test::gunzip(gzip_body(body)) == body);
  }
  CHECK(gzip_body(std::string(1'000'000, 'x')).size() < 10'000);
}

TEST_CASE("text is compressed, pictures are not") {
  for (const char* type : {"text/plain; version=0.0.4; charset=utf-8", "text/html", "text/css", "text/javascript", "application/json",
                           "application/openmetrics-text; version=1.0.0; charset=utf-8", "image/svg+xml"}) {
    CAPTURE(type);
    CHECK(is_compressible(type));
  }
  for (const char* type : {"image/png", "font/woff2", "application/octet-stream", ""}) {
    CAPTURE(type);
    CHECK_FALSE(is_compressible(type));
  }
}
