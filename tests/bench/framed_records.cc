#include "tests/bench/framed_records.h"

#include <fmt/format.h>

#include <cstring>

#include "daemon/decode/json_tree.h"
#include "daemon/runtime/json_writer.h"

namespace driftd::bench {
namespace {

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}

std::string zigzag(std::int64_t value) { return varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63)); }

std::string raw(double value) {
  std::string out(sizeof value, '\0');
  std::memcpy(out.data(), &value, sizeof value);
  return out;
}

std::string avro(const Fixture& fixture, const JsonTree& row) {
  std::string out = zigzag(std::get<std::int64_t>(row.find("ts")->value));
  for (const char* key : {"id", "segment"}) {
    const std::string& text = *row.find(key)->text();
    out += zigzag(static_cast<std::int64_t>(text.size())) + text;
  }
  for (const std::string& name : feature_names(fixture.features)) {
    const JsonTree* value = row.find(name);
    out += value == nullptr ? zigzag(0) : zigzag(1) + raw(value->number());
  }
  return out;
}

std::string protobuf(const Fixture& fixture, const JsonTree& row) {
  std::string out = '\0' + varint(1 << 3) + varint(static_cast<std::uint64_t>(std::get<std::int64_t>(row.find("ts")->value)));
  std::uint64_t number = 2;
  for (const char* key : {"id", "segment"}) {
    const std::string& text = *row.find(key)->text();
    out += varint(number++ << 3 | 2) + varint(text.size()) + text;
  }
  for (const std::string& name : feature_names(fixture.features)) {
    const JsonTree* value = row.find(name);
    if (value != nullptr) out += varint(number << 3 | 1) + raw(value->number());
    ++number;
  }
  return out;
}

std::string avro_schema(const Fixture& fixture) {
  std::string fields = R"({"name":"ts","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"id","type":"string"},)"
                       R"({"name":"segment","type":"string"})";
  for (const std::string& name : feature_names(fixture.features))
    fields += fmt::format(R"(,{{"name":"{}","type":["null","double"]}})", name);
  return fmt::format(R"({{"type":"record","name":"Row","fields":[{}]}})", fields);
}

std::string protobuf_schema(const Fixture& fixture) {
  std::string fields = "int64 ts = 1; string id = 2; string segment = 3;";
  std::size_t number = 4;
  for (const std::string& name : feature_names(fixture.features)) fields += fmt::format(" optional double {} = {};", name, number++);
  return fmt::format("syntax = \"proto3\"; message Row {{ {} }}", fields);
}

}  // namespace

std::vector<std::string> framed_records(const Fixture& fixture, const std::vector<std::string>& records, Format format) {
  std::vector<std::string> out;
  for (const std::string& record : records) {
    const auto row = parse_json(record);
    const std::string body = format == Format::kAvro ? avro(fixture, *row) : protobuf(fixture, *row);
    out.push_back(std::string{'\0', '\0', '\0', '\0', '\1'} + body);
  }
  return out;
}

std::string registry_answer(const Fixture& fixture, Format format) {
  JsonWriter json;
  json.begin_object();
  if (format == Format::kProtobuf) json.field("schemaType", "PROTOBUF");
  json.field("schema", format == Format::kAvro ? avro_schema(fixture) : protobuf_schema(fixture));
  return json.end_object().take();
}

}  // namespace driftd::bench
