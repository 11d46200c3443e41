#include "daemon/decode/csv_decoder.h"

#include <algorithm>

#include "daemon/decode/csv_record.h"
#include "daemon/decode/field_path.h"
#include "daemon/decode/row_writer.h"
#include "daemon/runtime/event_time.h"
#include "daemon/runtime/number_text.h"

namespace driftd {
namespace {

class CsvDecoder final : public Decoder {
 public:
  explicit CsvDecoder(const DecodePlan& plan)
      : max_payload_bytes_(plan.max_payload_bytes),
        delimiter_(plan.csv_delimiter),
        unit_(plan.fields.event_time_unit),
        columns_(plan.csv_header.size()),
        row_(plan) {
    for (const Slot& slot : plan.slots) {
      auto& reads = slot.type == SlotType::kNumeric ? numbers_ : categories_;
      if (const auto at = position(plan, slot.path); at < columns_) reads.push_back({at, slot.column});
    }
    event_time_ = position(plan, plan.fields.event_time);
    prediction_ = position(plan, plan.fields.prediction);
    label_ = position(plan, plan.fields.label);
    event_id_ = position(plan, plan.keep_answers ? plan.fields.event_id : "");
  }

  std::size_t decode(std::span<const Message> messages, std::size_t from, RecordBatch& batch) override {
    return fill_batch(messages, from, max_payload_bytes_, batch, [&](const Message& message) { return decode_record(message, batch); });
  }

 private:
  struct Read {
    std::size_t position;  // in the header
    std::uint32_t column;  // of the batch
  };

  // Behind the last column where the header has no such column, or the path is not configured.
  static std::size_t position(const DecodePlan& plan, std::string_view path) {
    if (path.empty()) return plan.csv_header.size();
    return static_cast<std::size_t>(std::ranges::find(plan.csv_header, flat_name(path)) - plan.csv_header.begin());
  }

  std::optional<Reject> decode_record(const Message& message, RecordBatch& batch) {
    if (fields_.split(message.payload, delimiter_) || fields_.size() != columns_) return Reject::kBadCsv;
    row_.start(batch);
    for (const Read& read : numbers_) take_number(read);
    for (const Read& read : categories_) take_category(read);
    if (event_time_ < columns_) take_event_time(fields_[event_time_]);
    if (prediction_ < columns_) take_answer(row_.prediction(), fields_[prediction_]);
    if (label_ < columns_) take_answer(row_.label(), fields_[label_]);
    if (event_id_ < columns_) row_.event_id().set_text(fields_[event_id_]);
    return row_.finish(message);
  }

  void take_number(Read read) {
    const NumberText number = classify_number(fields_[read.position]);
    if (number.value_class == ValueClass::kValid) return row_.number(read.column, number.value);
    row_.no_number(read.column, number.value_class);
  }

  void take_category(Read read) {
    const std::string_view bytes = fields_[read.position];
    if (bytes.empty()) return row_.no_category(read.column, ValueClass::kNull);
    row_.category(read.column, bytes);
  }

  void take_event_time(std::string_view text) {
    if (text.empty()) return;  // as absent
    const auto time = parse_event_time(text, unit_);
    time ? row_.event_time(*time) : row_.no_event_time(Reject::kBadTime);
  }

  static void take_answer(AnswerReader& answer, std::string_view text) {
    if (text.empty()) return;
    const NumberText number = classify_number(text);
    number.value_class == ValueClass::kValid ? answer.set(number.value) : answer.set_text(text);
  }

  std::uint64_t max_payload_bytes_;
  char delimiter_;
  TimeUnit unit_;
  std::size_t columns_;
  std::vector<Read> numbers_, categories_;
  std::size_t event_time_ = 0, prediction_ = 0, label_ = 0, event_id_ = 0;  // positions in the header; columns_: none
  CsvFields fields_;
  RowWriter row_;
};

}  // namespace

std::unique_ptr<Decoder> make_csv_decoder(const DecodePlan& plan) { return std::make_unique<CsvDecoder>(plan); }

}  // namespace driftd
