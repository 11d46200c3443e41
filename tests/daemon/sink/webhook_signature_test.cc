#include "daemon/sink/webhook_signature.h"

#include <doctest/doctest.h>

#include "daemon/runtime/base64.h"

using namespace driftd;

// The vector that Standard Webhooks publish with their libraries.
TEST_CASE("the published vector of Standard Webhooks") {
  const auto key = webhook_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  REQUIRE(key.has_value());
  CHECK(webhook_signature(*key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})") ==
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  CHECK(webhook_key("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == *key);
  CHECK(webhook_signature(*key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265331, R"({"test": 2432232314})") !=
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("secrets that are none are refused and not shown") {
  CHECK(webhook_key("whsec_" + base64(std::string(32, 'k'))) == std::string(32, 'k'));
  CHECK(webhook_key(base64(std::string(25, 'k'))) == std::string(25, 'k'));
  for (const std::string& bad : {std::string(), std::string("whsec_"), std::string("hunter2 is my secret, honest!!!!"),
                                 base64(std::string(23, 'k')), base64(std::string(65, 'k')), std::string(4000, 'A')}) {
    const auto key = webhook_key(bad);
    REQUIRE_FALSE(key.has_value());
    CHECK(key.error().find("hunter2") == std::string::npos);
  }
}

TEST_CASE("base64 of RFC 4648") {
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("foobar") == "Zm9vYmFy");
}
