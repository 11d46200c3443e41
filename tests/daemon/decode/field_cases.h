// Records that other programs wrote, with what their fields are: tests/conformance/formats.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/decode/decoder.h"
#include "daemon/decode/json_tree.h"

namespace driftd {

struct FieldCase {
  std::string schema, payload;
  JsonTree line;  // the whole case; its `fields` are [path, kind, value]
};
std::vector<FieldCase> read_field_cases(const std::string& file);

// Every path of the case as a number and as a category.
DecodePlan plan_of(const FieldCase& each, Format format, const std::vector<SlotType>& types = {SlotType::kNumeric, SlotType::kCategorical});

// "" if and only if row 0 holds what the case says; else the first path that differs.
std::string difference(const FieldCase& each, const DecodePlan& plan, const RecordBatch& batch);

std::string framed(const WriterSchema& schema, std::string_view body);
RecordBatch decode_messages(const DecodePlan& plan, const std::vector<Message>& messages);
RecordBatch decode_framed(const DecodePlan& plan, const WriterSchema& schema, std::string_view body);

}  // namespace driftd
