#include "daemon/decode/protobuf_program.h"

#include <doctest/doctest.h>

#include <memory>

#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {
namespace {

WireProgram compile(const std::string& text, std::vector<std::string> paths) {
  static std::vector<std::unique_ptr<PlannedField>> kept;  // programs point into them
  DecodePlan plan;
  for (std::string& path : paths) add_slot(plan, std::move(path), SlotType::kNumeric);
  kept.push_back(std::make_unique<PlannedField>(plan_fields(plan)));
  const std::uint32_t first[] = {0};
  auto schema = parse_protobuf_schema({1, SchemaType::kProtobuf, "syntax = \"proto3\"; " + text, {}}, first);
  REQUIRE(schema);
  return compile_protobuf(std::move(*schema), *kept.back());
}

}  // namespace

TEST_CASE("only what is read has a place, by number and wire type") {
  const WireProgram program =
      compile("message A { int32 a = 9; double x = 3; B b = 1; } message B { float y = 2; string s = 1; }", {"x", "b.y"});
  REQUIRE(program.nodes.size() == 2);
  REQUIRE(program.nodes[0].fields.size() == 2);
  CHECK((program.nodes[0].fields[0].tag == (1 << 3 | 2) && program.nodes[0].fields[0].node == 1 &&
         program.nodes[0].fields[0].leaf == kNoNode));
  CHECK((program.nodes[0].fields[1].tag == (3 << 3 | 1) && program.nodes[0].fields[1].node == kNoNode));
  REQUIRE(program.nodes[1].fields.size() == 1);
  CHECK(program.nodes[1].fields[0].tag == (2 << 3 | 5));
  CHECK((program.nodes[0].fields[1].number != nullptr && program.nodes[0].fields[1].leaf == kNoNode));
  CHECK((program.nodes[0].fields[1].prefix == 0x19 && program.nodes[0].fields[1].prefix_bytes == 1));
  CHECK(program.nodes[0].zeroed.size() == 1);
  CHECK(program.leaves.size() == 1);
}

TEST_CASE("a oneof with a member that is read has a place for all its members; repeated numbers have two") {
  const WireProgram program =
      compile("message A { oneof o { int32 a = 1; A me = 2; } oneof p { int32 b = 3; } repeated int32 many = 4; }", {"a", "many"});
  REQUIRE(program.oneofs.size() == 1);
  CHECK(program.oneofs[0].members.size() == 2);
  CHECK(program.nodes[0].fields.size() == 4);
}

}  // namespace driftd
