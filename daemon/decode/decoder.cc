#include "daemon/decode/decoder.h"

#include <algorithm>
#include <cassert>

#include "daemon/decode/avro_decoder.h"
#include "daemon/decode/csv_decoder.h"
#include "daemon/decode/json_decoder.h"
#include "daemon/decode/protobuf_decoder.h"

namespace driftd {
namespace {

std::size_t count_of(const std::vector<Slot>& slots, SlotType type) {
  return static_cast<std::size_t>(std::ranges::count(slots, type, &Slot::type));
}

}  // namespace

std::size_t DecodePlan::numeric_columns() const { return count_of(slots, SlotType::kNumeric); }

std::size_t DecodePlan::category_columns() const { return count_of(slots, SlotType::kCategorical); }

std::unique_ptr<Decoder> make_decoder(const DecodePlan& plan) {
  switch (plan.format) {
    case Format::kCsv: return make_csv_decoder(plan);
    case Format::kAvro: return make_avro_decoder(plan);
    case Format::kProtobuf: return make_protobuf_decoder(plan);
    default: return make_json_decoder(plan);
  }
}

void reserve(const DecodePlan& plan, RecordBatch& batch) {
  const std::size_t numeric = plan.numeric_columns() * kColumnStride;
  const std::size_t category = plan.category_columns() * kColumnStride;
  const std::size_t unseen = plan.category_columns() * kBatchRows;
  batch.numeric.resize(numeric);
  batch.numeric_class.resize(numeric);
  batch.category.resize(category);
  batch.category_class.resize(category);
  if (plan.keep_answers) {
    batch.event_id.resize(kBatchRows);
    batch.prediction.resize(kBatchRows);
    batch.label.resize(kBatchRows);
  }
  batch.unseen.reserve(unseen);
  batch.unseen_names.reserve(unseen * kUnseenNameBytes);
  batch.rejected.reserve(kBatchRows);
  clear(batch);
}

}  // namespace driftd
