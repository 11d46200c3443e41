#include "config/load.h"

#include <doctest/doctest.h>

#include <string>

using namespace driftd;

namespace {

std::string outcome(const std::string& text, const LoadOptions& options = {}) {
  const auto loaded = load(text, "driftd.yaml", options);
  return loaded ? render(loaded->warnings) : render(loaded.error());
}

}  // namespace

TEST_CASE("the minimal configuration loads with every default") {
  const auto loaded = load(
      "kafka: {brokers: [\"localhost:9092\"]}\n"
      "monitors:\n"
      "  - name: fraud\n"
      "    topic: fraud.predictions\n"
      "    reference: /etc/driftd/fraud.jsonl\n",
      "driftd.yaml", {});
  REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : render(loaded.error())));
  CHECK(loaded->warnings.empty());
  CHECK(loaded->config.streams.size() == 1);
}

TEST_CASE("x") { MESSAGE(outcome("a: 1\nkafka: {brokrs: [x], level: 2}\nmonitors:\n  - nme: x\n    every: 5m\n")); }
