// What the text of a CSV cell is as a number: the one reading for references, comparisons and replayed records. Pure.
#pragma once

#include <string_view>

#include "detectors/reference/value_class.h"

namespace driftd {

struct CsvNumber {
  ValueClass value_class;
  double value;  // kValid: finite, never -0.0; else 0
};

// Empty: null. A decimal number with nothing around it, with or without sign, point or exponent: valid. `nan`, `inf` and `infinity` in
// letters of either case, with or without sign: their classes; so is a number too large for a double. All else: wrong type.
CsvNumber parse_csv_number(std::string_view text);

// The same, where kFieldRoom bytes before and behind the text can be read. Cost: 5-10 ns where the number is usual, else as above.
CsvNumber parse_csv_field(std::string_view text);

}  // namespace driftd
