// Records as lines, of which speculation learns one from another: both readings of JSON give the same columns in every bit, all
// parsers that we have agree what JSON is, and a good record behind each line is counted.
#include <cstring>
#include <memory>
#include <sstream>

#include "daemon/decode/json_flatten.h"
#include "daemon/decode/json_tree.h"
#include "detectors/reference/cells.h"
#include "tests/daemon/decode/json_differential.h"
#include "tests/fuzz/target.h"

namespace driftd::fuzz {
namespace {

constexpr std::string_view kGood = R"({"id":"g","ts":1000,"x":1.5,"kind":"web","p":1,"y":0})";

DecodePlan make_plan() {
  DecodePlan plan;
  plan.fields.event_time = "ts";
  plan.fields.event_id = "id";
  plan.fields.prediction = "p";
  plan.fields.label = "y";
  plan.max_future_us = 3'600'000'000;
  plan.max_payload_bytes = 1 << 20;
  plan.answers = PerformanceRule{Task::kBinary, 0.5, true};
  plan.keep_answers = true;
  plan.slots = {{"x", SlotType::kNumeric, 0, {}},
                {"pay.amount", SlotType::kNumeric, 1, {}},
                {"x", SlotType::kCategorical, 0, {}},
                {"kind", SlotType::kCategorical, 1, {hash_category("web")}},
                {"pay", SlotType::kCategorical, 2, {}}};
  return plan;
}

// A copy that ends where the record does: reading behind it is seen.
struct Exact {
  explicit Exact(std::string_view text) : bytes(std::make_unique<char[]>(text.size())), size(text.size()) {
    if (size > 0) std::memcpy(bytes.get(), text.data(), size);
  }
  std::string_view view() const { return {bytes.get(), size}; }
  std::unique_ptr<char[]> bytes;
  std::size_t size;
};

// Whether the record is a JSON object, by the road that the daemon takes; the good record behind it has to become a row.
bool decodes(Decoder& decoder, std::string_view record, RecordBatch& batch) {
  const Message messages[] = {{0, 2'000'000, record, {}, false}, {1, 2'000'000, kGood, {}, false}};
  require(decoder.decode(messages, 0, batch) == 2, "every record is consumed");
  require(batch.rows > 0 && batch.offset[batch.rows - 1] == 1, "the record behind is counted");
  require(batch.rows + batch.rejected.size() == 2, "a record is a row or rejected");
  if (batch.rejected.empty()) return true;
  return batch.rejected[0].reason != Reject::kMalformed && batch.rejected[0].reason != Reject::kNotObject;
}

void parsers_agree(std::string_view record, bool is_object) {
  static JsonFlattener flattener;
  const bool flat = !flattener.flatten(record).has_value();
  require(flat == is_object, "the flattener and the decoder agree what a record is");
  const auto tree = parse_json(record);
  require((tree && tree->object() != nullptr) == is_object, "the tree and the decoder agree what a record is");
  if (!tree) return;
  JsonWriter first, second;
  write_json(first, *tree);
  const auto again = parse_json(first.text());
  require(again.has_value(), "what the tree writes is JSON");
  write_json(second, *again);
  require(first.text() == second.text(), "a tree is written as it was read");
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> out;
  std::istringstream suite(read_file(DRIFTD_TESTS_DIR "/conformance/poison.tsv"));
  for (std::string line; std::getline(suite, line);) out.push_back(line.substr(line.rfind('\t') + 1) + "\n" + std::string(kGood));
  return out;
}

void try_input(std::string_view input) {
  static const DecodePlan plan = make_plan();
  const auto decoder = make_json_decoder(plan);
  RecordBatch batch;
  reserve(plan, batch);
  JsonDifferential scalar(plan, Simd::kScalar), widest(plan);
  while (!input.empty()) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    const Exact record(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
    require(scalar.compare(record.view()).empty(), "speculation reads what the DOM reads");
    require(widest.compare(record.view()).empty(), "speculation with wide registers reads what the DOM reads");
    parsers_agree(record.view(), decodes(*decoder, record.view(), batch));
  }
}

}  // namespace driftd::fuzz
