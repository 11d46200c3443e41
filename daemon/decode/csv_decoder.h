// Raw CSV records (replay) -> columns, by the header that the plan carries. A slot reads the column named like its path, keys joined
// by dots. Everything is text here: an empty field is null; a numeric slot takes a decimal number and nothing around it, or one of
// nan, inf, infinity in letters of either case; a categorical slot takes the bytes as they are.
// Event time: RFC 3339 or an integer of the stream's unit. Prediction and label: numbers compare as numbers, else bytes.
// kMalformed: a record that CsvFields refuses, one with more or fewer fields than the header, or one that is not UTF-8.
// Shard thread. No allocation per record in steady state. Cost O(bytes).
#pragma once

#include <memory>

#include "daemon/decode/decoder.h"

namespace driftd {

std::unique_ptr<Decoder> make_csv_decoder(const DecodePlan& plan);

}  // namespace driftd
