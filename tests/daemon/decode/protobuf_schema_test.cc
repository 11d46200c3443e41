#include "daemon/decode/protobuf_schema.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace driftd {
namespace {

std::expected<ProtobufSchema, std::string> parse(std::string text, std::vector<std::uint32_t> path = {0},
                                                 std::vector<SchemaReference> references = {}) {
  return parse_protobuf_schema({7, SchemaType::kProtobuf, std::move(text), std::move(references)}, path);
}

const ProtobufField& field(const ProtobufSchema& schema, std::string_view name, std::size_t message = 0) {
  const auto found = std::ranges::find(schema.messages[message].fields, name, &ProtobufField::name);
  REQUIRE(found != schema.messages[message].fields.end());
  return *found;
}

}  // namespace

TEST_CASE("a message is known by its place, its fields by name, number and kind") {
  const auto schema = parse(R"(syntax = "proto3"; package p;
    message First {}
    message Row {
      message Inner { sint64 deep = 4; Row again = 5; }
      enum Kind { A = 0; B = 7; }
      double x = 1; optional int32 y = 2; repeated float many = 3; Inner inner = 10; Kind kind = 11;
      oneof either { string s = 12; bytes b = 13; }
      map<string, int32> counts = 14;
    })",
                            {1});
  REQUIRE(schema);
  CHECK((field(*schema, "x").number == 1 && field(*schema, "x").kind == ProtobufKind::kDouble && !field(*schema, "x").has_presence));
  CHECK((field(*schema, "y").has_presence && field(*schema, "y").oneof == kNoOneof));
  CHECK(field(*schema, "many").repeated);
  CHECK(field(*schema, "counts").repeated);
  CHECK((field(*schema, "s").oneof == 0 && field(*schema, "b").oneof == 0));
  CHECK(schema->enums[field(*schema, "kind").of].at(7) == "B");
  const std::uint32_t inner = field(*schema, "inner").of;
  CHECK(field(*schema, "deep", inner).kind == ProtobufKind::kSint64);
  CHECK(field(*schema, "again", inner).of == 0);
  CHECK(parse(R"(syntax = "proto3"; message A { message B { int32 x = 1; } } )", {0, 0}).has_value());
}

TEST_CASE("imports come from the references, the well-known files, or are not needed") {
  const auto schema =
      parse(R"(syntax = "proto3"; package a;
    import "other.proto"; import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto";
    import "confluent/meta.proto"; import "confluent/type/decimal.proto";
    option (confluent.file_meta).doc = "not looked at";
    message R { option (confluent.message_meta).doc = "d"; b.Other o = 1; google.protobuf.Timestamp t = 2 [(confluent.field_meta).doc = "x"];
      google.protobuf.DoubleValue w = 3; confluent.type.Decimal d = 4; c.Deep deep = 5; })",
            {0},
            {{"deep.proto", R"(syntax = "proto3"; package c; message Deep { int32 z = 1; })"},
             {"other.proto", R"(syntax = "proto3"; package b; import public "deep.proto"; message Other { int32 x = 1; })"}});
  REQUIRE_MESSAGE(schema.has_value(), (schema ? "" : schema.error()));
  CHECK(field(*schema, "x", field(*schema, "o").of).number == 1);
  CHECK(field(*schema, "z", field(*schema, "deep").of).number == 1);
  CHECK(schema->messages[field(*schema, "t").of].well_known == WellKnown::kTimestamp);
  CHECK(schema->messages[field(*schema, "w").of].well_known == WellKnown::kWrapper);
  CHECK(schema->messages[field(*schema, "o").of].well_known == WellKnown::kNone);
}

TEST_CASE("what is no schema says why") {
  struct Row {
    std::string text, want;
  };
  const Row rows[] = {
      {"message {", "schema 7: line 1, column 9: Expected message name."},
      {R"(syntax = "proto3"; message A { Missing x = 1; })", "schema 7: A.x: \"Missing\" is not defined."},
      {R"(syntax = "proto3"; message A { int32 x = 1; int32 x = 2; })", "schema 7: A.x: \"x\" is already defined in \"A\"."},
      {R"(syntax = "proto3"; enum E { Z = 0; })", "schema 7 has no message 0"},
      {"\xFF\xFE", "schema 7: "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto schema = parse(row.text);
    REQUIRE_FALSE(schema);
    CHECK(schema.error().starts_with(row.want));
  }
  CHECK(parse(R"(syntax = "proto3"; message A {})", {0, 3}).error() == "schema 7 has no message 0.3");
  CHECK(parse(R"(syntax = "proto3"; message A {})", {0}, {{"x.proto", "message"}}).error().starts_with("the schema of 'x.proto': "));
  CHECK(parse_protobuf_schema({7, SchemaType::kAvro, "", {}}, {}).error() == "schema 7 is not a Protobuf schema");
}

}  // namespace driftd
