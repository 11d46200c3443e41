#include "daemon/window/pane_cells.h"

#include <doctest/doctest.h>

#include <limits>

namespace driftd {

TEST_CASE("a counter goes through all its bytes, and its neighbours stay as they are") {
  PaneCells cells(3);
  for (std::uint32_t before : {0U, 0xFEU, 0xFFU, 0xFFFEU, 0xFFFFU, 0xFFFFFFU, 0x12FFFFFFU}) {
    CAPTURE(before);
    cells.set(0, std::numeric_limits<std::uint32_t>::max());
    cells.set(1, before);
    cells.counter()(1);
    CHECK(cells.values() == std::vector<std::uint32_t>{std::numeric_limits<std::uint32_t>::max(), before + 1, 0});
  }
}

TEST_CASE("as many counts as were made are there") {
  PaneCells cells(2);
  const PaneCells::Counter count = cells.counter();
  for (int i = 0; i < 70'000; ++i) count(0);
  count.fetch(1);
  CHECK(cells[0] == 70'000);
  CHECK(cells[1] == 0);
  PaneCells same(2);
  same.set(0, 70'000);
  CHECK(cells == same);
  same.counter()(1);
  CHECK_FALSE(cells == same);
  CHECK(PaneCells().size() == 0);
}

}  // namespace driftd
