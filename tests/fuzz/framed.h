// What the fuzzers of formats with a schema share: an input is a schema, a NUL and the body of a record of it.
#pragma once

#include <cstring>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/decode/decoder.h"
#include "daemon/decode/json_tree.h"
#include "tests/fuzz/target.h"

namespace driftd::fuzz {

inline std::string from_hex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) out += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  return out;
}

// Records that other programs wrote: tests/conformance/formats.
inline std::vector<std::string> seeds_of(const std::string& file) {
  std::vector<std::string> out;
  std::istringstream lines(read_file(DRIFTD_TESTS_DIR "/conformance/formats/" + file));
  for (std::string line; std::getline(lines, line);) {
    const auto each = parse_json(line);
    require(each.has_value(), "a case is JSON");
    const std::string seed = *each->find("schema")->text() + '\0' + (file == "protobuf.jsonl" ? std::string(1, '\0') : "") +
                             from_hex(*each->find("payload")->text());
    if (seed.size() < 2048) out.push_back(seed);
  }
  return out;
}

inline std::string frame(int id, std::string_view body) {
  return std::string{'\0', '\0', '\0', '\0', static_cast<char>(id)} + std::string(body);
}

struct GoodRecord {
  const WriterSchema& schema;  // of id 2
  std::string body;
};

inline DecodePlan framed_plan(Format format) {
  DecodePlan plan;
  plan.format = format;
  plan.max_payload_bytes = 1 << 20;
  plan.fields.prediction = "f1";
  plan.fields.label = "f2";
  plan.fields.event_id = "f3";
  plan.keep_answers = true;
  std::uint32_t column = 0;
  for (const char* path : {"f0", "f1", "f2", "f0.f0", "f1.f1", "f2.f2.f2", "f21"}) {
    plan.slots.push_back({path, SlotType::kNumeric, column, {}});
    plan.slots.push_back({path, SlotType::kCategorical, column++, {1}});
  }
  return plan;
}

inline void try_framed(std::string_view input, Format format, const GoodRecord& good) {
  static const DecodePlan plan = framed_plan(format);
  const std::size_t end = input.find('\0');
  const SchemaType type = format == Format::kAvro ? SchemaType::kAvro : SchemaType::kProtobuf;
  const WriterSchema schema{1, type, std::string(input.substr(0, end)), {}};
  const std::string body(end == std::string_view::npos ? std::string_view() : input.substr(end + 1));
  // A copy that ends where the record does: reading behind it is seen.
  const std::string framed = frame(1, body), behind = frame(2, good.body);
  const auto exact = std::make_unique<char[]>(framed.size());
  std::memcpy(exact.get(), framed.data(), framed.size());
  std::vector<Message> messages{{0, 2'000'000, {exact.get(), framed.size()}, {}, false, &schema},
                                {1, 2'000'000, behind, {}, false, &good.schema}};
  RecordBatch batch;
  reserve(plan, batch);
  const auto decoder = make_decoder(plan);
  require(decoder->decode(messages, 0, batch) == 2, "every record is consumed");
  require(batch.rows > 0 && batch.offset[batch.rows - 1] == 1, "the record behind is counted");
  require(batch.rows + batch.rejected.size() == 2, "a record is a row or rejected");
}

}  // namespace driftd::fuzz
