#include "daemon/decode/planned_fields.h"

#include <doctest/doctest.h>

#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {

TEST_CASE("the paths of a plan are a tree; what is read of a field stands at its end") {
  DecodePlan plan = test_plan();
  add_slot(plan, R"(a\.b.c)", SlotType::kNumeric);
  plan.fields.event_id = "id";
  const PlannedField root = plan_fields(plan);
  CHECK(root.field.has_children);
  CHECK(root.read());
  CHECK(root.child("none") == nullptr);
  CHECK(root.child("id") == nullptr);  // ids are not kept

  REQUIRE(root.child("x") != nullptr);
  CHECK(root.child("x")->field.numeric == 0);
  CHECK(root.child("x")->field.category == 0);
  CHECK(root.child("x")->field.reads == Reads::kMore);
  REQUIRE(root.child("a.b") != nullptr);
  REQUIRE(root.child("a.b")->child("c") != nullptr);
  CHECK(root.child("a.b")->child("c")->field.reads == Reads::kNumber);
  CHECK(root.child("ts")->field.event_time);
  CHECK(root.child("p")->field.prediction);
  CHECK(root.child("y")->field.label);
  plan.keep_answers = true;
  CHECK(plan_fields(plan).child("id")->field.event_id);
}

}  // namespace driftd
