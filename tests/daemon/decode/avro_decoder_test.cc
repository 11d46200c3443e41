#include "daemon/decode/avro_decoder.h"

#include <doctest/doctest.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "daemon/decode/avro_schema.h"
#include "daemon/decode/json_tree.h"
#include "detectors/reference/category_text.h"
#include "detectors/reference/cells.h"
#include "tests/daemon/allocation_counter.h"
#include "tests/daemon/decode/decode_fixture.h"
#include "tests/daemon/decode/field_cases.h"

namespace driftd {
namespace {

using enum ValueClass;
using namespace std::string_literals;

std::string long_bytes(std::int64_t value) {
  auto bits = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  std::string out;
  for (; bits >= 0x80; bits >>= 7) out += static_cast<char>(bits | 0x80);
  return out + static_cast<char>(bits);
}

std::string text_bytes(std::string_view text) { return long_bytes(static_cast<std::int64_t>(text.size())) + std::string(text); }

std::string double_bytes(double value) {
  std::string out(sizeof value, '\0');
  std::memcpy(out.data(), &value, sizeof value);
  return out;
}

WriterSchema avro(std::string text) { return {7, SchemaType::kAvro, std::move(text), {}}; }

// Of one record {"f": type}.
WriterSchema avro_field(const std::string& type) {
  return avro(R"({"type":"record","name":"R","fields":[{"name":"f","type":)" + type + "}]}");
}

std::string one_reject(const DecodePlan& plan, const WriterSchema& schema, const std::string& datum) {
  const RecordBatch batch = decode_framed(plan, schema, datum);
  REQUIRE(batch.rows + batch.rejected.size() == 1);
  return batch.rejected.empty() ? "" : std::string(reject_name(batch.rejected[0].reason));
}

DecodePlan avro_plan() {
  DecodePlan plan;
  plan.format = Format::kAvro;
  plan.max_payload_bytes = 1 << 20;
  plan.max_future_us = 1'000'000'000'000'000;
  add_slot(plan, "f", SlotType::kNumeric);
  add_slot(plan, "f", SlotType::kCategorical);
  return plan;
}

}  // namespace

TEST_CASE("random records of random schemas have the values that fastavro wrote") {
  std::size_t records = 0, cut_short = 0;
  for (const FieldCase& each : read_field_cases("avro.jsonl")) {
    ++records;
    const DecodePlan plan = plan_of(each, Format::kAvro);
    const WriterSchema schema = avro(each.schema);
    CAPTURE(each.schema);
    const RecordBatch batch = decode_framed(plan, schema, each.payload);
    REQUIRE(batch.rows == 1);
    CHECK(difference(each, plan, batch) == "");
    const DecodePlan numbers = plan_of(each, Format::kAvro, {SlotType::kNumeric});
    CHECK(difference(each, numbers, decode_framed(numbers, schema, each.payload)) == "");
    for (std::size_t size = 0; size < each.payload.size(); size += 1 + each.payload.size() / 50, ++cut_short) {
      CHECK(one_reject(plan, schema, each.payload.substr(0, size)) == "bad_avro");
      CHECK(one_reject(numbers, schema, each.payload.substr(0, size)) == "bad_avro");
    }
    CHECK(one_reject(plan, schema, each.payload + '\0') == "bad_avro");
  }
  CHECK(records > 400);
  CHECK(cut_short > 10'000);
}

TEST_CASE("numbers that stand in a row are read as each would be alone") {
  DecodePlan plan = avro_plan();
  plan.slots.clear();
  for (const char* path : {"a", "b", "c", "d"}) add_slot(plan, path, SlotType::kNumeric);
  const WriterSchema schema = avro(R"({"type":"record","name":"R","fields":[{"name":"a","type":["null","double"]},
    {"name":"b","type":["double","null"]},{"name":"c","type":"double"},{"name":"d","type":["null","double"]}]})");
  const std::string one = double_bytes(1), nan = double_bytes(std::nan(""));
  const auto classes = [&](const std::string& datum) {
    const RecordBatch batch = decode_framed(plan, schema, datum);
    REQUIRE(batch.rows == 1);
    std::vector<ValueClass> out;
    for (std::size_t column = 0; column < 4; ++column) {
      out.push_back(batch.numeric_class[column * kColumnStride]);
      CHECK(std::isnan(batch.numeric[column * kColumnStride]) == (out.back() != kValid));
    }
    return out;
  };
  CHECK(classes("\2" + one + "\0"s + one + one + "\2" + one) == std::vector{kValid, kValid, kValid, kValid});
  CHECK(classes("\0\2"s + one + "\0"s) == std::vector{kNull, kNull, kValid, kNull});
  CHECK(classes("\2" + nan + "\0"s + nan + nan + "\x82\0"s + one) == std::vector{kNan, kNan, kNan, kValid});
  for (const std::string& branch : {"\1"s, "\3"s, "\4"s, "\x80"s}) CHECK(one_reject(plan, schema, branch + one) == "bad_avro");
}

