// Avro records, framed by a schema registry's clients (0x00, schema id, datum) -> columns. Each record is read by the schema it was
// written with (Message::schema). A record is accepted if and only if its bytes are one datum of that schema, fields that nobody reads
// included: lengths, branches, symbols, booleans, 32-bit ints and the UTF-8 of strings are checked, and nothing may follow.
// int, long, float, double and decimal are numbers; string, enum and boolean are categories, as in JSON. timestamp-* and date are event
// times of their own unit, and elsewhere the bare integer. A union is whatever its branch is. A decimal of over 16 bytes is no value.
// Shard thread. No allocation per record once a schema has been seen. Cost: 2-5 ns a field.
#pragma once

#include <memory>

#include "daemon/decode/decoder.h"

namespace driftd {

std::unique_ptr<Decoder> make_avro_decoder(const DecodePlan& plan);

}  // namespace driftd
