#include "daemon/decode/json_number.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <random>
#include <string>
#include <vector>

namespace driftd {
namespace {

// A number with digits before it and behind its end, none of which belong to it.
struct Surrounded {
  explicit Surrounded(const std::string& number, const std::string& behind = ",123")
      : text(std::string(kScanBytes, '5') + number + behind + std::string(kScanBytes, '\0')) {}
  const char* start() const { return text.data() + kScanBytes; }
  std::string text;
};

std::vector<Simd> widths() {
  std::vector<Simd> found;
  for (const Simd simd : {Simd::kScalar, Simd::kAvx2, Simd::kAvx512}) {
    if (has_simd(simd)) found.push_back(simd);
  }
  return found;
}

double standard_value(const std::string& number) {
  double value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  return value;
}

}  // namespace

TEST_CASE("a usual number has its exact value and its end; others have none") {
  struct Row {
    std::string number;
    bool usual;
  };
  const Row rows[] = {
      {"0", true},
      {"-0", true},
      {"-0.0", true},
      {"7", true},
      {"999999999999999999", true},
      {"-999999999999999999", true},
      {"1000000000000000000", false},
      {"0.1", true},
      {"12345678.9", true},
      {"123456789.123456789", true},
      {"1.234567890123456789", true},
      {"1.2345678901234567891", false},
      {"0.0001234567890123456789", true},
      {"0.000000000000000000000001", false},
      {"9007199254740992.5", true},
      {"1e5", true},
      {"1E+05", true},
      {"123e-280", true},
      {"1e280", true},
      {"1e281", false},
      {"1e-301", false},
      {"1e0001", false},
      {"01", false},
      {"1.", false},
      {"-", false},
      {"1e", false},
      {"1e+", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.number);
    const Surrounded surrounded(row.number);
    const char* const end = row.usual ? surrounded.start() + row.number.size() : nullptr;
    for (const Simd simd : widths()) {
      const PlainNumber read = number_reader(simd)(surrounded.start());
      CHECK(read.end == end);
      if (row.usual) CHECK(read.value == standard_value(row.number));
    }
    CHECK(json_number_end(surrounded.start()) == end);
    JsonValue value;
    CHECK(json_number(surrounded.start(), value) == end);
    if (!row.usual) continue;
    CHECK(value.number == standard_value(row.number));
    CHECK((value.kind == JsonKind::kInteger) == (row.number.find_first_of(".eE") == std::string::npos));
    if (value.kind == JsonKind::kInteger) CHECK(fmt::to_string(value.integer) == (row.number == "-0" ? "0" : row.number));
  }
}

TEST_CASE("a number ends where its grammar does; what follows is left alone") {
  struct Row {
    std::string text;
    std::size_t bytes;
  };
  const Row rows[] = {{"12.5.5", 4}, {"12-5", 2}, {"1e5e5", 3}, {"12f", 2}, {"-3}", 2}, {"4 ", 1}, {"0x1", 1}, {"1.5E3.", 5}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const Surrounded surrounded(row.text, "");
    for (const Simd simd : widths()) CHECK(number_reader(simd)(surrounded.start()).end == surrounded.start() + row.bytes);
  }
}

TEST_CASE("doubles are exact to the bit") {
  constexpr std::uint64_t kSeed = 99;
  CAPTURE(kSeed);
  std::mt19937_64 random(kSeed);
  std::size_t usual = 0;
  for (int i = 0; i < 20000; ++i) {
    const double want = std::bit_cast<double>((random() >> 12) | (std::uint64_t{940 + random() % 150} << 52));
    const std::string number = fmt::format("{}{:.17g}", i % 2 == 0 ? "-" : "", want);
    const Surrounded surrounded(number);
    for (const Simd simd : widths()) {
      const PlainNumber read = number_reader(simd)(surrounded.start());
      if (read.end == nullptr) continue;
      ++usual;
      if (std::bit_cast<std::uint64_t>(read.value) != std::bit_cast<std::uint64_t>(i % 2 == 0 ? -want : want)) {
        CAPTURE(number);
        CHECK(read.value == want);
      }
    }
  }
  CHECK(usual > 19000 * widths().size());
}

}  // namespace driftd
