#include "daemon/cli/tap_record.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

// Every category is to be named, not only those that no reference knows.
DecodePlan naming_all(DecodePlan plan) {
  for (Slot& slot : plan.slots) {
    if (slot.type == SlotType::kCategorical) slot.known_hashes = {0};  // no category hashes to 0 in practice; an empty list names none
  }
  return plan;
}

std::string_view class_name(ValueClass value_class) {
  constexpr std::array<std::string_view, kValueClasses> kNames{"valid",     "absent", "null", "nan", "infinite", "negative_infinite",
                                                               "wrong_type"};
  return kNames[static_cast<std::size_t>(value_class)];
}

void write_place(JsonWriter& json, const TopicPartition& id, std::int64_t offset) {
  json.begin_object().field("topic", id.topic).field("partition", id.partition).field("offset", offset);
}

std::string reject_line(const TopicPartition& id, std::int64_t offset, Reject reason) {
  JsonWriter json;
  write_place(json, id, offset);
  return json.field("reject", reject_name(reason)).end_object().take();
}

void write_time(JsonWriter& json, std::int64_t time_us) {
  json.key("time");
  const bool printable = time_us >= kMinEventTime && time_us <= kMaxEventTime;
  printable ? json.string(format_event_time(time_us)) : json.null();
}

std::string_view category_of(const RecordBatch& rows, std::uint32_t row, std::uint32_t slot) {
  const auto named = std::ranges::find_if(rows.unseen, [&](const UnseenCategory& each) { return each.row == row && each.slot == slot; });
  return named == rows.unseen.end() ? std::string_view() : named->name;
}

ValueClass class_of(const RecordBatch& rows, const FieldPlan& field, std::uint32_t row) {
  if (field.from == FieldSource::kNumeric) return rows.numeric_class[field.column * kColumnStride + row];
  if (field.from == FieldSource::kCategory) return rows.category_class[field.column * kColumnStride + row];
  return std::isnan(rows.error[row]) ? ValueClass::kAbsent : ValueClass::kValid;
}

}  // namespace

TapRecords::TapRecords(const EnginePlan& plan)
    : plan_(plan),
      decode_(naming_all(plan.streams[plan.panes.front().stream].decode)),
      decoder_(make_decoder(decode_)),
      segments_(plan.panes.front().segments),
      segment_of_(kBatchRows) {
  reserve(decode_, rows_);
}

void TapRecords::write_values(JsonWriter& json, std::uint32_t row) const {
  const auto& fields = plan_.panes.front().fields;
  const auto& features = plan_.monitors.front().features;
  std::vector<std::pair<std::string_view, std::string_view>> invalid;
  json.key("values").begin_object();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const FieldPlan& field = fields[i];
    const std::string_view name = features[i].reference->name;
    json.key(name);
    const ValueClass value_class = class_of(rows_, field, row);
    if (value_class != ValueClass::kValid) {
      json.null();
      invalid.emplace_back(name, class_name(value_class));
    } else if (field.from == FieldSource::kCategory) {
      json.string(category_of(rows_, row, field.slot));
    } else {
      json.number(field.from == FieldSource::kNumeric ? rows_.numeric[field.column * kColumnStride + row] : rows_.error[row]);
    }
  }
  json.end_object();
  if (invalid.empty()) return;
  json.key("invalid").begin_object();
  for (const auto& [name, why] : invalid) json.field(name, why);
  json.end_object();
}

std::string TapRecords::row_line(const TopicPartition& id, std::uint32_t row) const {
  JsonWriter json;
  write_place(json, id, rows_.offset[row]);
  write_time(json, rows_.event_time_us[row]);
  json.field("segment", plan_.monitors.front().segments[segment_of_[row]]);
  write_values(json, row);
  return json.end_object().take();
}

std::vector<std::string> TapRecords::lines(const TopicPartition& id, const MessageBatch& batch) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < batch.messages.size();) {
    const std::size_t end = at + decoder_->decode(batch.messages, at, rows_);
    segments_.find(rows_, segment_of_.data());
    auto rejected = rows_.rejected.begin();
    for (std::uint32_t row = 0; at < end; ++at) {
      const bool refused = rejected != rows_.rejected.end() && rejected->message == at;
      lines.push_back(refused ? reject_line(id, batch.messages[at].offset, rejected->reason) : row_line(id, row));
      refused ? static_cast<void>(++rejected) : static_cast<void>(++row);
    }
  }
  return lines;
}

}  // namespace driftd
