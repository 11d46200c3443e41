// Protobuf records, framed by a schema registry's clients (0x00, schema id, which message of the file, message) -> columns. Each record is
// read by the schema it was written with (Message::schema); no generated code and no reflection: tables by field number.
// Numbers are numbers, int64 too; string, bool and enum (by name) are categories, as in JSON; an enum's number that has no name is a
// number. A field is named as in the .proto. Absent fields without presence are 0, false or ""; others are absent.
// google.protobuf.Timestamp is an event time; of a wrapper (DoubleValue...) the value counts. Repeated fields, maps, bytes and groups are
// present, but have no value. Refused: bytes that are no message, where they are looked at, and a string that is read and not UTF-8. What
// nobody reads is stepped over by its wire type. Shard thread. No allocation per record once a schema has been seen. Cost: 4-8 ns a field
// that is read, 2 ns one that is not.
#pragma once

#include <memory>

#include "daemon/decode/decoder.h"

namespace driftd {

std::unique_ptr<Decoder> make_protobuf_decoder(const DecodePlan& plan);

}  // namespace driftd
