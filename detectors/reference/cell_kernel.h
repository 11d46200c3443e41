// A column of finite doubles -> u16 cell ids, for edges frozen by a reference. Pure; equal results at every SIMD width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "detectors/reference/cells.h"

namespace driftd {

// Search structure over NumericCells: two-level 16-ary search (performance 5.2), dispatched once to scalar, AVX2 or AVX-512.
class CellKernel {
 public:
  CellKernel() = default;
  explicit CellKernel(const NumericCells& cells);
  // ids[i] = cells.cell(values[i]); values finite (a NaN gives an unspecified id < size(): the caller masks it).
  void cells(std::span<const double> values, std::uint16_t* ids) const;

 private:
  std::vector<double> separators_, leaves_, discrete_;
  std::size_t edges_ = 0;
  bool is_discrete_ = false;
};

std::string_view cell_kernel_name();  // "scalar" | "avx2" | "avx512": what was chosen; DRIFTD_SIMD=scalar|avx2|avx512 forces one

}  // namespace driftd
