// A number written as text, where every value is text: CSV. Pure; the locale has no say; no allocation.
#pragma once

#include <string_view>

#include "detectors/reference/value_class.h"

namespace driftd {

struct NumberText {
  ValueClass value_class = ValueClass::kWrongType;
  double value = 0;  // of kValid only; never -0.0
};

// "" is null; a decimal number with nothing around it is valid; nan, inf and infinity, signed or not, letters of either case, are
// their classes. Anything else is the wrong type: blanks, a plus sign, hexadecimal, and what no double can hold (1e400, 1e-400).
NumberText classify_number(std::string_view text);

}  // namespace driftd