TEST_CASE("bytes that are no datum of their schema are refused, read or not") {
  struct Row {
    std::string name, type, datum;
  };
  const std::string whole(10, '\xFF');
  const Row rows[] = {
      {"a boolean of 2", "\"boolean\"", "\x02"},
      {"a symbol beyond the last", R"({"type":"enum","name":"E","symbols":["A"]})", long_bytes(1)},
      {"a symbol before the first", R"({"type":"enum","name":"E","symbols":["A"]})", long_bytes(-1)},
      {"a branch beyond the last", R"(["null","int"])", long_bytes(2)},
      {"a branch before the first", R"(["null","int"])", long_bytes(-1)},
      {"an int of 33 bits", "\"int\"", long_bytes(1LL << 31)},
      {"a long of 65 bits", "\"long\"", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x03"},
      {"a long without end", "\"long\"", whole},
      {"a text of negative length", "\"string\"", long_bytes(-1)},
      {"a text longer than the record", "\"string\"", long_bytes(3) + "ab"},
      {"a length near 2^63", "\"string\"", long_bytes(std::numeric_limits<std::int64_t>::max())},
      {"text that is not UTF-8", "\"string\"", text_bytes("\xC3\x28")},
      {"bytes of negative length", "\"bytes\"", long_bytes(-4)},
      {"a block that is larger than the record", R"({"type":"array","items":"int"})", long_bytes(-1) + long_bytes(1'000'000)},
      {"a block of negative size", R"({"type":"array","items":"int"})", long_bytes(-1) + long_bytes(-1)},
      {"a map whose key is no text", R"({"type":"map","values":"int"})",
       long_bytes(1) + text_bytes("\xFF") + long_bytes(1) + long_bytes(0)},
      {"items without end", R"({"type":"array","items":"int"})", long_bytes(1LL << 60) + long_bytes(1)},
  };
  DecodePlan reads = avro_plan(), looks_away = avro_plan();
  for (Slot& slot : looks_away.slots) slot.path = "other";
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(one_reject(reads, avro_field(row.type), row.datum) == "bad_avro");
    CHECK(one_reject(looks_away, avro_field(row.type), row.datum) == "bad_avro");
  }
}

