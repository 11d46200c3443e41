#include "detectors/two_sample/cell_counts.h"

#include <doctest/doctest.h>

#include <vector>

namespace driftd {

TEST_CASE("totals leave out cells empty on both sides, and decide the status") {
  const std::vector<std::uint64_t> r{10, 0, 30}, w{5, 0, 5}, none{0, 0, 0};
  const CellTotals totals(r, w);
  CHECK(totals.n == 40);
  CHECK(totals.m == 10);
  CHECK(totals.cells == 2);
  CHECK(totals.scale() == 8);
  CHECK(totals.status() == Status::kOk);
  CHECK(CellTotals(r, none).status() == Status::kInsufficient);
  CHECK(CellTotals(none, none).status() == Status::kInsufficient);
}

TEST_CASE("a difference of products keeps what plain arithmetic loses") {
  CHECK(difference_of_products(94906267, 94906265, 94906266, 94906266) == -1);
}

}  // namespace driftd
