#include "daemon/metrics/metrics_page.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "daemon/metrics/catalogue.h"

using namespace driftd;

TEST_CASE("the committed page is the one that is written") {
  const std::string path = DRIFTD_SOURCE_DIR "/deploy/prometheus/METRICS.md";
  if (std::getenv("DRIFTD_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << metrics_markdown();
  std::ifstream file(path);
  const std::string committed{std::istreambuf_iterator<char>(file), {}};
  CHECK(committed == metrics_markdown());  // driftd metrics --markdown > deploy/prometheus/METRICS.md
}

TEST_CASE("every metric has a row with its labels and marks") {
  const std::string page = metrics_markdown();
  for (const MetricSpec& spec : metric_catalogue()) {
    CAPTURE(std::string(spec.name));
    CHECK(page.find("\n| `" + std::string(spec.name) + "` | ") != std::string::npos);
  }
  CHECK(page.find("| `driftd_kafka_consumer_lag_records` | gauge | `stream`, `topic`, [`partition`] | ") != std::string::npos);
  CHECK(page.find(" **detailed** |\n") != std::string::npos);
  CHECK(page.find(" **expires** |\n") != std::string::npos);
}