TEST_CASE("endless items of no bytes and records that hold themselves end") {
  const DecodePlan plan = avro_plan();
  CHECK(one_reject(plan, avro_field(R"({"type":"array","items":"null"})"), long_bytes(1LL << 62) + long_bytes(0)) == "");
  CHECK(one_reject(plan, avro(R"({"type":"record","name":"R","fields":[{"name":"me","type":"R"}]})"), "") == "bad_avro");
  const std::string list = R"({"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]})";
  CHECK(one_reject(plan, avro_field(list), std::string(400, '\x02') + '\0') == "");
  CHECK(one_reject(plan, avro_field(list), std::string(100'000, '\x02') + '\0') == "bad_avro");
}

TEST_CASE("a record without a usable schema says which") {
  const DecodePlan plan = avro_plan();
  const WriterSchema good = avro_field("\"int\"");
  const std::string datum = long_bytes(1);
  struct Row {
    std::string name, payload;
    const WriterSchema* schema;
    std::string want;
  };
  const WriterSchema json{7, SchemaType::kJson, "{}", {}}, broken = avro("{"), list = avro(R"({"type":"array","items":"int"})");
  const std::string frame = "\0\0\0\0\x07"s;
  const Row rows[] = {
      {"no frame", "{}", nullptr, "bad_frame"},
      {"shorter than a frame", "\0\0\0"s, nullptr, "bad_frame"},
      {"another magic byte", "\x01\0\0\0\x07\x02"s, nullptr, "bad_frame"},
      {"id 0", "\0\0\0\0\0\x02"s, nullptr, "bad_frame"},
      {"id -1", "\0\xFF\xFF\xFF\xFF\x02"s, nullptr, "bad_frame"},
      {"an id that the registry does not know", frame + datum, &kUnknownSchema, "bad_schema"},
      {"a schema of another format", frame + datum, &json, "bad_schema"},
      {"a schema that is none", frame + datum, &broken, "bad_schema"},
      {"no record", frame + long_bytes(0), &list, "not_object"},
      {"good", frame + datum, &good, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Message only = message(row.payload, 0, 1'000'000);
    only.schema = row.schema;
    const RecordBatch batch = decode_messages(plan, {only});
    REQUIRE(batch.rows + batch.rejected.size() == 1);
    CHECK((batch.rejected.empty() ? "" : reject_name(batch.rejected[0].reason)) == row.want);
  }
}

TEST_CASE("event times have the unit of their type") {
  struct Row {
    std::string type, datum;
    std::int64_t want;
  };
  const Row rows[] = {
      {R"({"type":"long","logicalType":"timestamp-millis"})", long_bytes(1'500), 1'500'000},
      {R"({"type":"long","logicalType":"timestamp-micros"})", long_bytes(1'500), 1'500},
      {R"({"type":"long","logicalType":"timestamp-nanos"})", long_bytes(1'500'000), 1'500},
      {R"({"type":"int","logicalType":"date"})", long_bytes(2), 2 * 86'400'000'000},
      {"\"long\"", long_bytes(3), 3'000'000},  // the unit of the stream
      {R"(["null","string"])", long_bytes(1) + text_bytes("1970-01-01T00:00:04Z"), 4'000'000},
  };
  DecodePlan plan = avro_plan();
  plan.fields.event_time = "f";
  plan.fields.event_time_unit = TimeUnit::kSeconds;
  for (const Row& row : rows) {
    CAPTURE(row.type);
    const RecordBatch batch = decode_framed(plan, avro_field(row.type), row.datum);
    REQUIRE(batch.rows == 1);
    CHECK(batch.event_time_us[0] == row.want);
  }
  CHECK(one_reject(plan, avro_field(R"(["null","long"])"), long_bytes(0)) == "missing_time");
  CHECK(one_reject(plan, avro_field("\"double\""), double_bytes(1)) == "bad_time");
  CHECK(one_reject(plan, avro_field(rows[0].type), long_bytes(std::numeric_limits<std::int64_t>::max())) == "bad_time");
}

TEST_CASE("decimals are the nearest double") {
  struct Row {
    std::string bytes;
    int scale;
    double want;
  };
  const Row rows[] = {
      {"\x04\xD2", 2, 12.34},
      {"\xFF", 0, -1},
      {"\x80", 1, -12.8},
      {std::string("\0", 1), 3, 0},
      {"\x7F" + std::string(15, '\xFF'), 38, 1.7014118346046923},
      {"\x80" + std::string(15, '\0'), 0, -1.7014118346046923e38},
      {"\x01", 30, 1e-30},
  };
  for (const Row& row : rows) {
    const std::string type = R"({"type":"bytes","logicalType":"decimal","precision":60,"scale":)" + std::to_string(row.scale) + "}";
    const RecordBatch batch = decode_framed(avro_plan(), avro_field(type), text_bytes(row.bytes));
    REQUIRE(batch.rows == 1);
    CHECK(batch.numeric[0] == row.want);
  }
  const std::string type = R"({"type":"bytes","logicalType":"decimal","precision":60})";
  CHECK(decode_framed(avro_plan(), avro_field(type), text_bytes(std::string(17, '\x01'))).numeric_class[0] == kWrongType);
}

TEST_CASE("prediction, label and event id are read from Avro as from JSON") {
  DecodePlan plan = avro_plan();
  plan.fields.prediction = "p";
  plan.fields.label = "y";
  plan.fields.event_id = "id";
  plan.keep_answers = true;
  const WriterSchema schema = avro(
      R"({"type":"record","name":"R","fields":[{"name":"p","type":"double"},{"name":"y","type":["null","int"]},{"name":"id","type":"long"}]})");
  const RecordBatch batch = decode_framed(plan, schema, double_bytes(1) + long_bytes(1) + long_bytes(1) + long_bytes(77));
  DecodePlan json = plan;
  json.format = Format::kJson;
  const RecordBatch want = decode_one(json, R"({"p":1.0,"y":1,"id":77})", 1'000'000);
  REQUIRE(batch.rows == 1);
  CHECK(batch.error[0] == 0);
  CHECK(batch.event_id[0] == want.event_id[0]);
  CHECK(batch.prediction[0].number == want.prediction[0].number);
  CHECK(batch.label[0].kind == want.label[0].kind);
}

TEST_CASE("records of several schemas mix, and after the first of each nothing is allocated") {
  const DecodePlan plan = avro_plan();
  const WriterSchema first = avro_field("\"int\"");
  WriterSchema second = avro_field(R"(["null","string"])");
  second.id = 8;
  const std::string one = framed(first, long_bytes(5)), two = framed(second, long_bytes(1) + text_bytes("web"));
  std::vector<Message> messages;
  for (int i = 0; i < 100; ++i) {
    messages.push_back(message(i % 2 == 0 ? one : two, i, 1'000'000));
    messages.back().schema = i % 2 == 0 ? &first : &second;
  }
  const auto decoder = make_avro_decoder(plan);
  RecordBatch batch;
  reserve(plan, batch);
  CHECK(decoder->decode(messages, 0, batch) == 100);
  const std::uint64_t before = allocations();
  CHECK(decoder->decode(messages, 0, batch) == 100);
  CHECK(allocations() == before);
  CHECK(batch.rows == 100);
  CHECK(batch.numeric[0] == 5);
  CHECK(batch.category[1] == hash_category("web"));
}

}  // namespace driftd
