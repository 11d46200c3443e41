#include "daemon/decode/json_speculative.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/daemon/decode/decode_fixture.h"
#include "tests/daemon/decode/json_differential.h"

namespace driftd {
namespace {

std::vector<Simd> widths() {
  std::vector<Simd> found;
  for (const Simd simd : {Simd::kScalar, Simd::kAvx2, Simd::kAvx512}) {
    if (has_simd(simd)) found.push_back(simd);
  }
  return found;
}

DecodePlan differential_plan() {
  DecodePlan plan = test_plan();
  plan.slots[3].known_hashes = {hash_category("web")};
  plan.fields.event_id = "id";
  plan.keep_answers = true;
  add_slot(plan, "pay", SlotType::kCategorical);
  add_slot(plan, "a key that is longer than thirty-two bytes", SlotType::kNumeric);
  return plan;
}

// What the mutations start from: every kind of value in every kind of field.
const std::vector<std::string>& templates() {
  static const std::vector<std::string> kTemplates{
      R"({"id":"a1","ts":1000,"x":1.5,"kind":"web","p":1,"y":0})",
      R"({"ts":"1970-01-01T00:00:01Z","x":0.012345678901234567,"kind":"app","pay":{"amount":-12.75e-3},"p":0.5,"y":1,"id":17})",
      R"({"ts": 1000, "x": 12345678.901234567, "kind": "web", "pay": {"amount": 3, "other": [1, {"x": "y"}]}})",
      R"({"ts":0,"x":-9007199254740993,"p":true,"y":"true","other":[0.1,"a",null,false,[],{}]})",
      R"({"ts":0,"x":null,"kind":123456789012345678,"pay":"caf)"
      "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"
      R"("})",
      R"({"ts":0,"a key that is longer than thirty-two bytes":98765432109876543.21,"x":2,"x":3,"pay":{},"pay":{"amount":1}})",
      "{\n\t\"ts\" : 1 ,\r\n\"x\" : 0.1E+2 ,\"kind\" : \"a longer string than sixteen bytes\" }\n",
      R"({"kind":"esc\"aped\u0041","ts":0,"x":1e22,"":7})",
  };
  return kTemplates;
}

std::string with_byte(std::string record, std::size_t at, char byte) {
  record[at] = byte;
  return record;
}

// Every byte flipped, replaced, preceded by another, left out; every beginning.
std::vector<std::string> mutations(const std::string& record) {
  const std::string bytes("\"\\{}[],:0129-+.eE \n\tatfn\0\x01\x1f\x7f\x80\xbf\xc3\xe2\xf0\xff", 33);
  std::vector<std::string> all{record};
  for (std::size_t at = 0; at <= record.size(); ++at) {
    all.push_back(record.substr(0, at));
    for (const char byte : bytes) all.push_back(record.substr(0, at) + byte + record.substr(at));
    if (at == record.size()) break;
    for (int bit = 0; bit < 8; ++bit) all.push_back(with_byte(record, at, static_cast<char>(record[at] ^ (1 << bit))));
    for (const char byte : bytes) all.push_back(with_byte(record, at, byte));
    all.push_back(record.substr(0, at) + record.substr(at + 1));
  }
  return all;
}

// Every value in fields that are read in different ways, or not at all.
std::vector<std::string> around(const std::string& value) {
  std::vector<std::string> records;
  for (const char* form :
       {R"({{"ts":0,"x":{}}})", R"({{"ts":0,"kind":{},"x":1}})", R"({{"ts":0,"p":{0},"y":{0}}})", R"({{"ts":0,"other":{},"x":1}})",
        R"({{"ts":{},"x":1}})", R"({{"ts":0,"pay":{{"amount":{}}}}})", R"({{"ts":0,"other":[{},1]}})", R"({{"ts": {}, "x": 1}})"}) {
    records.push_back(fmt::format(fmt::runtime(form), value));
  }
  return records;
}

