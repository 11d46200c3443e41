#include "tests/daemon/decode/decode_fixture.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace driftd {

DecodePlan test_plan() {
  DecodePlan plan;
  plan.fields.event_time = "ts";
  plan.fields.prediction = "p";
  plan.fields.label = "y";
  plan.max_future_us = 1'000'000;
  plan.max_payload_bytes = 1 << 20;
  add_slot(plan, "x", SlotType::kNumeric);
  add_slot(plan, "pay.amount", SlotType::kNumeric);
  add_slot(plan, "x", SlotType::kCategorical);
  add_slot(plan, "kind", SlotType::kCategorical);
  return plan;
}

void add_slot(DecodePlan& plan, std::string path, SlotType type) {
  const std::size_t column = type == SlotType::kNumeric ? plan.numeric_columns() : plan.category_columns();
  plan.slots.push_back({std::move(path), type, static_cast<std::uint32_t>(column), {}});
}

Message message(std::string_view payload, std::int64_t offset, std::int64_t record_time_us) {
  Message made;
  made.offset = offset;
  made.record_time_us = record_time_us;
  made.payload = payload;
  return made;
}

RecordBatch decode_one(const DecodePlan& plan, std::string_view payload, std::int64_t record_time_us) {
  RecordBatch batch;
  reserve(plan, batch);
  const Message one = message(payload, 0, record_time_us);
  CHECK(make_decoder(plan)->decode({&one, 1}, 0, batch) == 1);
  CHECK(batch.rows + batch.rejected.size() == 1);
  return batch;
}

void append(Dump& dump, const DecodePlan& plan, const RecordBatch& batch, const std::vector<Message>& messages) {
  for (std::uint32_t row = 0; row < batch.rows; ++row) {
    dump.rows += fmt::format("{} {} {} {:x}", batch.offset[row], batch.event_time_us[row], batch.record_time_us[row],
                             std::bit_cast<std::uint64_t>(batch.error[row]));
    for (std::size_t at = row; at < plan.numeric_columns() * kColumnStride; at += kColumnStride) {
      dump.rows += fmt::format(" {}:{:x}", static_cast<int>(batch.numeric_class[at]), std::bit_cast<std::uint64_t>(batch.numeric[at]));
    }
    for (std::size_t at = row; at < plan.category_columns() * kColumnStride; at += kColumnStride) {
      dump.rows += fmt::format(" {}:{:x}", static_cast<int>(batch.category_class[at]), batch.category[at]);
    }
    for (const UnseenCategory& unseen : batch.unseen) {
      if (unseen.row == row) dump.rows += fmt::format(" unseen {}={}", unseen.slot, unseen.name);
    }
    dump.rows += '\n';
  }
  for (const RejectedRecord& rejected : batch.rejected) {
    dump.rejects += fmt::format("{} {}\n", messages[rejected.message].offset, reject_name(rejected.reason));
  }
}

Dump decode_all(const DecodePlan& plan, const std::vector<Message>& messages, std::size_t cut, Decoder& decoder) {
  RecordBatch batch;
  reserve(plan, batch);
  Dump dump;
  for (std::size_t start = 0; start < messages.size(); start += cut) {
    const auto part = std::span(messages).first(std::min(start + cut, messages.size()));
    for (std::size_t at = start; at < part.size();) {
      at += decoder.decode(part, at, batch);
      append(dump, plan, batch, messages);
    }
  }
  return dump;
}

}  // namespace driftd
