// bytes -> columns. Thread: one shard; a decoder is not shared. No allocation per record in steady state.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/decode/record_batch.h"
#include "daemon/source/message.h"

namespace driftd {

// One field to be read. `column` counts within its type: the n-th numeric or n-th categorical slot.
struct Slot {
  std::string path;  // dotted; `\.` escapes a dot
  SlotType type = SlotType::kNumeric;
  std::uint32_t column = 0;
  // Categorical: sorted hashes known to every monitor of the slot; a value outside is reported in RecordBatch::unseen.
  // Empty: no value is reported (a column that only names segments).
  std::vector<std::uint64_t> known_hashes;
};

struct DecodePlan {
  Format format = Format::kJson;
  StreamConfig::Fields fields;
  std::int64_t max_future_us = 0;
  std::uint64_t max_payload_bytes = 0;
  std::optional<PerformanceRule> answers;  // how prediction and label of one record are compared; nullopt: by their texts
  bool keep_answers = false;               // RecordBatch::event_id, prediction and label are wanted
  std::vector<Slot> slots;                 // unique by (path, type)
  std::size_t numeric_columns() const;
  std::size_t category_columns() const;
  std::vector<std::string> csv_header;  // format csv: the columns of the file
  char csv_delimiter = ',';
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  // Decodes messages[from...] until the batch is full or the messages end; returns how many messages were consumed.
  // Rejected ones are listed in batch.rejected, the others are rows in order. Clears the batch first.
  virtual std::size_t decode(std::span<const Message> messages, std::size_t from, RecordBatch& batch) = 0;
};

std::unique_ptr<Decoder> make_decoder(const DecodePlan& plan);
void reserve(const DecodePlan& plan, RecordBatch& batch);  // sizes the columns once

}  // namespace driftd