// Right and wrong ones, at the borders of digits, integers, doubles and grammar; between blanks.
constexpr std::string_view kNumbers =
    "0 -0 0.0 -0.0 1 -1 01 -01 00 - +1 1. .1 -.1 1.e1 1e 1e+ 1e- 1E5 1e+5 1e05 1e0005 0e0 0e999 0.0e-999 -0e1 1e22 1e23 "
    "1e-22 1e-23 9007199254740991 9007199254740992 9007199254740993 9007199254740993.0 9007199254740995e-3 "
    "123456789012345678 999999999999999999 1000000000000000000 -999999999999999999 -1000000000000000000 "
    "9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551615 "
    "18446744073709551616 99999999999999999999 1234567890123456789012345 0.1234567890123456789 0.12345678901234567890 "
    "0.01234567890123456789 0.012345678901234567890 0.0000000000000000001 0.00000000000000000000000 "
    "0.000000000000000000000000 0.00000000000000000000001 0.000000000000000000000001 1.00000000000000000 "
    "1.000000000000000000 1.0000000000000000000 9.9999999999999999999 99999999999999999.99 1.7976931348623157e308 "
    "1.7976931348623158e308 1.7976931348623159e308 1.8e308 1e308 1e309 1e400 -1e400 1e280 1e281 1e299 1e-300 1e-301 1e-308 "
    "2.2250738585072014e-308 2.2250738585072011e-308 4.9e-324 5e-324 2e-324 1e-400 1e999 1e1000 1e-999 1e-1000 0.1 0.2 0.3 "
    "1.1 8.5 3.141592653589793 2.718281828459045 6.02214076e23 1.6e-19 12345678.12345678 123456789.123456789 "
    "1234567890123.45 0.000012345 5.5.5 1-1 1e5e5 1e5.5 0x10 1_000 1,5 Infinity -Infinity NaN nan 1f --1 1e--5 "
    "100000000000000000000000000000000000000 0.100000000000000000000000000000000000000 4503599627370496.5 "
    "4503599627370497.5 9007199254740992.5 1.00000005960464477539 0.500000000000000166533453694 3.5e-323 "
    "7450580596923828125e-27 ";

std::vector<std::string> numbers() {
  std::istringstream words{std::string(kNumbers)};
  return {std::istream_iterator<std::string>(words), {}};
}

std::string random_number(std::mt19937_64& random) {
  const auto digits = [&](std::size_t most) {
    std::string text;
    for (std::size_t i = 1 + random() % most; i > 0; --i) text += static_cast<char>('0' + random() % 10);
    return text;
  };
  std::string text = random() % 3 == 0 ? "-" : "";
  text += random() % 3 == 0 ? "0" : digits(20);
  if (random() % 3 != 0) text += "." + std::string(random() % 4 == 0 ? random() % 8 : 0, '0') + digits(22);
  if (random() % 6 == 0) text += fmt::format("e{}", static_cast<int>(random() % 700) - 350);
  return text;
}

// 17 digits, as JSON encoders write doubles.
std::string random_double(std::mt19937_64& random) {
  return fmt::format("{:.17g}", std::bit_cast<double>((random() >> 12) | (std::uint64_t{983 + random() % 80} << 52)));
}

std::size_t compare_all(const std::vector<std::string>& records, Simd simd) {
  JsonDifferential differential(differential_plan(), simd);
  for (const std::string& record : records) {
    const std::string difference = differential.compare(record);
    CAPTURE(record);
    if (!difference.empty()) CHECK(difference == "");
  }
  return differential.accepted();
}

}  // namespace

