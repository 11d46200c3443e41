#include "daemon/decode/protobuf_decoder.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "detectors/reference/cells.h"
#include "tests/daemon/allocation_counter.h"
#include "tests/daemon/decode/decode_fixture.h"
#include "tests/daemon/decode/field_cases.h"

namespace driftd {
namespace {

using enum ValueClass;
using namespace std::string_literals;

WriterSchema proto(const std::string& messages) {
  return {7, SchemaType::kProtobuf, "syntax = \"proto3\"; import \"google/protobuf/timestamp.proto\"; " + messages, {}};
}

DecodePlan plan_with(std::initializer_list<const char*> paths) {
  DecodePlan plan;
  plan.format = Format::kProtobuf;
  plan.max_payload_bytes = 1 << 20;
  plan.max_future_us = 1'000'000'000'000'000;
  for (const char* path : paths) {
    add_slot(plan, path, SlotType::kNumeric);
    add_slot(plan, path, SlotType::kCategorical);
  }
  return plan;
}

// body: behind the message's index.
std::string reject_of(const DecodePlan& plan, const WriterSchema& schema, const std::string& body, const std::string& index = "\0"s) {
  const RecordBatch batch = decode_framed(plan, schema, index + body);
  REQUIRE(batch.rows + batch.rejected.size() == 1);
  return batch.rejected.empty() ? "" : std::string(reject_name(batch.rejected[0].reason));
}

}  // namespace

TEST_CASE("random messages of random schemas, merged ones too, have the values that Google's library reads") {
  std::size_t records = 0;
  for (const FieldCase& each : read_field_cases("protobuf.jsonl")) {
    ++records;
    const DecodePlan plan = plan_of(each, Format::kProtobuf);
    const WriterSchema schema{1, SchemaType::kProtobuf, each.schema, {}};
    CAPTURE(each.schema);
    const RecordBatch batch = decode_framed(plan, schema, '\0' + each.payload);
    REQUIRE(batch.rows == 1);
    CHECK(difference(each, plan, batch) == "");
    const DecodePlan numbers = plan_of(each, Format::kProtobuf, {SlotType::kNumeric});
    CHECK(difference(each, numbers, decode_framed(numbers, schema, '\0' + each.payload)) == "");
  }
  CHECK(records > 200);
}

TEST_CASE("of a number that comes again the last counts, and one of a message that came without it is 0") {
  const WriterSchema schema =
      proto("message R { double a = 1; optional double b = 2000; M m = 3; oneof o { M n = 4; int32 i = 5; } } message M { double x = 1; }");
  DecodePlan plan = plan_with({});
  for (const char* path : {"a", "b", "m.x", "n.x"}) add_slot(plan, path, SlotType::kNumeric);
  const auto classes = [&](const std::string& body) {
    const RecordBatch batch = decode_framed(plan, schema, '\0' + body);
    REQUIRE(batch.rows == 1);
    std::vector<std::pair<ValueClass, double>> out;
    for (std::size_t at = 0; at < 4 * kColumnStride; at += kColumnStride) {
      CHECK(std::isnan(batch.numeric[at]) == (batch.numeric_class[at] != kValid));
      out.emplace_back(batch.numeric_class[at], std::isnan(batch.numeric[at]) ? -1 : batch.numeric[at]);
    }
    return out;
  };
  using Classes = std::vector<std::pair<ValueClass, double>>;
  const std::string one = "\0\0\0\0\0\0\xF0\x3F"s, nan = "\0\0\0\0\0\0\xF8\x7F"s;
  CHECK(classes("") == Classes{{kValid, 0}, {kAbsent, -1}, {kAbsent, -1}, {kAbsent, -1}});
  CHECK(classes("\x09" + one + "\x81\x7D" + one + "\x1A\0"s) == Classes{{kValid, 1}, {kValid, 1}, {kValid, 0}, {kAbsent, -1}});
  CHECK(classes("\x1A\x09\x09" + one + "\x1A\0\x09"s + one + "\x09" + nan) ==
        Classes{{kNan, -1}, {kAbsent, -1}, {kValid, 1}, {kAbsent, -1}});
  CHECK(classes("\x22\x09\x09" + one + "\x28\x07") == Classes{{kValid, 0}, {kAbsent, -1}, {kAbsent, -1}, {kAbsent, -1}});
}

TEST_CASE("what is cut short is refused, or is a shorter message") {
  const WriterSchema schema = proto("message R { double f = 1; string s = 2; M m = 3; } message M { int32 x = 1; }");
  const DecodePlan plan = plan_with({"f", "s", "m.x"});
  const std::string whole = "\x09\0\0\0\0\0\0\xF0\x3F\x12\x03web\x1A\x02\x08\x05"s;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const bool ends_behind_a_field = size == 0 || size == 9 || size == 14 || size == whole.size();
    CHECK(reject_of(plan, schema, whole.substr(0, size)) == (ends_behind_a_field ? "" : "bad_protobuf"));
  }
}

