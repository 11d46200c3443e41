#include "daemon/decode/json_decoder.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "daemon/decode/field_tree.h"
#include "detectors/reference/cells.h"
#include "tests/daemon/allocation_counter.h"
#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {
namespace {

using enum ValueClass;

constexpr std::size_t kXCategory = 0 * kColumnStride, kKindCategory = 1 * kColumnStride;
constexpr std::size_t kX = 0 * kColumnStride, kAmount = 1 * kColumnStride;

std::string nested(std::size_t depth, char open, char close) {
  return R"({"ts":0,"x":)" + std::string(depth - 1, open) + std::string(depth - 1, close) + "}";
}

// A record with fields in random order, some missing, some twice, values of every kind, now and then broken.
std::string random_record(std::mt19937_64& random) {
  const std::vector<std::string> values{"1",
                                        "-2.5",
                                        "null",
                                        "true",
                                        R"("text")",
                                        R"("\u00e9\n")",
                                        "[1,{\"x\":2}]",
                                        "{}",
                                        "1e300",
                                        "-0.0",
                                        "1e-310",
                                        R"({"amount":7})",
                                        "\"\"",
                                        "18446744073709551615",
                                        "false",
                                        "0.1",
                                        "12345678901234567",
                                        R"({"amount":"z","x":1,"amount":3})"};
  const std::vector<std::string> keys{"ts", "x", "pay", "kind", "p", "y", "other", "amount", "\\u0078", "a long key that goes on and on",
                                      "x x"};
  std::string record = random() % 10 == 0 ? "{" : fmt::format(R"({{"ts":{})", random() % 2200);
  for (std::size_t i = random() % 12; i > 0; --i) {
    const std::string& key = keys[random() % keys.size()];
    const std::string value = key == "ts" ? std::to_string(random() % 5000) : values[random() % values.size()];
    record += fmt::format(R"({}"{}":{})", record.size() > 1 ? "," : "", key, value);
  }
  if (random() % 20 == 0) return record;
  return record + "}";
}

std::vector<Message> messages_of(const std::vector<std::string>& payloads) {
  std::vector<Message> messages;
  for (const std::string& payload : payloads) messages.push_back(message(payload, static_cast<std::int64_t>(messages.size()), 1'000'000));
  return messages;
}

}  // namespace

TEST_CASE("every JSON value is a number, a category, null or the wrong type") {
  struct Row {
    std::string input;
    ValueClass number_class;
    double number = 0;
    ValueClass category_class;
    std::string category;
  };
  const Row rows[] = {
      {"1", kValid, 1, kValid, "1"},
      {"1.0", kValid, 1, kValid, "1"},
      {"-0", kValid, 0, kValid, "0"},
      {"-0.0", kValid, 0, kValid, "0"},
      {"1e5", kValid, 1e5, kValid, "100000"},
      {"0.1", kValid, 0.1, kValid, "0.1"},
      {"5e-324", kValid, 5e-324, kValid, "5e-324"},
      {"1e-400", kValid, 0, kValid, "0"},
      {"1.7976931348623157e308", kValid, 1.7976931348623157e308, kValid, "1.7976931348623157e+308"},
      {"9007199254740993", kValid, 9007199254740992, kValid, "9007199254740993"},
      {"-9223372036854775808", kValid, -9223372036854775808.0, kValid, "-9223372036854775808"},
      {"9223372036854775808", kValid, 9223372036854775808.0, kValid, "9223372036854775808"},
      {"18446744073709551615", kValid, 18446744073709551616.0, kValid, "18446744073709551615"},
      {"null", kNull, 0, kNull, ""},
      {"true", kWrongType, 0, kValid, "true"},
      {"false", kWrongType, 0, kValid, "false"},
      {R"("")", kWrongType, 0, kValid, ""},
      {R"("1")", kWrongType, 0, kValid, "1"},
      {R"("NaN")", kWrongType, 0, kValid, "NaN"},
      {R"("\u00e9\t\ud83d\ude00\u0000z")", kWrongType, 0, kValid, std::string("\xc3\xa9\t\xf0\x9f\x98\x80\0z", 9)},
      {"[]", kWrongType, 0, kWrongType, ""},
      {"[1]", kWrongType, 0, kWrongType, ""},
      {"{}", kWrongType, 0, kWrongType, ""},
      {R"({"x":1})", kWrongType, 0, kWrongType, ""},
  };
  const DecodePlan plan = test_plan();
  for (const Row& row : rows) {
    CAPTURE(row.input);
    const RecordBatch batch = decode_one(plan, R"({"ts":0,"x":)" + row.input + "}");
    REQUIRE(batch.rows == 1);
    CHECK(batch.numeric_class[kX] == row.number_class);
    if (row.number_class == kValid) CHECK(batch.numeric[kX] == row.number);
    if (row.number_class == kValid) CHECK_FALSE(std::signbit(batch.numeric[kX]) != std::signbit(row.number));
    if (row.number_class != kValid) CHECK(std::isnan(batch.numeric[kX]));
    CHECK(batch.category_class[kXCategory] == row.category_class);
    CHECK(batch.category[kXCategory] == (row.category_class == kValid ? hash_category(row.category) : 0));
    CHECK(batch.numeric_class[kAmount] == kAbsent);
    CHECK(std::isnan(batch.numeric[kAmount]));
    CHECK(batch.category_class[kKindCategory] == kAbsent);
  }
}

