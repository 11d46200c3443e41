// Where tokens of a JSON text end. Every function may read kScanBytes behind the byte it is given; a zero byte ends every token.
// Pure. Cost: 1-2 ns a token.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace driftd {

inline constexpr std::size_t kScanBytes = 64;

inline const char* skip_blanks(const char* at) {
  if (static_cast<unsigned char>(*at) > ' ') return at;
  while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') ++at;
  return at;
}

namespace scan {

#if defined(__SSE2__)

inline __m128i sixteen(const char* bytes) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)); }

inline std::uint32_t marks(__m128i answers) { return static_cast<std::uint32_t>(_mm_movemask_epi8(answers)); }

// Bit i: byte i ends a run of plain characters. One signed comparison finds control characters and bytes of other alphabets.
inline std::uint32_t not_plain(const char* bytes) {
  const __m128i text = sixteen(bytes);
  const __m128i quotes = _mm_cmpeq_epi8(text, _mm_set1_epi8('"')), escapes = _mm_cmpeq_epi8(text, _mm_set1_epi8('\\'));
  return marks(_mm_or_si128(_mm_or_si128(quotes, escapes), _mm_cmplt_epi8(text, _mm_set1_epi8(' '))));
}

inline std::uint32_t not_digits_of(__m128i text) {
  const __m128i value = _mm_sub_epi8(text, _mm_set1_epi8('0'));
  return marks(_mm_cmpeq_epi8(_mm_max_epu8(value, _mm_set1_epi8(10)), value));
}

// Bit i: byte i of 32 is no digit.
inline std::uint32_t not_digits(const char* bytes) { return not_digits_of(sixteen(bytes)) | not_digits_of(sixteen(bytes + 16)) << 16; }

#else

inline std::uint32_t not_plain(const char* bytes) {
  std::uint32_t found = 0;
  for (int i = 0; i < 16; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    found |= std::uint32_t{(byte == '"') | (byte == '\\') | (byte < ' ') | (byte >= 0x80)} << i;
  }
  return found;
}

inline std::uint32_t not_digits(const char* bytes) {
  std::uint32_t found = 0;
  for (int i = 0; i < 32; ++i) found |= std::uint32_t{static_cast<unsigned char>(bytes[i] - '0') > 9} << i;
  return found;
}

#endif

}  // namespace scan

// The first byte that is no plain character: the closing quote, an escape, a control character, or a byte of another alphabet.
inline const char* plain_end(const char* at) {
  std::uint32_t found = scan::not_plain(at);
  for (; found == 0; found = scan::not_plain(at)) at += 16;
  return at + std::countr_zero(found);
}

}  // namespace driftd
