#include "daemon/decode/avro_schema.h"

#include <doctest/doctest.h>

#include <string>

namespace driftd {
namespace {

std::expected<AvroSchema, std::string> parse(std::string text, std::vector<SchemaReference> references = {}) {
  return parse_avro_schema({7, SchemaType::kAvro, std::move(text), std::move(references)});
}

const AvroType& root(const AvroSchema& schema) { return schema.types[schema.root]; }

}  // namespace

TEST_CASE("a schema is read as the specification says") {
  const auto schema = parse(R"({"type":"record","name":"R","namespace":"a.b","aliases":["old"],"doc":"d","fields":[
    {"name":"self","type":["null","R"],"default":null},
    {"name":"kind","type":{"type":"enum","name":"K","symbols":["A","B"]}},
    {"name":"again","type":"a.b.K"},
    {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
    {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
    {"name":"day","type":{"type":"int","logicalType":"date"}},
    {"name":"raw","type":{"type":"fixed","name":"F","size":12}},
    {"name":"list","type":{"type":"array","items":{"type":"map","values":"double"}}}]})");
  REQUIRE(schema);
  const AvroType& record = root(*schema);
  REQUIRE(record.kind == AvroKind::kRecord);
  REQUIRE(record.fields.size() == 8);
  const auto type = [&](std::size_t field) -> const AvroType& { return schema->types[record.fields[field].type]; };
  REQUIRE(type(0).kind == AvroKind::kUnion);
  CHECK(type(0).parts[1] == schema->root);
  CHECK(type(1).symbols == std::vector<std::string>{"A", "B"});
  CHECK(record.fields[1].type == record.fields[2].type);
  CHECK((type(3).kind == AvroKind::kBytes && type(3).logical == AvroLogical::kDecimal && type(3).scale == 2));
  CHECK(type(4).logical == AvroLogical::kMicros);
  CHECK(type(5).logical == AvroLogical::kDate);
  CHECK((type(6).kind == AvroKind::kFixed && type(6).bytes == 12));
  CHECK(schema->types[type(7).parts[0]].kind == AvroKind::kMap);
}

TEST_CASE("a logical type that does not fit is none") {
  for (const char* text :
       {R"({"type":"bytes","logicalType":"decimal"})", R"({"type":"bytes","logicalType":"decimal","precision":2,"scale":3})",
        R"({"type":"string","logicalType":"timestamp-millis"})", R"({"type":"long","logicalType":"other"})",
        R"({"type":"long","logicalType":"date"})", R"({"type":"long","logicalType":7})"}) {
    CAPTURE(text);
    const auto schema = parse(text);
    REQUIRE(schema);
    CHECK(root(*schema).logical == AvroLogical::kNone);
  }
}

TEST_CASE("names of types are looked for in the namespace around them, and in the references") {
  const auto schema = parse(R"({"type":"record","name":"x.R","fields":[{"name":"a","type":"y.Other"},{"name":"b","type":"Near"}]})",
                            {{"y.Other", R"({"type":"enum","name":"Other","namespace":"y","symbols":["Q"]})"},
                             {"x.Near", R"({"type":"fixed","name":"x.Near","size":3})"}});
  REQUIRE(schema);
  CHECK(schema->types[root(*schema).fields[0].type].symbols == std::vector<std::string>{"Q"});
  CHECK(schema->types[root(*schema).fields[1].type].bytes == 3);
  for (const char* text : {R"("long")", "long", R"({"type":"long"})"}) CHECK(root(*parse(text)).kind == AvroKind::kLong);
}

TEST_CASE("what is no schema says why") {
  struct Row {
    std::string text, want;
  };
  const Row rows[] = {
      {"{", "schema 7 is not JSON"},
      {R"("Missing")", "schema 7: there is no type 'Missing'"},
      {R"({"name":"R"})", "schema 7: a type has no 'type'"},
      {R"({"type":"record","fields":[]})", "schema 7: a record, enum or fixed has no name"},
      {R"({"type":"record","name":"R"})", "schema 7: a record has no list of fields"},
      {R"({"type":"record","name":"R","fields":[{"name":"a"}]})", "schema 7: a field has no name or no type"},
      {R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]})",
       "schema 7: a record has two fields 'a'"},
      {R"({"type":"record","name":"R","fields":[{"name":"a","type":{"type":"fixed","name":"R","size":1}}]})",
       "schema 7: two types have the name 'R'"},
      {R"([])", "schema 7: a union has no branches"},
      {R"([["int"]])", "schema 7: a union is directly in a union"},
      {R"({"type":"enum","name":"E"})", "schema 7: an enum has no list of symbols"},
      {R"({"type":"fixed","name":"F","size":-1})", "schema 7: a fixed has no usable size"},
      {R"({"type":"array"})", "schema 7: an array has no 'items'"},
      {"3", "schema 7: a type is a name, an object or a list"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto schema = parse(row.text);
    REQUIRE_FALSE(schema);
    CHECK(schema.error().starts_with(row.want));
  }
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += R"({"type":"array","items":)";
  deep += "\"int\"" + std::string(300, '}');
  CHECK(parse(deep).error() == "schema 7: types are nested deeper than 200");
  CHECK(parse_avro_schema({7, SchemaType::kProtobuf, "", {}}).error() == "schema 7 is not an Avro schema");
}

}  // namespace driftd