TEST_CASE("fields are found in any shape of record") {
  struct Row {
    std::string name, input;
    ValueClass x_class;
    double x;
    ValueClass amount_class;
    double amount;
  };
  const Row rows[] = {
      {"in order", R"({"ts":0,"x":1,"pay":{"amount":2}})", kValid, 1, kValid, 2},
      {"reversed", R"({"pay":{"amount":2},"x":1,"ts":0})", kValid, 1, kValid, 2},
      {"blanks", " {\n\"ts\" : 0 ,\t\"x\": 1 ,\"pay\" :{ \"amount\":2 } } \r\n", kValid, 1, kValid, 2},
      {"missing", R"({"ts":0,"pay":{}})", kAbsent, 0, kAbsent, 0},
      {"the parent is null", R"({"ts":0,"pay":null})", kAbsent, 0, kAbsent, 0},
      {"the parent is a number", R"({"ts":0,"x":1,"pay":3})", kValid, 1, kAbsent, 0},
      {"the parent is an array", R"({"ts":0,"x":1,"pay":[{"amount":3}]})", kValid, 1, kAbsent, 0},
      {"a dot in a key is not a level", R"({"ts":0,"pay.amount":2})", kAbsent, 0, kAbsent, 0},
      {"the same key on another level", R"({"ts":0,"other":{"x":5,"pay":{"amount":6}},"amount":7})", kAbsent, 0, kAbsent, 0},
      {"duplicate key: the first wins", R"({"ts":0,"x":1,"x":9})", kValid, 1, kAbsent, 0},
      {"the first is null", R"({"ts":0,"x":null,"x":9})", kNull, 0, kAbsent, 0},
      {"duplicate object: the first wins whole", R"({"ts":0,"pay":{},"pay":{"amount":2}})", kAbsent, 0, kAbsent, 0},
      {"duplicate inside", R"({"ts":0,"pay":{"amount":2,"amount":3}})", kAbsent, 0, kValid, 2},
      {"escapes in keys", R"({"ts":0,"\u0078":1,"p\u0061y":{"amoun\u0074":2}})", kValid, 1, kValid, 2},
      {"escaped twice is a duplicate", R"({"ts":0,"x":1,"\u0078":4})", kValid, 1, kAbsent, 0},
      {"a key with a NUL", R"({"ts":0,"x\u0000":1})", kAbsent, 0, kAbsent, 0},
      {"an empty key", R"({"":3,"ts":0,"x":1})", kValid, 1, kAbsent, 0},
      {"case matters", R"({"ts":0,"X":1})", kAbsent, 0, kAbsent, 0},
  };
  const DecodePlan plan = test_plan();
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const RecordBatch batch = decode_one(plan, row.input);
    REQUIRE(batch.rows == 1);
    CHECK(batch.numeric_class[kX] == row.x_class);
    CHECK(batch.numeric_class[kAmount] == row.amount_class);
    if (row.x_class == kValid) CHECK(batch.numeric[kX] == row.x);
    if (row.amount_class == kValid) CHECK(batch.numeric[kAmount] == row.amount);
  }
}

