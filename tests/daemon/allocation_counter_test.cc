// Replaces operator new for the whole test program: it counts, and takes from malloc.
#include "tests/daemon/allocation_counter.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

namespace {

thread_local std::uint64_t count = 0;

void* take(std::size_t bytes, std::size_t alignment) noexcept {
  ++count;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  return std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
}

void* take_or_throw(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
  if (void* memory = take(bytes, alignment)) return memory;
  throw std::bad_alloc();
}

}  // namespace

// All forms are replaced, as a sanitizer brings its own of those that are not. None is inlined: g++ would warn that free meets new.
#define DRIFTD_REPLACED [[gnu::noinline]]
using Bytes = std::size_t;
using Align = std::align_val_t;
using NoThrow = const std::nothrow_t&;

DRIFTD_REPLACED void* operator new(Bytes bytes) { return take_or_throw(bytes); }
DRIFTD_REPLACED void* operator new[](Bytes bytes) { return take_or_throw(bytes); }
DRIFTD_REPLACED void* operator new(Bytes bytes, Align align) { return take_or_throw(bytes, static_cast<Bytes>(align)); }
DRIFTD_REPLACED void* operator new[](Bytes bytes, Align align) { return take_or_throw(bytes, static_cast<Bytes>(align)); }
DRIFTD_REPLACED void* operator new(Bytes bytes, NoThrow) noexcept { return take(bytes, alignof(std::max_align_t)); }
DRIFTD_REPLACED void* operator new[](Bytes bytes, NoThrow) noexcept { return take(bytes, alignof(std::max_align_t)); }
DRIFTD_REPLACED void operator delete(void* memory) noexcept { std::free(memory); }
DRIFTD_REPLACED void operator delete[](void* memory) noexcept { std::free(memory); }
DRIFTD_REPLACED void operator delete(void* memory, Bytes) noexcept { std::free(memory); }
DRIFTD_REPLACED void operator delete[](void* memory, Bytes) noexcept { std::free(memory); }
DRIFTD_REPLACED void operator delete(void* memory, Align) noexcept { std::free(memory); }
DRIFTD_REPLACED void operator delete[](void* memory, Align) noexcept { std::free(memory); }
DRIFTD_REPLACED void operator delete(void* memory, Bytes, Align) noexcept { std::free(memory); }
DRIFTD_REPLACED void operator delete[](void* memory, Bytes, Align) noexcept { std::free(memory); }

namespace driftd {

std::uint64_t allocations() { return count; }

TEST_CASE("the counter sees every way to allocate") {
  struct alignas(64) Line {
    char bytes[64];
  };
  const std::uint64_t before = allocations();
  const auto one = std::make_unique<int>(1);
  const auto line = std::make_unique<Line>();
  const std::vector<double> numbers(10);
  const std::unique_ptr<char[]> quiet(new (std::nothrow) char[10]);
  CHECK(allocations() - before == 4);
}

}  // namespace driftd
