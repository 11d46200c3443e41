#include "daemon/decode/row_writer.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "daemon/runtime/event_time.h"
#include "detectors/reference/cells.h"

namespace driftd {
namespace {

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53: up to here an integer is a double without loss

// The longest start of at most kUnseenNameBytes that ends with a whole character.
std::string_view name_start(std::string_view bytes) {
  if (bytes.size() <= kUnseenNameBytes) return bytes;
  std::size_t end = kUnseenNameBytes;
  while (end > 0 && (static_cast<unsigned char>(bytes[end]) & 0xC0) == 0x80) --end;
  return bytes.substr(0, end);
}

}  // namespace

KnownHashes::KnownHashes(const std::vector<std::uint64_t>& hashes) {
  if (hashes.empty()) return;
  table_.resize(std::bit_ceil(2 * hashes.size()));
  for (const std::uint64_t hash : hashes) {
    zero_ = zero_ || hash == 0;
    std::size_t at = home(hash);
    while (table_[at] != 0 && table_[at] != hash) at = home(at + 1);
    table_[at] = hash;
  }
}

bool KnownHashes::contains(std::uint64_t hash) const {
  if (hash == 0) return zero_;
  for (std::size_t at = home(hash); table_[at] != 0; at = home(at + 1)) {
    if (table_[at] == hash) return true;
  }
  return false;
}

void AnswerReader::set_text(std::string_view text) {
  kind_ = Kind::kText;
  text_ = text;
}

void AnswerReader::set(double x) {
  kind_ = Kind::kNumber;
  number_ = x;
}

void AnswerReader::set(std::int64_t x) {
  if (std::fabs(static_cast<double>(x)) < kExactIntegers) return set(static_cast<double>(x));
  set_text(category_text(x, buffer_));
}

void AnswerReader::set(std::uint64_t x) {
  if (static_cast<double>(x) < kExactIntegers) return set(static_cast<double>(x));
  set_text(category_text(x, buffer_));
}

std::string_view AnswerReader::text() { return kind_ == Kind::kNumber ? category_text(number_, buffer_) : text_; }

double AnswerReader::error(AnswerReader& prediction, AnswerReader& label) {
  if (prediction.kind_ == Kind::kNone || label.kind_ == Kind::kNone) return std::numeric_limits<double>::quiet_NaN();
  const bool numbers = prediction.kind_ == Kind::kNumber && label.kind_ == Kind::kNumber;
  const bool equal = numbers ? prediction.number_ == label.number_ : prediction.text() == label.text();
  return equal ? 0.0 : 1.0;
}

Answer AnswerReader::answer() {
  Answer answer{kind_, 0, 0};
  if (kind_ == Kind::kNumber) answer.number = number_;
  if (kind_ == Kind::kText) answer.text_hash = hash_category(text_);
  return answer;
}

EventId AnswerReader::event_id() {
  const std::string_view bytes = kind_ == Kind::kNone ? std::string_view() : text();
  if (bytes.empty()) return {};
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

RowWriter::RowWriter(const DecodePlan& plan)
    : record_time_only_(plan.fields.event_time.empty()),
      keep_answers_(plan.keep_answers),
      max_future_us_(plan.max_future_us),
      known_(plan.category_columns()),
      category_slots_(plan.category_columns()) {
  if (plan.answers && plan.answers->task != Task::kMulticlass) answers_ = AnswerScale(*plan.answers);
  for (std::size_t i = 0; i < plan.slots.size(); ++i) {
    const Slot& slot = plan.slots[i];
    if (slot.type != SlotType::kCategorical) continue;
    known_[slot.column] = KnownHashes(slot.known_hashes);
    category_slots_[slot.column] = static_cast<std::uint16_t>(i);
  }
}

void RowWriter::start(RecordBatch& batch) {
  assert(batch.rows < kBatchRows);
  batch_ = &batch;
  row_ = batch.rows;
  const auto at_row = [this](auto& columns) { return columns.empty() ? nullptr : columns.data() + row_; };
  numeric_ = at_row(batch.numeric);
  category_ = at_row(batch.category);
  numeric_class_ = at_row(batch.numeric_class);
  category_class_ = at_row(batch.category_class);
  time_problem_ = Reject::kMissingTime;
  prediction_.clear();
  label_.clear();
  event_id_.clear();
}

void RowWriter::category(std::uint32_t column, std::string_view bytes) {
  const std::uint64_t hash = hash_category(bytes);
  category_[column * kColumnStride] = hash;
  category_class_[column * kColumnStride] = ValueClass::kValid;
  const KnownHashes& known = known_[column];
  if (!known.empty() && !known.contains(hash)) note_unseen(column, bytes);
}

void RowWriter::note_unseen(std::uint32_t column, std::string_view bytes) {
  const std::string_view name = name_start(bytes);
  std::vector<char>& names = batch_->unseen_names;
  assert(names.size() + name.size() <= names.capacity());
  const char* const copy = names.data() + names.size();
  names.insert(names.end(), name.begin(), name.end());
  batch_->unseen.push_back({static_cast<std::uint16_t>(row_), category_slots_[column], {copy, name.size()}});
}

std::optional<Reject> RowWriter::time_reject(const Message& message) const {
  if (record_time_only_) {
    if (message.record_time_us == kNoTime) return Reject::kMissingTime;
    const bool in_range = message.record_time_us >= kMinEventTime && message.record_time_us <= kMaxEventTime;
    return in_range ? std::nullopt : std::optional(Reject::kBadTime);
  }
  if (time_problem_) return time_problem_;
  if (message.record_time_us == kNoTime) return std::nullopt;
  std::int64_t latest = 0;
  if (__builtin_add_overflow(message.record_time_us, max_future_us_, &latest)) return std::nullopt;
  return time_us_ > latest ? std::optional(Reject::kFutureTime) : std::nullopt;
}

double RowWriter::error() {
  if (!answers_) return AnswerReader::error(prediction_, label_);
  return answers_->loss(prediction_.answer(), label_.answer()).value_or(std::numeric_limits<double>::quiet_NaN());
}

std::optional<Reject> RowWriter::finish(const Message& message) {
  if (const auto reject = time_reject(message)) return discard(*reject);
  batch_->offset[row_] = message.offset;
  batch_->record_time_us[row_] = message.record_time_us;
  batch_->event_time_us[row_] = record_time_only_ ? message.record_time_us : time_us_;
  batch_->error[row_] = error();
  if (keep_answers_) {
    batch_->prediction[row_] = prediction_.answer();
    batch_->label[row_] = label_.answer();
    batch_->event_id[row_] = event_id_.event_id();
  }
  ++batch_->rows;
  return std::nullopt;
}

Reject RowWriter::discard(Reject why) {
  clear_row(*batch_, row_);
  return why;
}

}  // namespace driftd
