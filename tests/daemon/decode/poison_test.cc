#include "tests/daemon/decode/poison.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include "daemon/decode/decoder.h"
#include "daemon/decode/json_flatten.h"
#include "daemon/runtime/json_writer.h"
#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {
namespace {

const char* const kSuite = "json_test_suite.tsv";
const char* const kPoison = "poison.tsv";

// The record's own time counts, so that any object is a row; `x` is numeric.
DecodePlan poison_plan() {
  DecodePlan plan = test_plan();
  plan.fields.event_time.clear();
  return plan;
}

Message message_of(const PoisonRow& row, std::int64_t offset = 0) {
  Message made = message(row.bytes ? std::string_view(*row.bytes) : std::string_view(), offset, 1'000'000);
  made.tombstone = !row.bytes;
  return made;
}

std::string x_of(const RecordBatch& batch, std::uint32_t row) {
  static constexpr const char* kNames[] = {"", "absent", "null", "nan", "infinity", "-infinity", "wrong_type"};
  if (batch.numeric_class[row] != ValueClass::kValid) return kNames[static_cast<std::size_t>(batch.numeric_class[row])];
  std::string number;
  append_json_number(number, batch.numeric[row]);
  return number;
}

// A decoder that has seen a few hundred good records, and so guesses what the next one looks like.
std::unique_ptr<Decoder> warm_decoder(const DecodePlan& plan, RecordBatch& batch) {
  auto decoder = make_decoder(plan);
  const std::vector<Message> good(300, message(R"({"x":1.5,"unread":2,"kind":"k","pay":{"amount":3}})", 0, 1'000'000));
  for (std::size_t at = 0; at < good.size();) at += decoder->decode(good, at, batch);
  return decoder;
}

// What becomes of one record: "row" and x, or the reason.
std::string verdict(Decoder& decoder, RecordBatch& batch, const Message& one) {
  CHECK(decoder.decode({&one, 1}, 0, batch) == 1);
  REQUIRE(batch.rows + batch.rejected.size() == 1);
  return batch.rows == 1 ? "row " + x_of(batch, 0) : std::string(reject_name(batch.rejected[0].reason));
}

std::string fresh_verdict(const Message& one) {
  const DecodePlan plan = poison_plan();
  RecordBatch batch;
  reserve(plan, batch);
  return verdict(*make_decoder(plan), batch, one);
}

}  // namespace

TEST_CASE("JSONTestSuite: 95 of 95 are accepted, 188 of 188 refused, and of the open 35 three") {
  const DecodePlan plan = poison_plan();
  RecordBatch batch;
  reserve(plan, batch);
  const auto warm = warm_decoder(plan, batch);
  std::map<std::string, int> counts;
  for (const PoisonRow& row : poison_rows(kSuite)) {
    CAPTURE(row.name);
    const char kind = row.name.at(0);
    const bool well_formed = row.want != "bad_json";
    CHECK((kind == 'i' || well_formed == (kind == 'y')));
    ++counts[kind + std::string(well_formed ? " accepted" : " refused")];
    CHECK(fresh_verdict(message_of(row)) == row.want);
    CHECK(verdict(*warm, batch, message_of(row)) == row.want);
    // As a value of a field that nobody reads, and of one that is read, the same text is as good or as bad.
    for (const char* field : {"unread", "x"}) {
      const std::string record = R"({"x":1.5,")" + std::string(field) + R"(":)" + *row.bytes + "}";
      CHECK(verdict(*warm, batch, message(record, 0, 1'000'000)) == (well_formed ? "row 1.5" : "bad_json"));
    }
  }
  CHECK(counts == std::map<std::string, int>{{"y accepted", 95}, {"n refused", 188}, {"i accepted", 3}, {"i refused", 32}});
}

TEST_CASE("every poison has its reason, whatever came before") {
  const DecodePlan plan = poison_plan();
  RecordBatch batch;
  reserve(plan, batch);
  const auto warm = warm_decoder(plan, batch);
  for (const PoisonRow& row : poison_rows(kPoison)) {
    CAPTURE(row.name);
    CHECK(fresh_verdict(message_of(row)) == row.want);
    CHECK(verdict(*warm, batch, message_of(row)) == row.want);
  }
}

TEST_CASE("rows of files are read by the same rules") {
  for (const char* file : {kSuite, kPoison}) {
    for (const PoisonRow& row : poison_rows(file)) {
      if (!row.bytes || row.want == "too_large") continue;
      CAPTURE(row.name);
      CHECK(JsonFlattener().flatten(*row.bytes).has_value() == !row.is_row());
    }
  }
}

TEST_CASE("the README has every reason, and counts the tables right") {
  std::ifstream file(DRIFTD_SOURCE_DIR "/README.md");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  for (std::size_t reason = 0; reason < kRejects; ++reason) {
    const std::string row = "\n| `" + std::string(reject_name(static_cast<Reject>(reason))) + "` | ";
    CAPTURE(row);
    CHECK(text.contains(row));
  }
  CHECK(text.contains("with " + std::to_string(poison_rows(kPoison).size()) + " other records"));
}

TEST_CASE("good records beside poison are all counted, and each poison is refused once") {
  std::vector<PoisonRow> poison = poison_rows(kSuite), more = poison_rows(kPoison);
  poison.insert(poison.end(), more.begin(), more.end());
  std::vector<std::string> good;
  std::vector<Message> messages;
  std::map<std::int64_t, std::string> want;  // by offset: the reason, or the verdict on a good record
  good.reserve(poison.size());
  for (const PoisonRow& row : poison) {
    good.push_back(R"({"x":)" + std::to_string(good.size()) + R"(,"kind":"k","pay":{"amount":3}})");
    messages.push_back(message(good.back(), static_cast<std::int64_t>(messages.size()), 1'000'000));
    messages.push_back(message_of(row, static_cast<std::int64_t>(messages.size())));
    want[messages.back().offset] = row.want;
    want[messages.back().offset - 1] = "row " + std::to_string(good.size() - 1);
  }
  const DecodePlan plan = poison_plan();
  RecordBatch batch;
  reserve(plan, batch);
  const auto decoder = make_decoder(plan);
  std::map<std::int64_t, std::string> got;
  for (std::size_t at = 0; at < messages.size();) {
    at += decoder->decode(messages, at, batch);
    for (std::uint32_t row = 0; row < batch.rows; ++row) CHECK(got.emplace(batch.offset[row], "row " + x_of(batch, row)).second);
    for (const RejectedRecord& rejected : batch.rejected) {
      CHECK(got.emplace(messages[rejected.message].offset, reject_name(rejected.reason)).second);
    }
  }
  CHECK(got == want);
}

}  // namespace driftd
