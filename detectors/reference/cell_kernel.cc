#include "detectors/reference/cell_kernel.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <limits>
#include <optional>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace driftd {
namespace {

constexpr std::size_t kGroup = 16;

// Finds, for every value, the number of edges below it. separators: one per group; edges: kGroup per group.
using Search = void (*)(const double* separators, const double* edges, std::span<const double> values, std::uint16_t* ids);

// How many of 16 ascending numbers are below x. The sums are arithmetic on purpose: g++ makes branches of a ternary.
std::size_t count_below(const double* sorted, double x) {
  std::size_t n = std::size_t{sorted[7] < x} * 8;
  n += std::size_t{sorted[n + 3] < x} * 4;
  n += std::size_t{sorted[n + 1] < x} * 2;
  n += std::size_t{sorted[n] < x};
  return n + std::size_t{sorted[n] < x};
}

template <std::size_t kGroups>
void search_scalar(const double* separators, const double* edges, std::span<const double> values, std::uint16_t* ids) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::size_t group = 0;
    for (std::size_t g = 0; g < kGroups; g += kGroup) group += count_below(separators + g, values[i]);
    ids[i] = static_cast<std::uint16_t>(group * kGroup + count_below(edges + group * kGroup, values[i]));
  }
}

#if defined(__x86_64__)

// Sixteen ascending numbers in registers. The separators stay there for a whole column.
struct SixteenAvx2 {
  __m256d parts[4];
};

__attribute__((target("avx2,popcnt"))) inline SixteenAvx2 load_avx2(const double* sorted) {
  return {{_mm256_load_pd(sorted), _mm256_load_pd(sorted + 4), _mm256_load_pd(sorted + 8), _mm256_load_pd(sorted + 12)}};
}

// The answers of four comparisons are packed to two bytes a number, in some order: only how many there are matters.
__attribute__((target("avx2,popcnt"))) inline std::size_t count_below_avx2(const SixteenAvx2& sorted, __m256d x) {
  __m256i below[4];
  for (int i = 0; i < 4; ++i) below[i] = _mm256_castpd_si256(_mm256_cmp_pd(sorted.parts[i], x, _CMP_LT_OQ));
  const __m256i packed = _mm256_packs_epi16(_mm256_packs_epi32(below[0], below[1]), _mm256_packs_epi32(below[2], below[3]));
  return static_cast<std::size_t>(_mm_popcnt_u32(static_cast<unsigned>(_mm256_movemask_epi8(packed)))) / 2;
}

template <std::size_t kGroups>
__attribute__((target("avx2,popcnt"))) void search_avx2(const double* separators, const double* edges, std::span<const double> values,
                                                        std::uint16_t* ids) {
  SixteenAvx2 first[kGroups / kGroup];
  for (std::size_t g = 0; g < kGroups / kGroup; ++g) first[g] = load_avx2(separators + g * kGroup);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const __m256d x = _mm256_set1_pd(values[i]);
    std::size_t group = 0;
    for (const SixteenAvx2& part : first) group += count_below_avx2(part, x);
    ids[i] = static_cast<std::uint16_t>(group * kGroup + count_below_avx2(load_avx2(edges + group * kGroup), x));
  }
}

struct SixteenAvx512 {
  __m512d low, high;
};

__attribute__((target("avx512f,popcnt"))) inline SixteenAvx512 load_avx512(const double* sorted) {
  return {_mm512_load_pd(sorted), _mm512_load_pd(sorted + 8)};
}

__attribute__((target("avx512f,popcnt"))) inline std::size_t count_below_avx512(const SixteenAvx512& sorted, __m512d x) {
  const __mmask8 low = _mm512_cmp_pd_mask(sorted.low, x, _CMP_LT_OQ);
  const __mmask8 high = _mm512_cmp_pd_mask(sorted.high, x, _CMP_LT_OQ);
  return static_cast<std::size_t>(_mm_popcnt_u32(_mm512_kunpackb(high, low)));
}

constexpr std::size_t kLanes = 8;    // doubles a register
constexpr std::size_t kBlock = 128;  // values whose groups are all found before their edges are looked at: nothing waits for anything

// For eight numbers at once, how many of sixteen are below each: a search by halves, its numbers picked from registers. The last step is
// needed where the sixteenth may be below one.
template <bool kLastStep>
__attribute__((target("avx512f,popcnt"))) inline __m512i counts_below_avx512(const SixteenAvx512& sorted, __m512d x) {
  __m512i n = _mm512_setzero_si512();
  for (const long half : {8, 4, 2, 1, kLastStep ? 1 : 0}) {
    if (half == 0) break;
    const __m512d middle = _mm512_permutex2var_pd(sorted.low, _mm512_add_epi64(n, _mm512_set1_epi64(half - 1)), sorted.high);
    n = _mm512_mask_add_epi64(n, _mm512_cmp_pd_mask(middle, x, _CMP_LT_OQ), n, _mm512_set1_epi64(half));
  }
  return n;
}

