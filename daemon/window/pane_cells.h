// The counters of an open pane's cells: 32 bits each, kept as four planes of bytes. What changes with nearly every value is the first
// plane alone, so counting touches a byte a cell where the caches hold four times as many. Pure. Cost: 4 bytes a cell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace driftd {

class PaneCells {
 public:
  PaneCells() = default;
  explicit PaneCells(std::size_t cells) : cells_(cells), planes_(kPlanes * cells) {}

  std::size_t size() const { return cells_; }
  std::uint32_t operator[](std::size_t cell) const {
    const std::uint8_t* const byte = planes_.data() + cell;
    return std::uint32_t{byte[0]} | std::uint32_t{byte[cells_]} << 8 | std::uint32_t{byte[2 * cells_]} << 16 |
           std::uint32_t{byte[3 * cells_]} << 24;
  }
  std::vector<std::uint32_t> values() const {
    std::vector<std::uint32_t> values(cells_);
    for (std::size_t cell = 0; cell < cells_; ++cell) values[cell] = (*this)[cell];
    return values;
  }
  void set(std::size_t cell, std::uint32_t count) {
    for (std::size_t plane = 0; plane < kPlanes; ++plane) planes_[plane * cells_ + cell] = static_cast<std::uint8_t>(count >> 8 * plane);
  }

  // For loops that count: what they need, in registers.
  class Counter {
   public:
    void operator()(std::size_t cell) const {
      if (++first_[cell] == 0) [[unlikely]]
        carry(cell);
    }
    // Inlined by force, as its callers have to be: g++ 12 takes a function that only prefetches for one without effect, and drops it.
    [[gnu::always_inline]] void fetch(std::size_t cell) const { __builtin_prefetch(first_ + cell, 1); }

   private:
    friend PaneCells;
    Counter(std::uint8_t* first, std::size_t cells) : first_(first), cells_(cells) {}
    void carry(std::size_t cell) const {
      for (std::size_t plane = 1; plane < kPlanes && ++first_[plane * cells_ + cell] == 0; ++plane) {
      }
    }
    std::uint8_t* first_;
    std::size_t cells_;
  };
  Counter counter() { return {planes_.data(), cells_}; }

  friend bool operator==(const PaneCells&, const PaneCells&) = default;

 private:
  static constexpr std::size_t kPlanes = 4;  // bytes of a counter, the lowest first
  std::size_t cells_ = 0;
  std::vector<std::uint8_t> planes_;
};

}  // namespace driftd
