#include "daemon/decode/json_number.h"

#include <simdjson.h>

#include <array>
#include <bit>
#include <cstring>

namespace driftd {
namespace {

std::uint64_t word(const char* bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

// Eight digits in one word, the first in the lowest byte, each 0 to 9: pairs, then fours, then all.
std::uint64_t eight_digits(std::uint64_t digits) {
  digits = (digits * 10 + (digits >> 8)) & 0x00FF00FF00FF00FF;
  digits = (digits * 100 + (digits >> 16)) & 0x0000FFFF0000FFFF;
  return (digits * 10000 + (digits >> 32)) & 0xFFFFFFFF;
}

// The first `count` characters, all of them digits, as a number. On big-endian machines a byte at a time.
std::uint64_t digits_1_to_8(const char* at, std::uint32_t count) {
  if constexpr (std::endian::native == std::endian::little) {
    return eight_digits((word(at) ^ 0x3030303030303030) << (64 - 8 * count));
  } else {
    std::uint64_t value = 0;
    for (std::uint32_t i = 0; i < count; ++i) value = value * 10 + static_cast<std::uint64_t>(at[i] - '0');
    return value;
  }
}

// Without a branch on little-endian machines: whether there are 16 digits or 17 is chance.
std::uint64_t digits_0_to_7(const char* at, std::uint32_t count) {
  if constexpr (std::endian::native == std::endian::little) {
    return eight_digits((word(at) ^ 0x3030303030303030) << 8 << (56 - 8 * count));
  } else {
    return count == 0 ? 0 : digits_1_to_8(at, count);
  }
}

constexpr auto kPowers = [] {
  std::array<std::uint64_t, 32> powers{1};
  for (std::size_t i = 1; i < 20; ++i) powers[i] = powers[i - 1] * 10;
  return powers;  // 0 behind 10^19: only ever multiplied by 0
}();

// Up to 23 digits with no more than 19 behind the leading zeros.
std::uint64_t digits(const char* at, std::uint32_t count) {
  if (count <= 8) return digits_1_to_8(at, count);
  const std::uint32_t second = count < 16 ? count - 8 : 8, third = count - 8 - second;
  const std::uint64_t sixteen = digits_1_to_8(at, 8) * kPowers[second] + digits_1_to_8(at + 8, second);
  return sixteen * kPowers[third] + digits_0_to_7(at + 16, third);
}

struct ScannedNumber {
  const char* end = nullptr;  // behind it; nullptr: not usual
  std::uint64_t digits = 0;   // the value is digits * 10^exponent
  std::int32_t exponent = 0;
  bool negative = false;
  bool whole = false;  // written without point and exponent
};

// e, a sign or none, and one to three digits; nullptr: not usual. at: behind the e.
const char* add_exponent(const char* at, std::int32_t& exponent) {
  const bool down = *at == '-';
  at += down || *at == '+';
  const auto count = static_cast<std::uint32_t>(std::countr_zero(scan::not_digits(at)));
  if (count == 0 || count > 3) return nullptr;
  const auto value = static_cast<std::int32_t>(digits_1_to_8(at, count));
  exponent += down ? -value : value;
  return at + count;
}

// How many zeros the number begins with, its point not counted.
std::uint32_t leading_zeros(const char* at) {
  std::uint32_t zeros = 0;
  for (; *at == '0' || *at == '.'; ++at) zeros += *at == '0';
  return zeros;
}

// at: at the sign or the first digit. The grammar of RFC 8259 up to the end of the number; what follows is the caller's to look at.
ScannedNumber scan_number(const char* at) {
  constexpr std::uint32_t kMostDigits = 19, kMostFraction = 23;
  ScannedNumber number;
  number.negative = *at == '-';
  at += number.negative;
  const std::uint32_t others = scan::not_digits(at);
  const auto whole = static_cast<std::uint32_t>(std::countr_zero(others));
  if (whole == 0 || whole > kMostDigits || ((whole > 1) & (*at == '0'))) return number;
  number.digits = digits(at, whole);
  const char* end = at + whole;
  if (*end == '.') {
    const auto fraction = static_cast<std::uint32_t>(std::countr_zero(others >> whole >> 1));
    if (fraction == 0 || fraction > kMostFraction) return number;
    if (whole + fraction > kMostDigits && whole + fraction - leading_zeros(at) > kMostDigits) return number;
    number.digits = number.digits * kPowers[fraction] + digits(end + 1, fraction);
    number.exponent = -static_cast<std::int32_t>(fraction);
    end += 1 + fraction;
  } else {
    number.whole = true;
  }
  if (*end == 'e' || *end == 'E') {
    number.whole = false;
    end = add_exponent(end + 1, number.exponent);
  }
  number.end = end;
  return number;
}

constexpr std::uint64_t kMostWhole = 999'999'999'999'999'999;  // 18 digits: of either sign within 64 bits
constexpr std::int32_t kLeastExponent = -300, kMostExponent = 280;

// In the range of its type, far from the ends.
bool is_usual(const ScannedNumber& number) {
  if (number.end == nullptr) return false;
  if (number.whole) return number.digits <= kMostWhole;
  return number.exponent >= kLeastExponent && number.exponent <= kMostExponent;
}

// Exact, by the conversion that the DOM uses. False: a tie that it does not decide. Inlined: an optional would go through memory.
// That conversion has a way of its own for digits below 2^53, and whether a double has 16 digits or 17 is chance: with three zeros more
// both go the same way.
[[gnu::always_inline]] inline bool exact(const ScannedNumber& number, double& value) {
  const std::uint64_t below = (number.digits >> 53) == 0;
  return simdjson::builtin::numberparsing::compute_float_64(number.exponent - 3 * static_cast<std::int32_t>(below),
                                                            number.digits * (1 + 999 * below), number.negative, value);
}

std::int64_t integer_of(const ScannedNumber& number) {
  const auto value = static_cast<std::int64_t>(number.digits);
  return number.negative ? -value : value;
}

PlainNumber read_scalar(const char* at) {
  const ScannedNumber number = scan_number(at);
  if (!is_usual(number)) return {nullptr, 0};
  if (number.whole) return {number.end, static_cast<double>(integer_of(number))};
  double value = 0;
  return exact(number, value) ? PlainNumber{number.end, value} : PlainNumber{nullptr, 0};
}

#if defined(__x86_64__)

#define DRIFTD_AVX2 __attribute__((target("avx2,bmi,bmi2")))

DRIFTD_AVX2 inline __m256i thirty_two(const char* bytes) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes)); }

