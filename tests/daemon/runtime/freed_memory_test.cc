#include "daemon/runtime/freed_memory.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cstring>
#include <memory>

namespace driftd {
namespace {

long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

void use_and_free(std::size_t bytes) {
  const auto block = std::make_unique_for_overwrite<char[]>(bytes);
  std::memset(block.get(), 1, bytes);
  asm volatile("" : : "r"(block.get()) : "memory");
}

}  // namespace

TEST_CASE("blocks of a few megabytes that come and go cost no page faults") {
  keep_freed_memory();
  constexpr std::size_t kBytes = 4 << 20;
  static_assert(kBytes < kMappedAlone && kBytes < kKeptFreed);
  use_and_free(kBytes);
  [[maybe_unused]] const long before = page_faults();
  for (int i = 0; i < 20; ++i) use_and_free(kBytes);
#if defined(__GLIBC__) && !defined(__clang__)  // clang builds with sanitizers, which have a malloc of their own
  CHECK(page_faults() - before < 1024);        // the pages of one block
#endif
}

}  // namespace driftd
