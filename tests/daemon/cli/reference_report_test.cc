#include "daemon/cli/reference_report.h"

#include <doctest/doctest.h>

namespace driftd {
namespace {

Reference sample() {
  FeatureReference amount;
  amount.name = "amount";
  amount.numeric = {.discrete = false, .edges = {1.5}, .coarse = {0, 1, 2}};
  amount.segments = {{{2, 1}, {3, 0, 1, 0, 0, 0, 0}}, {{1, 0}, {1, 0, 0, 0, 0, 0, 0}}};
  amount.min = 1;
  amount.max = 4;
  amount.mean = 2;
  amount.standard_deviation = 1.25;
  amount.q0001 = amount.q001 = amount.q25 = 1;
  amount.q75 = amount.q999 = amount.q9999 = 4;
  amount.distinct = 3;
  FeatureReference colour;
  colour.name = "colour";
  colour.type = FeatureType::kCategorical;
  colour.categories = {.dictionary = {"red", "grün"}, .known_hashes = {1, 2}, .seen_once = 0, .seen_twice = 1};
  colour.segments = {{{3, 1, 0, 0}, {4, 0, 0, 0, 0, 0, 0}}, {{1, 0, 0, 0}, {1, 0, 0, 0, 0, 0, 0}}};
  colour.distinct = 2;
  Reference reference;
  reference.id = "0123456789ab";
  reference.rows = 4;
  reference.created_us = 0;
  reference.time_column = "t";
  reference.segment_by = {"k"};
  reference.segments = {"k=v"};
  reference.segment_rows = {4, 1};
  reference.features = {amount, colour};
  return reference;
}

}  // namespace

TEST_CASE("a reference as a page") {
  CHECK(reference_page(sample()) ==
        "reference 0123456789ab\n"
        "  4 rows, 2 features\n"
        "  newest row  1970-01-01T00:00:00Z\n"
        "  time        t\n"
        "  segments    1 by k\n"
        "\n"
        "feature  type         cells  distinct   missing  min | q25 .. q75 | max, or the most frequent\n"
        "amount   numeric          2         3    25.00%  1 | 1 .. 4 | 4   mean 2 sd 1.25\n"
        "colour   categorical      4         2     0.00%  red 75.0%, grün 25.0%\n");
}

TEST_CASE("a reference as JSON") {
  const auto json = reference_json(sample());
  CHECK(json.starts_with(
      "{\n \"id\": \"0123456789ab\",\n \"source_sha256\": \"\",\n \"rows\": 4,\n \"created\": \"1970-01-01T00:00:00Z\",\n"));
  for (const char* part : {"\"type\": \"numeric\"", "\"edges\": [\n    1.5\n   ]", "\"k=v\": 1", "\"standard_deviation\": 1.25",
                           "\"dictionary\": [\n    \"red\",\n    \"grün\"\n   ]", "\"seen_twice\": 1", "\"wrong_type\": 0"}) {
    CAPTURE(part);
    CHECK(json.find(part) != std::string::npos);
  }
}

}  // namespace driftd
