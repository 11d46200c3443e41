// JSON records -> columns. A record is accepted if and only if simdjson's DOM accepts all of it, fields that nobody reads included.
// simdjson 3.0.1 refuses, beyond RFC 8259: integers outside [-2^63, 2^64), numbers beyond the largest double (1e400), nesting
// deeper than 1,024, a byte order mark, a lone surrogate in an escape. Of duplicate keys the first wins, objects included.
// Numeric slots take numbers. Categorical slots take strings, booleans (`true`, `false`) and numbers (category_text).
// Event time: text of RFC 3339, or an integer of the stream's unit; nothing else, a whole double included.
// Records of the usual look are read in one pass (json_speculative.h), all others by the DOM.
// Shard thread. No allocation per record once the longest record has been seen. Cost: 5-12 ns a field present, 20-40 by the DOM.
#pragma once

#include <cstdint>
#include <memory>

#include "daemon/decode/decoder.h"

namespace driftd {

// The rows are equal whichever is chosen: kDomOnly is what the other is tested against.
enum class JsonReading : std::uint8_t { kSpeculative, kDomOnly };
std::unique_ptr<Decoder> make_json_decoder(const DecodePlan& plan, JsonReading reading = JsonReading::kSpeculative);

}  // namespace driftd
