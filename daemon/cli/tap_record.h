// What driftd sees in records, as JSON lines: the road's own decoder and segments, without counting anything. One object a thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/decode/decoder.h"
#include "daemon/engine_plan.h"
#include "daemon/runtime/json_writer.h"
#include "daemon/window/segment_index.h"

namespace driftd {

class TapRecords {
 public:
  explicit TapRecords(const EnginePlan& plan);  // of one monitor; must outlive this

  // A line a record, in offset order, without line ends:
  // {"topic","partition","offset","time","segment","values":{feature: value},"invalid":{feature: why}}, invalid only where there is
  // something; or {"topic","partition","offset","reject": reason}. Of a text the first 128 bytes are shown.
  std::vector<std::string> lines(const TopicPartition& id, const MessageBatch& batch);

 private:
  std::string row_line(const TopicPartition& id, std::uint32_t row) const;
  void write_values(JsonWriter& json, std::uint32_t row) const;

  const EnginePlan& plan_;
  DecodePlan decode_;
  std::unique_ptr<Decoder> decoder_;
  RecordBatch rows_;
  SegmentIndex segments_;
  std::vector<std::uint32_t> segment_of_;  // by row
};

}  // namespace driftd
