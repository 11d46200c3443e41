#include "config/scalar.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace driftd;

TEST_CASE("durations have a unit") {
  struct Row {
    const char* text;
    std::int64_t ms;  // -1: refused
    const char* printed;
  };
  for (const auto& row : {Row{"250ms", 250, "250ms"},
                          Row{"30s", 30'000, "30s"},
                          Row{"60s", 60'000, "1m"},
                          Row{"5m", 300'000, "5m"},
                          Row{"12h", 43'200'000, "12h"},
                          Row{"7d", 604'800'000, "7d"},
                          Row{"4w", 2'419'200'000, "28d"},
                          Row{"0s", 0, "0s"},
                          Row{"0ms", 0, "0s"},
                          Row{"", -1, ""},
                          Row{"5", -1, ""},
                          Row{"m", -1, ""},
                          Row{"-5m", -1, ""},
                          Row{"+5m", -1, ""},
                          Row{"5 m", -1, ""},
                          Row{"1.5h", -1, ""},
                          Row{"5M", -1, ""},
                          Row{"5min", -1, ""},
                          Row{"5m30s", -1, ""},
                          Row{"99999999999999w", -1, ""},
                          Row{"18446744073709551616ms", -1, ""}}) {
    CAPTURE(row.text);
    const auto got = parse_duration(row.text);
    REQUIRE(got.has_value() == (row.ms >= 0));
    if (!got) continue;
    CHECK(got->count() == row.ms);
    CHECK(print_duration(*got) == row.printed);
    CHECK(parse_duration(print_duration(*got)) == got);
  }
}

TEST_CASE("sizes have a binary unit") {
  CHECK(parse_size("64KiB") == 65'536);
  CHECK(parse_size("1GiB") == 1ULL << 30);
  CHECK(parse_size("2TiB") == 2ULL << 40);
  CHECK(parse_size("100B") == 100);
  for (const char* bad : {"", "1", "1KB", "1kib", "1.5MiB", "-1KiB", "KiB", "99999999TiB"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_size(bad).has_value());
  }
  CHECK(print_size(65'536) == "64KiB");
  CHECK(print_size(1500) == "1500B");
  CHECK(print_size(0) == "0B");
}

TEST_CASE("numbers are decimal and finite") {
  CHECK(parse_number("0.1") == 0.1);
  CHECK(parse_number("-2e3") == -2000.0);
  for (const char* bad : {"", "inf", "nan", "1e999", "0x10", "1,5", "1 ", " 1", "one", "+1"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_number(bad).has_value());
  }
  CHECK(parse_integer("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  for (const char* bad : {"", "-1", "+1", "1.0", "1e3", "18446744073709551616", "0x1"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_integer(bad).has_value());
  }
  CHECK(print_number(0.1) == "0.1");
  CHECK(print_number(30) == "30");
  CHECK(parse_boolean("true") == true);
  CHECK(parse_boolean("false") == false);
  for (const char* bad : {"yes", "no", "on", "off", "True", "1", ""}) CHECK_FALSE(parse_boolean(bad).has_value());
}

TEST_CASE("rates are N per DURATION") {
  const auto rate = parse_rate("1 per 30d");
  REQUIRE(rate.has_value());
  CHECK(rate->count == 1);
  CHECK(rate->period == std::chrono::days(30));
  CHECK(print_rate(*rate) == "1 per 30d");
  CHECK(print_rate(*parse_rate("0.5 per 90m")) == "0.5 per 90m");
  for (const char* bad :
       {"", "1/30d", "1 per", "per 30d", "0 per 30d", "-1 per 30d", "1 per 0s", "1 per month", "1  per 30d", "one per 30d"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_rate(bad).has_value());
  }
}

TEST_CASE("instants are RFC 3339 with a zone") {
  struct Row {
    const char* text;
    std::int64_t us;
    const char* printed;
  };
  for (const auto& row : {Row{"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
                          Row{"2000-02-29T12:00:00.25Z", 951'825'600'250'000, "2000-02-29T12:00:00.25Z"},
                          Row{"2025-01-31T07:00:00+01:00", 1'738'303'200'000'000, "2025-01-31T06:00:00Z"},
                          Row{"1969-12-31t23:59:59.999999z", -1, "1969-12-31T23:59:59.999999Z"},
                          Row{"2025-01-31T05:30:00-00:30", 1'738'303'200'000'000, "2025-01-31T06:00:00Z"}}) {
    CAPTURE(row.text);
    CHECK(parse_instant_us(row.text) == row.us);
    CHECK(print_instant(row.us) == row.printed);
  }
  for (const char* bad : {"", "2025-01-31", "2025-01-31T06:00:00", "2025-01-31 06:00:00Z", "2025-02-30T00:00:00Z", "2025-01-31T24:00:00Z",
                          "2025-01-31T06:00:60Z", "2025-01-31T06:00:00.Z", "2025-01-31T06:00:00.1234567Z", "2025-01-31T06:00:00+1:00",
                          "2025-01-31T06:00:00+25:00", "2025-1-31T06:00:00Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_instant_us(bad).has_value());
  }
}

TEST_CASE("quoting") {
  CHECK(json_quote("a\"b\\c\n\x01") == R"("a\"b\\c\n\u0001")");
  for (const char* plain : {"info", "driftd.events.v1", "/etc/driftd/x.ref", "SASL_SSL", "a_b-c"}) CHECK(yaml_quote(plain) == plain);
  for (const char* quoted : {"", "yes", "No", "true", "null", "1", "a: b", "*", "a#b", "y", "x:", "-a", "é"}) {
    CAPTURE(quoted);
    CHECK(yaml_quote(quoted) == "\"" + std::string(quoted) + "\"");
  }
  CHECK(yaml_quote("a$b") == "\"a$$b\"");
  CHECK(yaml_key("a$b") == "\"a$b\"");
  CHECK(yaml_key("a_b") == "a_b");
  CHECK(quote_for_message(std::string(100, 'x')) == "\"" + std::string(80, 'x') + "…\"");
  CHECK(quote_for_message(std::string(79, 'x') + "éé") == "\"" + std::string(79, 'x') + "…\"");
}