TEST_CASE("paths may escape dots, be long, and go through a field that is read itself") {
  const std::string long_key(100, 'k');
  DecodePlan plan = test_plan();
  plan.slots.clear();
  for (const std::string& path : {std::string(R"(a\.b)"), std::string("a"), std::string("a.b"), std::string("a.b.c"), long_key,
                                  long_key + "z", std::string("\xc3\xa9t\xc3\xa9")}) {
    add_slot(plan, path, SlotType::kNumeric);
  }
  const RecordBatch batch =
      decode_one(plan, fmt::format(R"({{"ts":0,"a.b":1,"a":{{"b":{{"c":4}}}},"{0}":5,"{0}z":6,"{0}y":9,"\u00e9t\u00e9":7}})", long_key));
  REQUIRE(batch.rows == 1);
  const ValueClass classes[] = {kValid, kWrongType, kWrongType, kValid, kValid, kValid, kValid};
  const double values[] = {1, 0, 0, 4, 5, 6, 7};
  for (std::size_t i = 0; i < 7; ++i) {
    CAPTURE(plan.slots[i].path);
    CHECK(batch.numeric_class[i * kColumnStride] == classes[i]);
    if (classes[i] == kValid) CHECK(batch.numeric[i * kColumnStride] == values[i]);
  }
}

TEST_CASE("a record is accepted whole or refused with a reason") {
  struct Row {
    std::string name, input;
    std::string want;  // "" = accepted
  };
  const Row rows[] = {
      {"empty payload", "", "bad_json"},
      {"blanks", "  \n", "bad_json"},
      {"not an object", "[1]", "not_object"},
      {"a scalar", "3", "not_object"},
      {"null", "null", "not_object"},
      {"cut", R"({"ts":0,"x":1)", "bad_json"},
      {"cut number", R"({"ts":0,"x":1.})", "bad_json"},
      {"leading zero", R"({"ts":0,"x":01})", "bad_json"},
      {"plus", R"({"ts":0,"x":+1})", "bad_json"},
      {"NaN", R"({"ts":0,"x":NaN})", "bad_json"},
      {"Infinity", R"({"ts":0,"x":Infinity})", "bad_json"},
      {"more than the largest double", R"({"ts":0,"x":1e400})", "bad_json"},
      {"the same in a field nobody reads", R"({"ts":0,"other":1e400})", "bad_json"},
      {"2^64", R"({"ts":0,"x":18446744073709551616})", "bad_json"},
      {"below -2^63", R"({"ts":0,"x":-9223372036854775809})", "bad_json"},
      {"a comma too many", R"({"ts":0,"x":1,})", "bad_json"},
      {"single quotes", R"({'ts':0})", "bad_json"},
      {"a comment", R"({"ts":0/**/})", "bad_json"},
      {"bad escape in a field nobody reads", R"({"ts":0,"other":"a\q"})", "bad_json"},
      {"lone high surrogate", R"({"ts":0,"kind":"\ud83d"})", "bad_json"},
      {"lone low surrogate", R"({"ts":0,"kind":"\ude00"})", "bad_json"},
      {"a line break in a string", "{\"ts\":0,\"kind\":\"a\nb\"}", "bad_json"},
      {"a raw NUL in a string", std::string("{\"ts\":0,\"kind\":\"a\0b\"}", 21), "bad_json"},
      {"a raw NUL behind", std::string("{\"ts\":0}\0", 9), "bad_json"},
      {"invalid UTF-8", "{\"ts\":0,\"kind\":\"\xff\"}", "bad_json"},
      {"overlong UTF-8", "{\"ts\":0,\"kind\":\"\xc0\xaf\"}", "bad_json"},
      {"byte order mark", "\xef\xbb\xbf{\"ts\":0}", "bad_json"},
      {"two documents", R"({"ts":0} {"ts":0})", "bad_json"},
      {"a brace too many", R"({"ts":0}})", "bad_json"},
      {"a bracket behind", R"({"ts":0,"x":[[]})", "bad_json"},
      {"no event time", R"({"x":1})", "missing_time"},
      {"event time null", R"({"ts":null})", "missing_time"},
      {"event time of the first duplicate", R"({"ts":null,"ts":0})", "missing_time"},
      {"event time a boolean", R"({"ts":true})", "bad_time"},
      {"event time a double", R"({"ts":1.0})", "bad_time"},
      {"event time an object", R"({"ts":{}})", "bad_time"},
      {"event time digits in text", R"({"ts":"0"})", "bad_time"},
      {"event time a date", R"({"ts":"2026-03-01"})", "bad_time"},
      {"event time out of range", R"({"ts":9223372036854775807})", "bad_time"},
      {"event time out of range, unsigned", R"({"ts":9223372036854775808})", "bad_time"},
      {"one ms too late", R"({"ts":3001})", "future_time"},
      {"as late as allowed", R"({"ts":3000})", ""},
      {"text", R"({"ts":"1970-01-01T00:00:01Z"})", ""},
      {"before 1970", R"({"ts":-5})", ""},
      {"1,023 arrays in an object", nested(1024, '[', ']'), ""},
      {"one more", nested(1025, '[', ']'), "bad_json"},
  };
  const DecodePlan plan = test_plan();
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const RecordBatch batch = decode_one(plan, row.input, 2'000'000);
    CHECK((batch.rejected.empty() ? "" : reject_name(batch.rejected[0].reason)) == row.want);
  }
}

