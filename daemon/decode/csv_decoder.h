// Raw CSV records (replay) -> columns, by the header that the plan carries. A slot reads the column whose name is its path's keys
// joined by dots (of equal names the first); a slot without one is absent in every row. Everything is text here: an empty field is
// null; a numeric slot takes what classify_number takes; a categorical slot takes the bytes, which need not be UTF-8.
// Event time: RFC 3339 or an integer of the stream's unit. Prediction and label: numbers compare as numbers, others as bytes.
// kBadCsv: a record that CsvFields refuses, or with more or fewer fields than the header.
// Shard thread. No allocation per record in steady state. Cost O(bytes).
#pragma once

#include <memory>

#include "daemon/decode/decoder.h"

namespace driftd {

std::unique_ptr<Decoder> make_csv_decoder(const DecodePlan& plan);

}  // namespace driftd
