#include "detectors/reference/reference.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("a feature is found by its whole name") {
  Reference reference;
  for (const char* name : {"age", "amount", "b"}) reference.features.emplace_back().name = name;
  REQUIRE(reference.find("amount") != nullptr);
  CHECK(reference.find("amount")->name == "amount");
  CHECK(reference.find("a") == nullptr);
  CHECK(reference.find("c") == nullptr);
  CHECK(Reference().find("age") == nullptr);
}

TEST_CASE("the cells of a feature are those of its type") {
  FeatureReference feature;
  feature.numeric.edges = {1, 2, 3};
  feature.categories.dictionary = {"a"};
  CHECK(feature.cell_count() == 4);
  feature.type = FeatureType::kCategorical;
  CHECK(feature.cell_count() == 3);
}

}  // namespace driftd
