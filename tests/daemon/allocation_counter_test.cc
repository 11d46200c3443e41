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

void* take(std::size_t bytes, std::size_t alignment) {
  ++count;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  if (void* memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded)) return memory;
  throw std::bad_alloc();
}

}  // namespace

// Not inlined: g++ would warn that free meets operator new.
[[gnu::noinline]] void* operator new(std::size_t bytes) { return take(bytes, alignof(std::max_align_t)); }
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return take(bytes, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*bytes*/) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept { std::free(memory); }

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
