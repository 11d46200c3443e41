#include "daemon/decode/csv_number.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

#include "daemon/decode/csv_record.h"
#include "daemon/decode/json_number.h"

namespace driftd {
namespace {

static_assert(kFieldRoom >= kScanBytes);

CsvNumber without_value(ValueClass value_class) { return {value_class, 0.0}; }

}  // namespace

CsvNumber parse_csv_number(std::string_view text) {
  if (text.empty()) return without_value(ValueClass::kNull);
  const bool plus = text[0] == '+';
  if (plus) text.remove_prefix(1);
  if (plus && (text.empty() || text[0] == '-')) return without_value(ValueClass::kWrongType);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // from_chars also reads the payload of `nan(...)`, which nobody writes into a CSV.
  if (error == std::errc::invalid_argument || end != text.data() + text.size() || end[-1] == ')') {
    return without_value(ValueClass::kWrongType);
  }
  if (error == std::errc::result_out_of_range) {
    // Too large or too small for a double: from_chars does not say which, strtod's rounding does.
    value = std::strtod(std::string(text).c_str(), nullptr);
  }
  if (std::isnan(value)) return without_value(ValueClass::kNan);
  if (std::isinf(value)) return without_value(value > 0 ? ValueClass::kPositiveInfinity : ValueClass::kNegativeInfinity);
  return {ValueClass::kValid, value + 0.0};
}

// What JSON has as a number is the same number here.
CsvNumber parse_csv_field(std::string_view text) {
  static const NumberReader read = number_reader(chosen_simd());
  const char* const begin = text.data();  // the reader stops by itself, whatever is behind
  const PlainNumber number = read(begin);
  if (number.end == begin + text.size()) return {ValueClass::kValid, number.value + 0.0};
  return parse_csv_number(text);
}

}  // namespace driftd
