#include "config/load.h"

#include <doctest/doctest.h>

#include <string>

using namespace driftd;

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
