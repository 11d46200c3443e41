#include "detectors/reference/cells.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("a value on an edge belongs to the cell on its left") {
  const NumericCells cells{.discrete = false, .edges = {1.0, 2.0}, .coarse = {0, 1, 2, 3}};
  CHECK(cells.cell(0.5) == 0);
  CHECK(cells.cell(1.0) == 0);
  CHECK(cells.cell(1.5) == 1);
  CHECK(cells.cell(2.5) == 2);
}

}  // namespace driftd
