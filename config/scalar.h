// The scalars of a configuration: durations, sizes, numbers, instants; text to value and back, and quoting for YAML and JSON.
// Pure. An error is the phrase that follows "expected": "a duration with a unit, such as 30s".
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "config/config.h"

namespace driftd {

template <class T>
using Parsed = std::expected<T, std::string>;

Parsed<bool> parse_boolean(std::string_view text);
Parsed<std::uint64_t> parse_integer(std::string_view text);    // decimal digits only
Parsed<double> parse_number(std::string_view text);            // finite, decimal
Parsed<Milliseconds> parse_duration(std::string_view text);    // 250ms 30s 5m 12h 7d 4w
Parsed<std::uint64_t> parse_size(std::string_view text);       // 64KiB 1GiB, also B MiB TiB
Parsed<FalseAlarms> parse_rate(std::string_view text);         // "1 per 30d"
Parsed<std::int64_t> parse_instant_us(std::string_view text);  // RFC 3339 with a zone; microseconds since 1970

std::string print_number(double value);  // shortest that reads back equal
std::string print_duration(Milliseconds value);
std::string print_size(std::uint64_t bytes);
std::string print_rate(const FalseAlarms& rate);
std::string print_instant(std::int64_t us);

// Bytes of the UTF-8 sequence that text starts with; 0 = none (empty, overlong, surrogate, truncated, stray).
std::size_t utf8_sequence(std::string_view text);

std::string json_quote(std::string_view text);
// Plain where YAML cannot take it for anything else, else double-quoted. In a value `$` is doubled, so that it reads back as itself; in a
// key it stands for itself.
std::string yaml_quote(std::string_view text);
std::string yaml_key(std::string_view text);
// For messages: quoted, control bytes escaped, long text cut.
std::string quote_for_message(std::string_view text);

}  // namespace driftd