TEST_CASE("tombstones and records that are too large are refused unread") {
  DecodePlan plan = test_plan();
  plan.max_payload_bytes = 8;
  Message messages[] = {message(""), message(R"({"ts":0})"), message(R"({"ts":01)"), message(R"({"ts":10})")};
  messages[0].tombstone = true;
  RecordBatch batch;
  reserve(plan, batch);
  CHECK(make_decoder(plan)->decode(messages, 0, batch) == 4);
  CHECK(batch.rows == 1);
  REQUIRE(batch.rejected.size() == 3);
  CHECK(batch.rejected[0].reason == Reject::kTombstone);
  CHECK(batch.rejected[1].reason == Reject::kMalformed);
  CHECK(batch.rejected[2].reason == Reject::kTooLarge);
  CHECK(batch.rejected[2].message == 3);
}

TEST_CASE("event times are microseconds; without a field the record's own time counts") {
  DecodePlan plan = test_plan();
  CHECK(decode_one(plan, R"({"ts":-1})").event_time_us[0] == -1000);
  CHECK(decode_one(plan, R"({"ts":"2026-03-01T10:05:00.25+01:00"})").event_time_us[0] == 1772355900250000);
  plan.fields.event_time_unit = TimeUnit::kNanoseconds;
  CHECK(decode_one(plan, R"({"ts":1772355900250000999})").event_time_us[0] == 1772355900250000);
  plan.fields.event_time = "meta.at";
  CHECK(decode_one(plan, R"({"ts":5,"meta":{"at":7000}})").event_time_us[0] == 7);
  plan.fields.event_time.clear();
  const RecordBatch batch = decode_one(plan, R"({"ts":"nonsense"})", 77);
  CHECK(batch.event_time_us[0] == 77);
  CHECK(batch.record_time_us[0] == 77);
  CHECK(decode_one(plan, "{}").rejected[0].reason == Reject::kMissingTime);
  CHECK(decode_one(plan, "{}", INT64_MAX).rejected[0].reason == Reject::kBadTime);
}

