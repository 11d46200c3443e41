// One value of a record, as JSON would have it, and what a field takes of it: so the readers of JSON and of formats with a schema share
// the road from value to column. Shard thread. No allocation. Cost: a few ns a value that is read.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

#include "daemon/decode/field_tree.h"
#include "daemon/decode/json_flatten.h"
#include "daemon/decode/row_writer.h"

namespace driftd {

struct JsonValue {
  JsonKind kind = JsonKind::kNull;
  bool boolean = false;      // kBoolean
  std::int64_t integer = 0;  // kInteger
  std::uint64_t whole = 0;   // kUnsigned
  double number = 0;         // kInteger, kUnsigned, kDouble
  std::string_view text{};   // kString; stays until the row is finished
};

// A row of the batch, written field by field.
class JsonRow {
 public:
  explicit JsonRow(const DecodePlan& plan) : unit_(plan.fields.event_time_unit), row_(plan) {}

  void start(RecordBatch& batch) { row_.start(batch); }
  void number(std::uint32_t column, double value) { row_.number(column, value); }
  void take(const Field& field, const JsonValue& value);  // all that is read of it but its children
  // What JSON has no values for.
  void take_double(const Field& field, double value) {  // NaN and infinities too
    if (field.reads == Reads::kNumber && std::isfinite(value)) [[likely]]
      return row_.number(field.numeric, value);
    take_rare_double(field, value);
  }
  void take_time(const Field& field, std::int64_t value, TimeUnit unit);              // elsewhere than as event time the bare integer
  void take_days(const Field& field, std::int64_t days);                              // since 1970; likewise
  void take_timestamp(const Field& field, std::int64_t seconds, std::int32_t nanos);  // of an event time alone; elsewhere it is no value
  std::optional<Reject> finish(const Message& message) { return row_.finish(message); }
  Reject discard(Reject why = Reject::kMalformed) { return row_.discard(why); }

 private:
  void take_rare_double(const Field& field, double value);
  void take_number(std::uint32_t column, const JsonValue& value);
  void take_category(std::uint32_t column, const JsonValue& value);
  void take_event_time(const JsonValue& value);

  TimeUnit unit_;
  RowWriter row_;
};

}  // namespace driftd
