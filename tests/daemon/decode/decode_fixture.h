// What the tests of decoders share: short plans, messages from text, and a text of rows that is equal if and only if all bits are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/decode/decoder.h"

namespace driftd {

// `x` and `pay.amount` numeric, `x` and `kind` categorical; event time in `ts`, prediction in `p`, label in `y`.
DecodePlan test_plan();
void add_slot(DecodePlan& plan, std::string path, SlotType type);

Message message(std::string_view payload, std::int64_t offset = 0, std::int64_t record_time_us = kNoTime);

// Decodes one record into a batch of its own.
RecordBatch decode_one(const DecodePlan& plan, std::string_view payload, std::int64_t record_time_us = kNoTime);

// Every column and unseen name of every row; every reject. Independent of how batches are cut.
struct Dump {
  std::string rows, rejects;
  friend bool operator==(const Dump&, const Dump&) = default;
};
void append(Dump& dump, const DecodePlan& plan, const RecordBatch& batch, const std::vector<Message>& messages);
// All messages, at most `cut` at a time.
Dump decode_all(const DecodePlan& plan, const std::vector<Message>& messages, std::size_t cut, Decoder& decoder);

}  // namespace driftd