TEST_CASE("the error is whether prediction and label have different texts") {
  struct Row {
    std::string prediction, label;
    double want;
  };
  const double none = std::nan("");
  const Row rows[] = {
      {"1", "1", 0},
      {"1", "0", 1},
      {"1", "1.0", 0},
      {"0", "-0.0", 0},
      {"1", R"("1")", 0},
      {R"("1.0")", "1", 1},
      {"0.5", R"("0.5")", 0},
      {"true", "true", 0},
      {"true", R"("true")", 0},
      {"true", "1", 1},
      {R"("cat")", R"("dog")", 1},
      {R"("")", R"("")", 0},
      {"9007199254740993", "9007199254740992", 1},
      {"9007199254740993", "9007199254740993", 0},
      {"18446744073709551615", "18446744073709551614", 1},
      {"1e17", "100000000000000000", 0},
      {"null", "1", none},
      {"1", "null", none},
      {"[1]", "[1]", none},
      {"{}", "1", none},
  };
  const DecodePlan plan = test_plan();
  for (const Row& row : rows) {
    CAPTURE(row.prediction);
    CAPTURE(row.label);
    const RecordBatch batch = decode_one(plan, fmt::format(R"({{"ts":0,"p":{},"y":{}}})", row.prediction, row.label));
    REQUIRE(batch.rows == 1);
    if (std::isnan(row.want)) CHECK(std::isnan(batch.error[0]));
    if (!std::isnan(row.want)) CHECK(batch.error[0] == row.want);
  }
  CHECK(std::isnan(decode_one(plan, R"({"ts":0,"p":1})").error[0]));
}

TEST_CASE("ids and answers are kept where a stream is joined, and only there") {
  DecodePlan plan = test_plan();
  plan.fields.event_id = "meta.id";
  CHECK(decode_one(plan, R"({"ts":0,"p":1,"y":0,"meta":{"id":"a"}})").event_id.empty());
  plan.keep_answers = true;
  const auto id_of = [&](const std::string& id) {
    return decode_one(plan, fmt::format(R"({{"ts":0,"meta":{{"id":{}}}}})", id)).event_id[0];
  };
  CHECK(id_of("7") == id_of(R"("7")"));
  CHECK(id_of("7.0") == id_of("7"));
  CHECK(id_of("18446744073709551615") == id_of(R"("18446744073709551615")"));
  CHECK(id_of(R"("a")") != id_of(R"("b")"));
  for (const std::string none : {"null", R"("")", "[1]", "{}"}) {
    CAPTURE(none);
    CHECK(id_of(none).missing());
  }
  CHECK(decode_one(plan, R"({"ts":0})").event_id[0].missing());

  const RecordBatch batch = decode_one(plan, R"({"ts":0,"p":0.25,"y":"yes","meta":{"id":"a"}})");
  CHECK(batch.prediction[0] == Answer{Answer::Kind::kNumber, 0.25, 0});
  CHECK(batch.label[0] == Answer{Answer::Kind::kText, 0, hash_category("yes")});
  CHECK(text_hash_of(batch.prediction[0]) == hash_category("0.25"));
  CHECK(batch.error[0] == 1);
  CHECK(decode_one(plan, R"({"ts":0,"y":null})").label[0] == Answer{});
}

TEST_CASE("a category that no reference knows is named, cut to whole characters") {
  DecodePlan plan = test_plan();
  plan.slots[3].known_hashes = {hash_category("a"), hash_category("b")};
  const std::string long_name = std::string(127, 'n') + "\xc3\xa9";
  const std::vector<std::string> payloads{R"({"ts":0,"kind":"a","x":"unnamed, as the slot lists nothing"})",
                                          R"({"ts":0,"kind":"c"})",
                                          R"({"kind":"refused, so not named"})",
                                          fmt::format(R"({{"ts":0,"kind":"{}"}})", long_name),
                                          R"({"ts":0,"kind":1})",
                                          R"({"ts":0,"kind":null})"};
  const std::vector<Message> messages = messages_of(payloads);
  RecordBatch batch;
  reserve(plan, batch);
  make_decoder(plan)->decode(messages, 0, batch);
  REQUIRE(batch.unseen.size() == 3);
  CHECK(batch.unseen[0].name == "c");
  CHECK(batch.unseen[0].row == 1);
  CHECK(batch.unseen[0].slot == 3);
  CHECK(batch.unseen[1].name == std::string(127, 'n'));
  CHECK(batch.unseen[2].name == "1");
}