TEST_CASE("what is usual and what is left to the DOM") {
  struct Row {
    std::string name, input;
    bool accepted;
  };
  const Row rows[] = {
      {"a flat record", templates()[0], true},
      {"17 digits, text as time", templates()[1], true},
      {"blanks, nesting, arrays", templates()[2], true},
      {"booleans", templates()[3], true},
      {"other alphabets", templates()[4], true},
      {"duplicates", templates()[5], true},
      {"blanks everywhere", templates()[6], true},
      {"an escape", templates()[7], false},
      {"nothing", "", false},
      {"an empty object", "{}", true},
      {"an array", "[]", false},
      {"a wrong byte behind", "{}x", false},
      {"a raw NUL behind", std::string("{}\0", 3), false},
      {"a byte order mark", "\xef\xbb\xbf{}", false},
      {"19 digits", R"({"ts":0,"x":1.234567890123456789})", true},
      {"20 digits", R"({"ts":0,"x":1.2345678901234567891})", false},
      {"an integer of 18 digits", R"({"ts":0,"x":999999999999999999})", true},
      {"an integer of 19 digits", R"({"ts":0,"x":1000000000000000000})", false},
      {"a large exponent", R"({"ts":0,"x":1e300})", false},
      {"16 levels", R"({"a":{"a":[{"a":[[[[[[[[[[[[]]]]]]]]]]]]}]}})", true},
      {"17 levels", R"({"a":{"a":[{"a":[[[[[[[[[[[[[]]]]]]]]]]]]]}]}})", false},
  };
  for (const Simd simd : widths()) {
    for (const Row& row : rows) {
      CAPTURE(row.name);
      JsonDifferential differential(differential_plan(), simd);
      CHECK(differential.compare(row.input) == "");
      CHECK((differential.accepted() == 1) == row.accepted);
      CHECK(differential.compare(row.input) == "");  // now with guesses
      CHECK((differential.accepted() == 2) == row.accepted);
    }
  }
}

TEST_CASE("every mutation of a record gets the DOM's verdict and bits") {
  std::vector<std::string> records;
  for (const std::string& record : templates()) {
    for (std::string& mutated : mutations(record)) records.push_back(std::move(mutated));
  }
  for (const Simd simd : widths()) CHECK(compare_all(records, simd) > records.size() / 5);
}

TEST_CASE("every number gets the DOM's verdict and bits") {
  constexpr std::uint64_t kSeed = 20261124;
  CAPTURE(kSeed);
  std::mt19937_64 random(kSeed);
  std::vector<std::string> records;
  std::vector<std::string> all = numbers();
  all.push_back("1 2");
  all.push_back(std::string("1\0", 2));
  for (const std::string& number : all) {
    for (std::string& record : around(number)) records.push_back(std::move(record));
  }
  for (int i = 0; i < 4000; ++i) {
    for (std::string& record : around(i % 2 == 0 ? random_number(random) : random_double(random))) records.push_back(std::move(record));
  }
  for (const Simd simd : widths()) CHECK(compare_all(records, simd) > records.size() / 2);
}

TEST_CASE("records mutated several times over get the DOM's verdict and bits") {
  constexpr std::uint64_t kSeed = 4711;
  CAPTURE(kSeed);
  std::mt19937_64 random(kSeed);
  const std::string bytes("\"\\{}[],:0123456789-+.eE \n\x00\xc3\xa9", 27);
  const std::vector<std::string> all = numbers();
  std::vector<std::string> records;
  for (int i = 0; i < 20000; ++i) {
    std::string record = templates()[random() % templates().size()];
    for (std::size_t changes = 1 + random() % 4; changes > 0; --changes) {
      const std::size_t at = random() % record.size();
      switch (random() % 4) {
        case 0: record[at] = bytes[random() % bytes.size()]; break;
        case 1: record.insert(at, 1, bytes[random() % bytes.size()]); break;
        case 2: record.erase(at, 1 + random() % 3); break;
        default: record.insert(at, all[random() % all.size()]); break;
      }
      if (record.empty()) record = "{}";
    }
    records.push_back(std::move(record));
  }
  for (const Simd simd : widths()) CHECK(compare_all(records, simd) > 500);
}

}  // namespace driftd
