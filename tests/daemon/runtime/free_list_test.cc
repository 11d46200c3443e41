#include "daemon/runtime/free_list.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("free list: gives back what it was given, and no more than its limit") {
  FreeList<int> list(2);
  CHECK(list.take() == nullptr);
  for (int i = 0; i < 3; ++i) list.give(std::make_unique<int>(i));
  CHECK(*list.take() == 1);
  CHECK(*list.take() == 0);
  CHECK(list.take() == nullptr);
  list.give(std::make_unique<int>(7));
  list.clear();
  CHECK(list.take() == nullptr);
}