// The digits of a number that ends at `end`, its point left out: of 32 bytes that end there, and of 32 that end one byte before, lanes
// are taken so that all digits stand together at the end. Pairs, fours and eights are then put together.
DRIFTD_AVX2 inline std::uint64_t digits_avx2(const char* end, std::uint32_t whole, std::uint32_t fraction) {
  alignas(64) static constexpr auto kLast = [] {  // 32 bytes from kLast + n: the last n of them are set
    std::array<char, 64> last{};
    for (std::size_t i = 32; i < last.size(); ++i) last[i] = '\xFF';
    return last;
  }();
  const __m256i in_fraction = thirty_two(kLast.data() + fraction), in_number = thirty_two(kLast.data() + fraction + whole);
  const __m256i text = _mm256_blendv_epi8(thirty_two(end - 32 - (fraction > 0)), thirty_two(end - 32), in_fraction);
  const __m256i digits = _mm256_and_si256(_mm256_sub_epi8(text, _mm256_set1_epi8('0')), in_number);
  const __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010A));
  const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00010064));
  const __m256i eights = _mm256_madd_epi16(_mm256_packus_epi32(fours, fours), _mm256_set1_epi32(0x00012710));
  const auto high = static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm256_castsi256_si128(eights)));
  const auto low = static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm256_extracti128_si256(eights, 1)));
  return (high >> 32) * kPowers[16] + (low & 0xFFFFFFFF) * kPowers[8] + (low >> 32);
}

// What is written most: no exponent, at most 19 digits, those of 0.0123 included. All else the scalar form knows.
DRIFTD_AVX2 PlainNumber read_avx2(const char* at) {
  const bool negative = *at == '-';
  const char* const first = at + negative;
  const __m256i value = _mm256_sub_epi8(thirty_two(first), _mm256_set1_epi8('0'));
  const __m256i is_digit = _mm256_cmpeq_epi8(_mm256_min_epu8(value, _mm256_set1_epi8(9)), value);
  const std::uint32_t others = ~static_cast<std::uint32_t>(_mm256_movemask_epi8(is_digit));
  const auto whole = static_cast<std::uint32_t>(std::countr_zero(others));
  if ((whole == 0) | (whole > 18) | ((whole > 1) & (*first == '0'))) return {nullptr, 0};
  const bool point = first[whole] == '.';
  const std::uint32_t fraction = point ? static_cast<std::uint32_t>(std::countr_zero(others >> whole >> 1)) : 0;
  const char* const end = first + whole + point + fraction;
  if ((point & (fraction == 0)) | (whole + fraction > 19) | ((*end | 0x20) == 'e')) return read_scalar(at);
  const ScannedNumber number{end, digits_avx2(end, whole, fraction), -static_cast<std::int32_t>(fraction), negative, !point};
  if (!point) return {end, static_cast<double>(integer_of(number))};
  double exactly = 0;
  return exact(number, exactly) ? PlainNumber{end, exactly} : PlainNumber{nullptr, 0};
}

NumberReader widest_reader() { return __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") ? read_avx2 : read_scalar; }

#else

NumberReader widest_reader() { return read_scalar; }

#endif

}  // namespace

// A number fits into one AVX2 register: wider ones add nothing.
NumberReader number_reader(Simd simd) { return simd == Simd::kScalar ? read_scalar : widest_reader(); }

const char* json_number_end(const char* at) {
  const ScannedNumber number = scan_number(at);
  return is_usual(number) ? number.end : nullptr;
}

const char* json_number(const char* at, JsonValue& value) {
  const ScannedNumber number = scan_number(at);
  if (!is_usual(number)) return nullptr;
  if (number.whole) {
    value.kind = JsonKind::kInteger;
    value.integer = integer_of(number);
    value.number = static_cast<double>(value.integer);
    return number.end;
  }
  value.kind = JsonKind::kDouble;
  return exact(number, value.number) ? number.end : nullptr;
}

}  // namespace driftd