TEST_CASE("bytes that are no message are refused") {
  struct Row {
    std::string name, body;
  };
  const Row rows[] = {
      {"field 0", "\x00\x01"s},
      {"wire type 6", "\x0E"},
      {"wire type 7", "\x0F"},
      {"an end of a group that did not begin", "\x0C"},
      {"a group that does not end", "\x53\x08\x01"},
      {"a group that ends as another", "\x53\x5C"},
      {"a length beyond the end", "\x12\x7F"},
      {"a length of 2^64", "\x12\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"},
      {"a varint of 11 bytes", "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"},
      {"a tag over 32 bits", "\xFF\xFF\xFF\xFF\xFF\x01\x01"},
      {"text that is not UTF-8", "\x12\x01\xFF"},
      {"a message inside that is none", "\x1A\x01\x08"},
      {"groups without end", std::string(5000, '\x53')},
  };
  const WriterSchema schema = proto("message R { int32 f = 1; string s = 2; M m = 3; } message M { int32 x = 1; M m = 2; }");
  const DecodePlan plan = plan_with({"f", "s", "m.x"});
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(reject_of(plan, schema, row.body) == "bad_protobuf");
  }
  CHECK(reject_of(plan, schema, "\x53\x08\x01\x54") == "");  // a group that nobody knows
  CHECK(reject_of(plan_with({"f"}), schema, "\x12\x01\xFF") == "");
}

TEST_CASE("the message of the file is the one that the record says") {
  const WriterSchema schema = proto("message A { int32 f = 1; } message B { message C { int32 f = 2; } string f = 1; }");
  const DecodePlan plan = plan_with({"f"});
  const RecordBatch first = decode_framed(plan, schema, "\x02\x00\x08\x05"s), bare = decode_framed(plan, schema, "\x00\x08\x05"s);
  CHECK(first.numeric[0] == 5);
  CHECK(bare.numeric[0] == 5);
  CHECK(decode_framed(plan, schema, "\x02\x02\x0A\x01x").category[0] == hash_category("x"));
  CHECK(decode_framed(plan, schema, "\x04\x02\x00\x10\x09"s).numeric[0] == 9);
  CHECK(reject_of(plan, schema, "", "\x02\x08") == "bad_schema");
  for (const std::string& index : {""s, "\x01"s, "\x7E"s, "\x02"s, "\x02\x01"s, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"s}) {
    CHECK(reject_of(plan, schema, "", index) == "bad_frame");
  }
}

TEST_CASE("a record without a usable schema says which") {
  const WriterSchema avro{7, SchemaType::kAvro, "\"int\"", {}}, broken = proto("message");
  CHECK(reject_of(plan_with({"f"}), avro, "") == "bad_schema");
  CHECK(reject_of(plan_with({"f"}), broken, "") == "bad_schema");
  Message unknown = message("\0\0\0\0\x07\0"s, 0, 1);
  unknown.schema = &kUnknownSchema;
  const std::string payload = "\0\0\0\0\x07\0"s;
  unknown.payload = payload;
  CHECK(decode_messages(plan_with({"f"}), {unknown}).rejected.at(0).reason == Reject::kBadSchema);
  CHECK(decode_messages(plan_with({"f"}), {message("{}", 0, 1)}).rejected.at(0).reason == Reject::kBadFrame);
}

TEST_CASE("a Timestamp is an event time, an integer one in the unit of the stream") {
  DecodePlan plan = plan_with({"x"});
  plan.fields.event_time = "t";
  plan.fields.event_time_unit = TimeUnit::kSeconds;
  const WriterSchema stamp = proto("message R { google.protobuf.Timestamp t = 1; int32 x = 2; }"),
                     whole = proto("message R { int64 t = 1; }");
  const auto time_of = [&](const WriterSchema& schema, const std::string& body) {
    const RecordBatch batch = decode_framed(plan, schema, '\0' + body);
    REQUIRE(batch.rows == 1);
    return batch.event_time_us[0];
  };
  CHECK(time_of(stamp, "\x0A\x07\x08\x05\x10\x80\xAD\xE2\x04") == 5'010'000);  // 5 s and 10,000,000 ns
  CHECK(time_of(stamp, "\x0A\x00"s) == 0);
  CHECK(time_of(whole, "\x08\x07") == 7'000'000);
  CHECK(time_of(whole, "") == 0);
  CHECK(reject_of(plan, stamp, "") == "missing_time");
  CHECK(reject_of(plan, stamp, "\x0A\x06\x10\x80\x94\xEB\xDC\x03") == "bad_time");  // 1,000,000,000 ns
  CHECK(reject_of(plan, stamp, "\x0A\x0A\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F") == "bad_time");
}

TEST_CASE("after the first record of a schema nothing is allocated") {
  const WriterSchema schema = proto("message R { double f = 1; string s = 2; }");
  const DecodePlan plan = plan_with({"f", "s"});
  const std::string payload = framed(schema, "\0\x09\0\0\0\0\0\0\xF0\x3F\x12\x03web"s);
  std::vector<Message> messages;
  for (int i = 0; i < 100; ++i) {
    messages.push_back(message(payload, i, 1'000'000));
    messages.back().schema = &schema;
  }
  const auto decoder = make_protobuf_decoder(plan);
  RecordBatch batch;
  reserve(plan, batch);
  CHECK(decoder->decode(messages, 0, batch) == 100);
  const std::uint64_t before = allocations();
  CHECK(decoder->decode(messages, 0, batch) == 100);
  CHECK(allocations() == before);
  CHECK(batch.numeric[99] == 1);
  CHECK(batch.category[kColumnStride] == hash_category("web"));
}

}  // namespace driftd
