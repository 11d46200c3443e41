// A column of finite doubles -> u16 cell ids, for edges frozen by a reference. Pure; equal results at every SIMD width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "detectors/reference/cells.h"

namespace driftd {

enum class Simd : std::uint8_t { kScalar, kAvx2, kAvx512 };
bool has_simd(Simd simd);  // whether this machine can run it
Simd chosen_simd();        // the widest the machine has, or what DRIFTD_SIMD=scalar|avx2|avx512 names where the machine has it; chosen once
std::string_view cell_kernel_name();  // "scalar" | "avx2" | "avx512": what was chosen

// Search structure over NumericCells: two-level 16-ary search (performance 5.2) over 16 groups of 16 edges, or 32 groups where
// there are more than 256 edges; a reference freezes 512 at most, more than that are searched by std::lower_bound.
// Cost: 2 to 3 ns a value with SIMD and 256 edges; 2.2 KiB.
class CellKernel {
 public:
  CellKernel() = default;                          // as CellKernel(NumericCells{}): one cell
  explicit CellKernel(const NumericCells& cells);  // fewer than 65,535 edges
  // ids[i] = cells.cell(values[i]); values finite (a NaN gives an unspecified id < size(): the caller masks it).
  void cells(std::span<const double> values, std::uint16_t* ids) const { cells(chosen_simd(), values, ids); }
  void cells(Simd simd, std::span<const double> values, std::uint16_t* ids) const;  // requires has_simd(simd)

 private:
  struct alignas(64) Line {
    double values[8];
  };
  // The last edge of each group, then all edges; both padded with +inf, so that no finite value passes the padding.
  std::vector<Line> lines_;
  std::size_t groups_ = 0;  // 16 or 32; 0: lines_ holds the plain edges, padded
  std::size_t edges_ = 0;
  bool discrete_ = false;
};

}  // namespace driftd
