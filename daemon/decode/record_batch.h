// OUT of decode: up to kBatchRows records as columns, in offset order. Shard thread.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/performance/answer.h"
#include "detectors/reference/value_class.h"

namespace driftd {

inline constexpr std::size_t kBatchRows = 128;
inline constexpr std::size_t kUnseenNameBytes = 128;
inline constexpr std::size_t kColumnStride = kBatchRows + 8;  // never a power of two (performance 5.3)

// Why a record reached no window. Closed list: the metric label and the dead letter's reason. Saved counts go by number: new ones last.
enum class Reject : std::uint8_t {
  kTombstone,
  kTooLarge,     // payload over engine.max_payload
  kMalformed,    // not valid JSON (bad_json)
  kNotObject,    // valid JSON, but not an object
  kMissingTime,  // the event-time field is absent or null, or the record has no timestamp
  kBadTime,      // the event-time field is neither RFC 3339 nor an integer, or out of range
  kFutureTime,   // later than record time + max_future
  kBadCsv,       // not a CSV record with the columns of the header
  kBadFrame,     // does not begin as a schema registry's clients begin a record (0x00 and the schema's id)
  kBadSchema,    // the registry has no such schema, or it cannot be used for the stream's format
  kBadAvro,      // not what its schema says
  kBadProtobuf,  // likewise
};
inline constexpr std::size_t kRejects = 12;
// As on the wire: tombstone, too_large, bad_json, not_object, missing_time, bad_time, future_time, bad_csv, bad_frame,
// bad_schema, bad_avro, bad_protobuf.
std::string_view reject_name(Reject reject);

// What a slot holds. The same path may be read as both types by different monitors: two slots.
enum class SlotType : std::uint8_t { kNumeric, kCategorical };

struct RejectedRecord {
  std::uint32_t message;  // index into MessageBatch::messages
  Reject reason;
};

// A category that no monitor's reference knows, kept so that it can be named.
struct UnseenCategory {
  std::uint16_t row;
  std::uint16_t slot;     // index into DecodePlan::slots
  std::string_view name;  // the first kUnseenNameBytes, whole characters of UTF-8; lives until the next clear()
};

// XXH3_128bits of an event id's text; a number's text is its shortest one, so 7 and "7" are the same id. Zero: the record has none.
struct EventId {
  std::uint64_t high = 0, low = 0;
  bool missing() const { return (high | low) == 0; }
  friend auto operator<=>(const EventId&, const EventId&) = default;
};

// Slot-major columns with a padded stride; cell (slot, row) is at slot * kColumnStride + row.
// A value that is not kValid holds NaN (numeric) or 0 (category). Not to be copied: `unseen` points into `unseen_names`.
struct RecordBatch {
  std::uint32_t rows = 0;
  std::array<std::int64_t, kBatchRows> offset;
  std::array<std::int64_t, kBatchRows> event_time_us;
  std::array<std::int64_t, kBatchRows> record_time_us;
  std::vector<double> numeric;          // numeric slots, by SlotId::column
  std::vector<std::uint64_t> category;  // categorical slots, by SlotId::column: hash_category of the bytes
  std::vector<ValueClass> numeric_class;
  std::vector<ValueClass> category_class;
  std::array<double, kBatchRows> error;  // loss of the row by DecodePlan::answers; NaN: prediction or label is missing
  // For streams that are joined by event id (DecodePlan::keep_answers), else empty.
  std::vector<EventId> event_id;
  std::vector<Answer> prediction, label;
  std::vector<UnseenCategory> unseen;  // by row; at most one a row and slot, so independent of how batches are cut
  std::vector<char> unseen_names;      // capacity is reserved once: the views of `unseen` stay
  std::vector<RejectedRecord> rejected;
};

void clear(RecordBatch& batch);                         // no rows, every value absent; keeps all memory
void clear_row(RecordBatch& batch, std::uint32_t row);  // the last row begun, as if it had never been written

}  // namespace driftd
