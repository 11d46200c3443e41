#include "daemon/decode/avro_program.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {
namespace {

std::vector<AvroStep> steps_of(const std::string& schema, std::vector<std::string> paths) {
  DecodePlan plan;
  for (std::string& path : paths) add_slot(plan, std::move(path), SlotType::kNumeric);
  const PlannedField fields = plan_fields(plan);
  const auto parsed = parse_avro_schema({1, SchemaType::kAvro, schema, {}});
  REQUIRE(parsed);
  const auto program = compile_avro(*parsed, fields);
  REQUIRE(program);
  std::vector<AvroStep> steps;
  for (const AvroOp& op : program->ops) steps.push_back(op.step);
  return steps;
}

}  // namespace

TEST_CASE("what nobody reads is stepped over in as few steps as there are") {
  using enum AvroStep;
  const std::string schema = R"({"type":"record","name":"R","fields":[{"name":"a","type":"double"},{"name":"b","type":"float"},
    {"name":"n","type":"null"},{"name":"c","type":{"type":"fixed","name":"F","size":9}},{"name":"x","type":"double"},
    {"name":"s","type":{"type":"record","name":"S","fields":[{"name":"y","type":"int"}]}},{"name":"t","type":"S"}]})";
  CHECK(steps_of(schema, {"x"}) == std::vector<AvroStep>{kSkipBytes, kNumber, kCall, kCall, kReturn, kSkipInt, kReturn});
  CHECK(steps_of(schema, {"s.y"}) == std::vector<AvroStep>{kSkipBytes, kInt, kCall, kReturn, kSkipInt, kReturn});
}

TEST_CASE("a double that may be null is one step where it is nothing but a number") {
  using enum AvroStep;
  const std::string schema = R"({"type":"record","name":"R","fields":[{"name":"a","type":["null","double"]},
    {"name":"b","type":["double","null"]},{"name":"c","type":"double"},{"name":"d","type":["null","float"]}]})";
  CHECK(steps_of(schema, {"a", "b", "c", "d"}) == std::vector<AvroStep>{kNumber, kNumber, kNumber, kUnion, kNull, kJump, kFloat, kReturn});
}

TEST_CASE("a branch is not run together with what stands before it") {
  using enum AvroStep;
  CHECK(steps_of(R"({"type":"record","name":"R","fields":[{"name":"a","type":"double"},{"name":"u","type":["null","double"]},
    {"name":"b","type":"double"},{"name":"x","type":"long"}]})",
                 {"x"}) == std::vector<AvroStep>{kSkipBytes, kUnion, kJump, kSkipBytes, kSkipBytes, kLong, kReturn});
}

TEST_CASE("a schema that grows without end is refused, one that holds itself is not") {
  const std::string many = R"({"type":"record","name":"R0","fields":[)";
  std::string schema = R"({"type":"array","items":"null"})";
  std::string wide = "\"null\"";
  for (int i = 0; i < 4; ++i) {  // 60 branches of 60 branches...
    std::string branches;
    for (int k = 0; k < 60; ++k) branches += (k == 0 ? "" : ",") + ("{\"type\":\"array\",\"items\":" + wide + "}");
    wide = "[" + branches + "]";
    if (wide.size() > (1U << 22)) break;
  }
  const auto parsed = parse_avro_schema({1, SchemaType::kAvro, wide, {}});
  REQUIRE(parsed);
  const PlannedField nobody;
  const auto program = compile_avro(*parsed, nobody);
  CHECK((program.has_value() || program.error() == "the schema is too large"));
  const auto itself =
      parse_avro_schema({1, SchemaType::kAvro, R"({"type":"record","name":"R","fields":[{"name":"next","type":["null","R"]}]})", {}});
  REQUIRE(itself);
  CHECK(compile_avro(*itself, nobody).has_value());
}

}  // namespace driftd