TEST_CASE("a batch ends when it is full, and a refused record leaves nothing in the next row") {
  std::vector<std::string> payloads;
  for (int i = 0; i < 300; ++i)
    payloads.push_back(i % 2 == 0 ? R"({"ts":0,"kind":"k"})" : R"({"x":5,"kind":"gone","pay":{"amount":1},"p":1,"y":1})");
  const std::vector<Message> messages = messages_of(payloads);
  const DecodePlan plan = test_plan();
  RecordBatch batch;
  reserve(plan, batch);
  const auto decoder = make_decoder(plan);
  CHECK(decoder->decode(messages, 0, batch) == 255);
  CHECK(batch.rows == kBatchRows);
  CHECK(batch.rejected.size() == 127);
  for (std::uint32_t row = 0; row < batch.rows; ++row) {
    CHECK(batch.numeric_class[kX + row] == kAbsent);
    CHECK(std::isnan(batch.numeric[kX + row]));
    CHECK(std::isnan(batch.error[row]));
    CHECK(batch.category[kKindCategory + row] == hash_category("k"));
  }
  CHECK(decoder->decode(messages, 255, batch) == 45);
  CHECK(batch.rows == 22);
  CHECK(batch.rejected.back().message == 299);
}

TEST_CASE("neither what came before nor the cut of batches changes a bit") {
  constexpr std::uint64_t kSeed = 20260302;
  CAPTURE(kSeed);
  std::mt19937_64 random(kSeed);
  std::vector<std::string> payloads;
  for (int i = 0; i < 3000; ++i) payloads.push_back(random_record(random));
  const std::vector<Message> messages = messages_of(payloads);
  DecodePlan plan = test_plan();
  plan.slots[3].known_hashes = {hash_category("text")};
  const auto warm = make_decoder(plan);
  const Dump whole = decode_all(plan, messages, messages.size(), *warm);
  for (const std::string word : {"bad_json", "missing_time", "future_time", "unseen"}) CHECK((whole.rows + whole.rejects).contains(word));
  CHECK((decode_all(plan, messages, messages.size(), *warm) == whole));
  for (const std::size_t cut : {1, 7, 127, 128, 129}) CHECK((decode_all(plan, messages, cut, *make_decoder(plan)) == whole));
  Dump cold;
  RecordBatch batch;
  reserve(plan, batch);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    make_decoder(plan)->decode(std::span(messages).subspan(0, i + 1), i, batch);
    append(cold, plan, batch, messages);
  }
  CHECK((cold == whole));
}

TEST_CASE("more keys than can be learned change nothing") {
  const DecodePlan plan = test_plan();
  std::vector<std::string> payloads;
  for (std::size_t i = 0; i < 20; ++i) {
    std::string record = R"({"ts":0)";
    for (std::size_t key = 0; key < kLearnedFields / 3; ++key)
      record += fmt::format(R"(,"{}":1,"long {:0>{}}":2)", i * 1000 + key, key, 10 * i);
    payloads.push_back(record + R"(,"x":3,"pay":{"zzz":1,"amount":4}})");
  }
  const std::vector<Message> messages = messages_of(payloads);
  RecordBatch batch;
  reserve(plan, batch);
  const auto decoder = make_decoder(plan);
  for (int round = 0; round < 3; ++round) {
    decoder->decode(messages, 0, batch);
    REQUIRE(batch.rows == payloads.size());
    for (std::uint32_t row = 0; row < batch.rows; ++row) {
      CHECK(batch.numeric[kX + row] == 3);
      CHECK(batch.numeric[kAmount + row] == 4);
    }
  }
}

TEST_CASE("in steady state a record costs no allocation") {
  constexpr std::uint64_t kSeed = 20260303;
  CAPTURE(kSeed);
  std::mt19937_64 random(kSeed);
  std::vector<std::string> payloads;
  for (int i = 0; i < 1000; ++i) payloads.push_back(random_record(random));
  payloads.push_back(R"({"ts":0,"other":")" + std::string(100'000, 'z') + "\"}");
  const std::vector<Message> messages = messages_of(payloads);
  DecodePlan plan = test_plan();
  plan.slots[3].known_hashes = {hash_category("text")};
  RecordBatch batch;
  reserve(plan, batch);
  const auto decoder = make_decoder(plan);
  const auto run = [&] {
    for (std::size_t at = 0; at < messages.size();) at += decoder->decode(messages, at, batch);
  };
  run();
  const std::uint64_t before = allocations();
  run();
  CHECK(allocations() == before);
}

}  // namespace driftd