// Groups of `count` values, in whole registers.
template <std::size_t kGroups>
__attribute__((target("avx512f,popcnt"))) void groups_avx512(const double* separators, const double* values, std::size_t count,
                                                             std::uint64_t* groups) {
  for (std::size_t i = 0; i < count; i += kLanes) {
    const auto lanes = static_cast<__mmask8>((1U << std::min(kLanes, count - i)) - 1);
    const __m512d x = _mm512_maskz_loadu_pd(lanes, values + i);
    __m512i found = _mm512_setzero_si512();
    for (std::size_t g = 0; g < kGroups; g += kGroup) {
      found = _mm512_add_epi64(found, counts_below_avx512<(kGroups > kGroup)>(load_avx512(separators + g), x));
    }
    _mm512_store_si512(groups + i, found);
  }
}

template <std::size_t kGroups>
__attribute__((target("avx512f,popcnt"))) void search_avx512(const double* separators, const double* edges, std::span<const double> values,
                                                             std::uint16_t* ids) {
  alignas(64) std::uint64_t groups[kBlock];
  for (std::size_t from = 0; from < values.size(); from += kBlock) {
    const std::size_t count = std::min(kBlock, values.size() - from);
    groups_avx512<kGroups>(separators, values.data() + from, count, groups);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t group = groups[i] * kGroup;
      const std::size_t below = count_below_avx512(load_avx512(edges + group), _mm512_set1_pd(values[from + i]));
      ids[from + i] = static_cast<std::uint16_t>(group + below);
    }
  }
}

template <std::size_t kGroups>
Search search_for(Simd simd) {
  if (simd == Simd::kAvx512) return search_avx512<kGroups>;
  if (simd == Simd::kAvx2) return search_avx2<kGroups>;
  return search_scalar<kGroups>;
}

#else

template <std::size_t kGroups>
Search search_for(Simd /*simd*/) {
  return search_scalar<kGroups>;
}

#endif

constexpr std::string_view kNames[] = {"scalar", "avx2", "avx512"};

Simd choose() {
  const char* forced = std::getenv("DRIFTD_SIMD");
  for (const Simd simd : {Simd::kScalar, Simd::kAvx2, Simd::kAvx512}) {
    if (forced != nullptr && kNames[static_cast<std::size_t>(simd)] == forced && has_simd(simd)) return simd;
  }
  if (has_simd(Simd::kAvx512)) return Simd::kAvx512;
  return has_simd(Simd::kAvx2) ? Simd::kAvx2 : Simd::kScalar;
}

}  // namespace

bool has_simd(Simd simd) {
#if defined(__x86_64__)
  if (simd == Simd::kAvx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
  if (simd == Simd::kAvx512) return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("popcnt");
#endif
  return simd == Simd::kScalar;
}

Simd chosen_simd() {
  static const Simd chosen = choose();
  return chosen;
}

std::string_view cell_kernel_name() { return kNames[static_cast<std::size_t>(chosen_simd())]; }

CellKernel::CellKernel(const NumericCells& cells) : edges_(cells.edges.size()), discrete_(cells.discrete) {
  assert(edges_ < std::numeric_limits<std::uint16_t>::max());
  groups_ = edges_ <= 16 * kGroup ? 16 : edges_ <= 32 * kGroup ? 32 : 0;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  // One more line behind the edges: the discrete form looks at edges[edges_].
  const std::size_t padded = groups_ == 0 ? edges_ : groups_ * kGroup;
  lines_.resize((groups_ + padded) / 8 + 2);
  double* const numbers = lines_.front().values;
  std::fill_n(numbers, lines_.size() * 8, kInfinity);
  std::copy(cells.edges.begin(), cells.edges.end(), numbers + groups_);
  // The last group has no separator: values above every edge belong to it.
  for (std::size_t g = 0; g + 1 < groups_; ++g) numbers[g] = numbers[groups_ + g * kGroup + kGroup - 1];
}

void CellKernel::cells(Simd simd, std::span<const double> values, std::uint16_t* ids) const {
  if (lines_.empty()) {
    std::fill_n(ids, values.size(), std::uint16_t{0});
    return;
  }
  const double* const separators = lines_.front().values;
  const double* const edges = separators + groups_;
  if (groups_ == 0) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      ids[i] = static_cast<std::uint16_t>(std::lower_bound(edges, edges + edges_, values[i]) - edges);
    }
  } else {
    (groups_ == 16 ? search_for<16>(simd) : search_for<32>(simd))(separators, edges, values, ids);
  }
  if (!discrete_) return;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (edges[ids[i]] != values[i]) ids[i] = static_cast<std::uint16_t>(edges_);
  }
}

}  // namespace driftd
