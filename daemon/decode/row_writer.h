// Writes one record after another as rows of a batch: what a value means once its text is understood, the same for every format.
// Shard thread; one object a decoder. No allocation per record in steady state.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/decode/decoder.h"
#include "detectors/reference/category_text.h"

namespace driftd {

// Hashes that need no report. Open addressing; cost O(1).
class KnownHashes {
 public:
  KnownHashes() = default;
  explicit KnownHashes(const std::vector<std::uint64_t>& hashes);
  bool contains(std::uint64_t hash) const;
  bool empty() const { return table_.empty(); }

 private:
  std::size_t home(std::uint64_t hash) const { return hash & (table_.size() - 1); }
  std::vector<std::uint64_t> table_;  // 0 = free
  bool zero_ = false;                 // whether the hash 0 is known
};

// A prediction, a label or an id while its record is read.
class AnswerReader {
 public:
  void clear() { kind_ = Kind::kNone; }
  void set_text(std::string_view text);  // the bytes stay until the row is finished
  void set(double x);
  void set(std::int64_t x);
  void set(std::uint64_t x);
  static double error(AnswerReader& prediction, AnswerReader& label);  // 1: they differ, 0: equal; NaN: one of them is missing
  Answer answer();
  EventId event_id();

 private:
  using Kind = Answer::Kind;
  std::string_view text();  // the text of a number is made only when it is needed
  Kind kind_ = Kind::kNone;
  double number_ = 0;
  std::string_view text_;
  CategoryBuffer buffer_;
};

class RowWriter {
 public:
  explicit RowWriter(const DecodePlan& plan);

  void start(RecordBatch& batch);  // begins row batch.rows, all absent

  void number(std::uint32_t column, double value) {  // finite
    numeric_[column * kColumnStride] = value + 0.0;  // -0.0 becomes 0.0
    numeric_class_[column * kColumnStride] = ValueClass::kValid;
  }
  void no_number(std::uint32_t column, ValueClass why) {
    numeric_[column * kColumnStride] = std::numeric_limits<double>::quiet_NaN();
    numeric_class_[column * kColumnStride] = why;
  }
  void category(std::uint32_t column, std::string_view bytes);
  void no_category(std::uint32_t column, ValueClass why) { category_class_[column * kColumnStride] = why; }
  void event_time(std::int64_t time_us) { time_us_ = time_us, time_problem_ = std::nullopt; }
  void no_event_time(Reject why) { time_problem_ = why; }
  AnswerReader& prediction() { return prediction_; }
  AnswerReader& label() { return label_; }
  AnswerReader& event_id() { return event_id_; }

  // Closes the row and counts it, or says why there is none; then the next start() begins the same row again.
  std::optional<Reject> finish(const Message& message);
  Reject discard(Reject why);  // gives up the row begun

 private:
  double error();
  std::optional<Reject> time_reject(const Message& message) const;
  void note_unseen(std::uint32_t column, std::string_view bytes);

  bool record_time_only_, keep_answers_;
  std::int64_t max_future_us_;
  std::optional<AnswerScale> answers_;         // where the texts do not say it all
  std::vector<KnownHashes> known_;             // by category column
  std::vector<std::uint16_t> category_slots_;  // category column -> index into DecodePlan::slots

  RecordBatch* batch_ = nullptr;
  std::uint32_t row_ = 0;
  // First cell of the row in each block of columns.
  double* numeric_ = nullptr;
  std::uint64_t* category_ = nullptr;
  ValueClass* numeric_class_ = nullptr;
  ValueClass* category_class_ = nullptr;
  std::int64_t time_us_ = 0;
  std::optional<Reject> time_problem_;
  AnswerReader prediction_, label_, event_id_;
};

inline constexpr std::size_t kMessagesAhead = 4;

// The loop of every decoder: decode_record(message) for messages[from...] until the batch is full; what Decoder::decode promises.
template <class DecodeRecord>
std::size_t fill_batch(std::span<const Message> messages, std::size_t from, std::uint64_t max_payload_bytes, RecordBatch& batch,
                       DecodeRecord decode_record) {
  clear(batch);
  std::size_t at = from;
  for (; at < messages.size() && batch.rows < kBatchRows; ++at) {
    const Message& message = messages[at];
    if (at + kMessagesAhead < messages.size()) {
      const std::string_view ahead = messages[at + kMessagesAhead].payload;
      for (std::size_t byte = 0; byte < ahead.size(); byte += 64) __builtin_prefetch(ahead.data() + byte);
    }
    std::optional<Reject> reject;
    if (message.tombstone) {
      reject = Reject::kTombstone;
    } else if (message.payload.size() > max_payload_bytes) {
      reject = Reject::kTooLarge;
    } else {
      reject = decode_record(message);
    }
    if (reject) batch.rejected.push_back({static_cast<std::uint32_t>(at), *reject});
  }
  return at - from;
}

}  // namespace driftd
