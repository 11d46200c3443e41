// The event that `driftd alert test` sends: `dev.driftd.alert.test.v1`, with the fields that receivers and templates look for and no
// verdict in it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace driftd {

struct TestEvent {
  std::string id;
  std::string text;  // CloudEvents JSON
};

// severity: warning or critical; config_hash and external_url as in alert events. now_us: the clock is all there is to tell two tests
// apart.
struct TestEventOptions {
  std::string monitor = "driftd-test", severity = "warning", config_hash, external_url;
  std::int64_t now_us = 0;
};
TestEvent make_test_event(const TestEventOptions& options);

}  // namespace driftd
