#include "daemon/monitor/cell_labels.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("cells read as a person would say them") {
  FeatureReference quantile;
  quantile.numeric = {.discrete = false, .edges = {10, 20.5, 30}, .coarse = {0, 1, 3, 4}};
  CHECK(cell_labels(quantile) == std::vector<std::string>{"≤ 10", "(10, 30]", "> 30"});
  FeatureReference discrete;
  discrete.numeric = {.discrete = true, .edges = {0, 1}, .coarse = {0, 1, 2, 3}};
  CHECK(cell_labels(discrete) == std::vector<std::string>{"0", "1", "other"});
  FeatureReference category;
  category.type = FeatureType::kCategorical;
  category.categories.dictionary = {"DE", "FR"};
  CHECK(cell_labels(category) == std::vector<std::string>{"DE", "FR", "other", "unseen"});
}

TEST_CASE("unseen categories are named, the most frequent first") {
  CHECK(unseen_label({}) == "unseen");
  CHECK(unseen_label({{"b", 2}, {"a", 2}, {"z", 9}}) == "unseen: z, a, b");
  CHECK(unseen_label({{"b", 2}, {"a", 2}, {"z", 9}, {"y", 1}}) == "unseen: z, a, b, ...");
}

}  // namespace driftd
