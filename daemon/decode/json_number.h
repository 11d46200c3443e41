// Numbers of a JSON text, as long as they are usual: at most 19 significant digits, an integer at most 18, an exponent of at most three
// digits that keeps the value far from the ends of double. Values are exact: the bits that simdjson's DOM gives.
// Whatever else stands there is not usual, right or wrong; nothing usual is wrong. `at` is at a sign or a digit; kScanBytes before it
// and behind it are readable. Pure; equal results at every SIMD width. Cost: 5-15 ns.
#pragma once

#include "daemon/decode/json_scan.h"
#include "daemon/decode/json_value.h"
#include "detectors/reference/cell_kernel.h"

namespace driftd {

struct PlainNumber {
  const char* end;  // behind the number; nullptr: not usual
  double value;
};
using NumberReader = PlainNumber (*)(const char* at);
NumberReader number_reader(Simd simd);  // requires has_simd(simd)

const char* json_number(const char* at, JsonValue& value);  // with its type; the end, or nullptr: not usual
const char* json_number_end(const char* at);                // checks only

}  // namespace driftd
