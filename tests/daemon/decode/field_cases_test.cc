#include "tests/daemon/decode/field_cases.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <memory>

#include "detectors/reference/category_text.h"
#include "detectors/reference/cells.h"
#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {
namespace {

std::string unhex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) out += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  return out;
}

// What one field is expected to be, as a number and as a category.
struct Wanted {
  ValueClass number = ValueClass::kWrongType, category = ValueClass::kWrongType;
  double value = 0;
  std::string text;
};

std::string text_of(double value) {
  CategoryBuffer buffer;
  return std::string(category_text(value, buffer));
}

Wanted wanted(std::string_view kind, const JsonTree& value) {
  using enum ValueClass;
  if (kind == "null") return {kNull, kNull, 0, ""};
  if (kind == "bool") return {kWrongType, kValid, 0, std::get<bool>(value.value) ? "true" : "false"};
  if (kind == "text") return {kWrongType, kValid, 0, *value.text()};
  if (kind == "none") return {};
  if (kind == "absent") return {kAbsent, kAbsent, 0, ""};
  if (value.text() != nullptr)
    return {*value.text() == "nan" ? kNan : *value.text() == "inf" ? kPositiveInfinity : kNegativeInfinity, kWrongType, 0, ""};
  CategoryBuffer buffer;
  if (kind == "int") {
    if (const auto* whole = std::get_if<std::uint64_t>(&value.value))
      return {kValid, kValid, static_cast<double>(*whole), std::string(category_text(*whole, buffer))};
    const auto whole = std::get<std::int64_t>(value.value);
    return {kValid, kValid, static_cast<double>(whole), std::string(category_text(whole, buffer))};
  }
  return {kValid, kValid, value.number(), text_of(value.number())};
}

const JsonTree::Array& fields_of(const FieldCase& each) { return *each.line.find("fields")->array(); }

}  // namespace

std::vector<FieldCase> read_field_cases(const std::string& file) {
  std::ifstream in(std::string(DRIFTD_TESTS_DIR "/conformance/formats/") + file);
  REQUIRE(in);
  std::vector<FieldCase> cases;
  for (std::string text; std::getline(in, text);) {
    auto line = parse_json(text);
    REQUIRE(line);
    FieldCase each{*line->find("schema")->text(), unhex(*line->find("payload")->text()), {}};
    each.line = std::move(*line);
    cases.push_back(std::move(each));
  }
  return cases;
}

DecodePlan plan_of(const FieldCase& each, Format format, const std::vector<SlotType>& types) {
  DecodePlan plan;
  plan.format = format;
  plan.max_payload_bytes = 1 << 20;
  for (const JsonTree& field : fields_of(each)) {
    for (const SlotType type : types) add_slot(plan, *(*field.array())[0].text(), type);
  }
  return plan;
}

std::string difference(const FieldCase& each, const DecodePlan& plan, const RecordBatch& batch) {
  for (const JsonTree& row : fields_of(each)) {
    const JsonTree::Array& field = *row.array();
    const Wanted want = wanted(*field[1].text(), field[2]);
    for (const Slot& slot : plan.slots) {
      if (slot.path != *field[0].text()) continue;
      const std::size_t at = slot.column * kColumnStride;
      const bool numeric = slot.type == SlotType::kNumeric;
      const ValueClass got = (numeric ? batch.numeric_class : batch.category_class)[at];
      const bool equal = numeric ? batch.numeric[at] == want.value : batch.category[at] == hash_category(want.text);
      const ValueClass wanted_class = numeric ? want.number : want.category;
      if (got == wanted_class && (equal || got != ValueClass::kValid)) continue;
      return slot.path + ": " + *field[1].text() + " became " + (numeric ? "number" : "category") + " class " +
             std::to_string(static_cast<int>(got));
    }
  }
  return {};
}

std::string framed(const WriterSchema& schema, std::string_view body) {
  std::string out(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(static_cast<std::uint32_t>(schema.id) >> shift);
  return out + std::string(body);
}

RecordBatch decode_messages(const DecodePlan& plan, const std::vector<Message>& messages) {
  RecordBatch batch;
  reserve(plan, batch);
  REQUIRE(make_decoder(plan)->decode(messages, 0, batch) == messages.size());
  return batch;
}

RecordBatch decode_framed(const DecodePlan& plan, const WriterSchema& schema, std::string_view body) {
  const std::string payload = framed(schema, body);
  Message only = message(payload, 0, 1'000'000);
  only.schema = &schema;
  return decode_messages(plan, {only});
}

}  // namespace driftd
