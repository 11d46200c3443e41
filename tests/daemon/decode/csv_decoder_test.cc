#include "daemon/decode/csv_decoder.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "detectors/reference/cells.h"
#include "tests/daemon/allocation_counter.h"
#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {
namespace {

using enum ValueClass;

constexpr std::size_t kX = 0 * kColumnStride, kAmount = 1 * kColumnStride;
constexpr std::size_t kXCategory = 0 * kColumnStride, kKindCategory = 1 * kColumnStride;

DecodePlan csv_plan() {
  DecodePlan plan = test_plan();
  plan.format = Format::kCsv;
  plan.csv_header = {"x", "ts", "pay.amount", "kind", "p", "y", "other"};
  return plan;
}

}  // namespace

TEST_CASE("a CSV field is a number, a category, null or a class of its own") {
  struct Row {
    std::string input;
    ValueClass number_class;
    double number;
    ValueClass category_class;
    std::string category;
  };
  const Row rows[] = {
      {"1", kValid, 1, kValid, "1"},
      {"1.0", kValid, 1, kValid, "1.0"},
      {"-0.0", kValid, 0, kValid, "-0.0"},
      {"", kNull, 0, kNull, ""},
      {R"("")", kNull, 0, kNull, ""},
      {R"("2.5")", kValid, 2.5, kValid, "2.5"},
      {"NaN", kNan, 0, kValid, "NaN"},
      {"inf", kPositiveInfinity, 0, kValid, "inf"},
      {"-Infinity", kNegativeInfinity, 0, kValid, "-Infinity"},
      {"abc", kWrongType, 0, kValid, "abc"},
      {" 1", kWrongType, 0, kValid, " 1"},
      {"true", kWrongType, 0, kValid, "true"},
      {R"("a ""quoted"", part")", kWrongType, 0, kValid, R"(a "quoted", part)"},
      {"caf\xe9", kWrongType, 0, kValid, "caf\xe9"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.input);
    const RecordBatch batch = decode_one(csv_plan(), row.input + ",0,,,,,");
    REQUIRE(batch.rows == 1);
    CHECK(batch.numeric_class[kX] == row.number_class);
    if (row.number_class == kValid) CHECK(batch.numeric[kX] == row.number);
    if (row.number_class == kValid) CHECK_FALSE(std::signbit(batch.numeric[kX]));
    if (row.number_class != kValid) CHECK(std::isnan(batch.numeric[kX]));
    CHECK(batch.category_class[kXCategory] == row.category_class);
    CHECK(batch.category[kXCategory] == (row.category_class == kValid ? hash_category(row.category) : 0));
    CHECK(batch.numeric_class[kAmount] == kNull);
  }
}

TEST_CASE("columns are found by name, nested paths by their keys joined") {
  const RecordBatch batch = decode_one(csv_plan(), "1,1970-01-01T00:00:02Z,2,k,,,");
  REQUIRE(batch.rows == 1);
  CHECK(batch.event_time_us[0] == 2'000'000);
  CHECK(batch.numeric[kAmount] == 2);
  CHECK(batch.category[kKindCategory] == hash_category("k"));

  DecodePlan plan = csv_plan();
  plan.csv_header = {"ts", "x", "x"};
  const RecordBatch narrow = decode_one(plan, "0,3,4");
  CHECK(narrow.numeric[kX] == 3);
  CHECK(narrow.numeric_class[kAmount] == kAbsent);
  CHECK(narrow.category_class[kKindCategory] == kAbsent);
}

TEST_CASE("a CSV record is a row or refused with a reason") {
  struct Row {
    std::string name, input, want;
  };
  const Row rows[] = {
      {"a row", "1,0,2,k,1,1,", ""},
      {"too few fields", "1,0,2,k,1,1", "bad_csv"},
      {"too many", "1,0,2,k,1,1,,", "bad_csv"},
      {"empty", "", "bad_csv"},
      {"a quote never closed", "1,0,2,\"k,1,1,", "bad_csv"},
      {"a NUL", std::string("1,0,2,\0,1,1,", 12), "bad_csv"},
      {"no time", "1,,2,k,1,1,", "missing_time"},
      {"a time that is none", "1,yesterday,2,k,1,1,", "bad_time"},
      {"a double as time", "1,0.5,2,k,1,1,", "bad_time"},
      {"future", "1,1500,2,k,1,1,", "future_time"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const RecordBatch batch = decode_one(csv_plan(), row.input, 1000);
    CHECK((batch.rejected.empty() ? "" : reject_name(batch.rejected[0].reason)) == row.want);
  }
  DecodePlan plan = csv_plan();
  plan.csv_header.erase(plan.csv_header.begin() + 1);
  CHECK(decode_one(plan, "1,2,k,1,1,").rejected[0].reason == Reject::kMissingTime);
}

TEST_CASE("in CSV prediction and label compare as numbers when both are") {
  struct Row {
    std::string prediction, label;
    double want;
  };
  const double none = std::nan("");
  const Row rows[] = {{"1", "1.0", 0}, {"1", "2", 1},   {"cat", "cat", 0}, {"cat", "1", 1},
                      {"", "1", none}, {"1", "", none}, {"nan", "nan", 0}};
  for (const Row& row : rows) {
    CAPTURE(row.prediction);
    CAPTURE(row.label);
    const RecordBatch batch = decode_one(csv_plan(), "1,0,2,k," + row.prediction + "," + row.label + ",");
    if (std::isnan(row.want)) CHECK(std::isnan(batch.error[0]));
    if (!std::isnan(row.want)) CHECK(batch.error[0] == row.want);
  }
}

TEST_CASE("CSV ids are texts, and an empty one is none") {
  DecodePlan plan = csv_plan();
  plan.keep_answers = true;
  plan.fields.event_id = "kind";
  CHECK(decode_one(plan, "1,0,2,k,1,0,").event_id[0] == decode_one(plan, "9,5,3,k,0,0,").event_id[0]);
  CHECK(decode_one(plan, "1,0,2,,1,0,").event_id[0].missing());
}

TEST_CASE("CSV batches may be cut anywhere, and cost no allocation in steady state") {
  DecodePlan plan = csv_plan();
  plan.csv_delimiter = ';';
  plan.slots[3].known_hashes = {hash_category("k")};
  std::vector<std::string> payloads;
  for (int i = 0; i < 500; ++i) {
    payloads.push_back(std::to_string(i) + ";" + (i % 7 == 0 ? "" : std::to_string(i)) + ";" + (i % 3 == 0 ? "\"a \"\"b\"\"\"" : "2.5") +
                       (i % 5 == 0 ? ";new;1;1;" : ";k;1;0;"));
  }
  std::vector<Message> messages;
  for (const std::string& payload : payloads) messages.push_back(message(payload, static_cast<std::int64_t>(messages.size())));
  const auto decoder = make_decoder(plan);
  const Dump whole = decode_all(plan, messages, messages.size(), *decoder);
  CHECK(whole.rows.contains("unseen 3=new"));
  CHECK(whole.rejects.contains("missing_time"));
  for (const std::size_t cut : {1, 13, 128}) CHECK((decode_all(plan, messages, cut, *make_decoder(plan)) == whole));
  RecordBatch batch;
  reserve(plan, batch);
  const auto run = [&] {
    for (std::size_t at = 0; at < messages.size();) at += decoder->decode(messages, at, batch);
  };
  run();
  const std::uint64_t before = allocations();
  run();
  CHECK(allocations() == before);
}

}  // namespace driftd
